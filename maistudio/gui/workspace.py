"""How the parts share the window: tabs on top, the chosen page below them, the inspector at the right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from maistudio.gui.document import Document, Selected
from maistudio.gui.graph_bar import GraphBar
from maistudio.gui.inspector import Inspector
from maistudio.gui.keyboard import holds_keyboard
from maistudio.gui.page_stack import PageStack
from maistudio.gui.tables_pane import TablesPane
from maistudio.gui.tabs import Tabs
from maistudio.gui.theme import Palette
from maistudio.gui.work import Work

if TYPE_CHECKING:
    from maistudio.gui.panels.search import SearchBar

INSPECTOR_WIDTH = 360
TABLES_HEIGHT = 260
TABLES_HEIGHTS = (120, 2000)
NO_LIMIT = 16777215


class Workspace(QWidget):
    """The parts by name, and the splitters between them. Tables are folded until asked for."""

    def __init__(self, palette: Palette, work: Work, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = palette
        self._document: Document | None = None
        self._search: SearchBar | None = None
        self.tabs = Tabs(palette, self)
        self.graph_bar = GraphBar(palette, self)
        self.inspector = Inspector(palette, work, self)
        self.tables = TablesPane(palette, work, self)
        self._tables_height = TABLES_HEIGHT
        self._sized = False
        middle = QWidget(self)
        self._middle = QVBoxLayout(middle)
        self._middle.setContentsMargins(0, 0, 0, 0)
        self._middle.setSpacing(0)
        self._middle.addWidget(self.graph_bar)
        self._middle.addWidget(self.tabs.pages, 1)
        self._down = _splitter(Qt.Orientation.Vertical, middle, self.tables)
        self.page_stack = PageStack(self._down, self)
        self._across = _splitter(Qt.Orientation.Horizontal, self.page_stack, self.inspector)
        self._across.setSizes([10_000, INSPECTOR_WIDTH])
        self.inspector.setMinimumWidth(240)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tabs)
        column.addWidget(self._across, 1)
        self.tables.folded.connect(self._folded)
        self.tables.gone_to.connect(self._reveal)
        self._folded(True)

    def set_document(self, document: Document | None) -> None:
        """Have every part show ``document``."""
        self._document = document
        for part in (self.graph_bar, self.inspector, self.tables, self._search):
            if part is not None:
                part.set_document(document)
        self.page_stack.set_document(document)

    def open_search(self) -> None:
        """Open the search bar with the keyboard in it."""
        if self._search is None:
            from maistudio.gui.panels.search import SearchBar

            self._search = SearchBar(self._palette, self)
            self._search.closed.connect(self._end_search)
            self._search.gone_to.connect(self._reveal)
            self._middle.insertWidget(1, self._search)
            self._search.set_document(self._document)
        self._search.open_bar()

    def show_parts(self, model: bool, graph: bool, inspector: bool) -> None:
        """Show what goes with the current tab: a model or not, a graph or not, the inspector wanted or not."""
        if self._search is not None and not model:
            self._search.hide()
        self.graph_bar.setVisible(model)
        self.tables.setVisible(model)
        if graph and not inspector and holds_keyboard(self.inspector) and (tab := self.tabs.current) is not None:
            tab.take_keyboard()
        self.inspector.setVisible(graph and inspector)

    def state(self) -> tuple[QByteArray, int]:
        """How the width is shared, and the height of the tables in pixels when they are unfolded."""
        self._keep_tables_height()
        return self._across.saveState(), self._tables_height

    def restore(self, across: QByteArray, tables_height: int) -> None:
        """Put back what ``state`` gave; a width that makes no sense is ignored."""
        self._across.restoreState(across)
        self._across.setChildrenCollapsible(False)
        self._tables_height = tables_height

    def set_tables_height(self, height: int) -> None:
        """Make the tables ``height`` pixels high, as far as the graph leaves room."""
        self._tables_height = height
        room = self._down.height()
        self._down.setSizes([max(room - height, room // 3), height])

    def panes(self) -> list[QWidget]:
        """The parts that F6 goes through, in reading order."""
        page = self.page_stack.view
        shown = page.panes() if page is not None else [self.graph_bar, self.tabs.pages, self.tables]
        return [self.tabs.bar, *shown, self.inspector]

    def apply_palette(self, palette: Palette) -> None:
        self._palette = palette
        self.tabs.apply_palette(palette)
        if self._search is not None:
            self._search.apply_palette(palette)
        self.graph_bar.apply_palette(palette)
        self.inspector.apply_palette(palette)
        self.tables.apply_palette(palette)
        self.page_stack.apply_palette(palette)

    def _reveal(self, selected: Selected) -> None:
        if (tab := self.tabs.current) is not None and tab.graph is not None:
            tab.graph.reveal(selected)

    def _end_search(self) -> None:
        # The keyboard first: from a hidden bar Qt would move it on to any neighbour, and tables select by it.
        if (tab := self.tabs.current) is not None:
            tab.take_keyboard()
        if self._search is not None:
            self._search.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Heights mean something only once the window has its size."""
        super().resizeEvent(event)
        if not self._sized and self.isVisible():
            self._sized = True
            self._folded(not self.tables.expanded)

    def _folded(self, folded: bool) -> None:
        self._down.handle(1).setEnabled(not folded)
        if folded:
            self._keep_tables_height()
            header = self.tables.header.sizeHint().height()
            self.tables.setMaximumHeight(header)
            self._down.setSizes([max(self._down.height() - header, 0), header])
        else:
            self.tables.setMaximumHeight(NO_LIMIT)
            self.set_tables_height(self._tables_height)

    def _keep_tables_height(self) -> None:
        if self._sized and self.tables.maximumHeight() == NO_LIMIT:
            self._tables_height = self._down.sizes()[1]


def _splitter(orientation: Qt.Orientation, first: QWidget, second: QWidget) -> QSplitter:
    splitter = QSplitter(orientation)
    splitter.setHandleWidth(1)
    splitter.setChildrenCollapsible(False)
    splitter.addWidget(first)
    splitter.addWidget(second)
    splitter.setStretchFactor(0, 1)
    splitter.setStretchFactor(1, 0)
    return splitter
