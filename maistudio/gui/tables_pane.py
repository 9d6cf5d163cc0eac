"""The bottom side: tables of ops and tensors under a header that folds them away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QTabBar, QToolButton, QVBoxLayout, QWidget

from maistudio.gui.document import Document
from maistudio.gui.icons import icon
from maistudio.gui.keyboard import holds_keyboard
from maistudio.gui.theme import Palette
from maistudio.gui.work import Work

if TYPE_CHECKING:
    from maistudio.gui.panels.tables import OpsTable, TensorsTable

OPS, TENSORS = 0, 1


class TablesPane(QFrame):
    """Folded to its header at first; each table is built when it is first looked at.

    ``folded`` says whether it is folded now, ``said`` carries a sentence for the status bar, ``gone_to``
    an op or tensor that is wanted in sight.
    """

    folded = Signal(bool)
    said = Signal(str)
    gone_to = Signal(object)

    def __init__(self, palette: Palette, work: Work, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = palette
        self._work = work
        self._document: Document | None = None
        self._tables: dict[int, OpsTable | TensorsTable] = {}
        self.expanded = False
        self.header = QFrame(self)
        self.header.setObjectName("paneHeader")
        self.header.setProperty("edge", "top")
        self.bar = QTabBar(self.header)
        self.bar.setDrawBase(False)
        self.bar.setExpanding(False)
        self.bar.setAccessibleName("Tables")
        self.bar.addTab("Ops")
        self.bar.addTab("Tensors")
        self.bar.tabBarClicked.connect(self._clicked)
        self.bar.currentChanged.connect(self._show)
        self._fold = QToolButton(self.header)
        self._fold.setAccessibleName("Show or hide the tables")
        self._fold.clicked.connect(self._turn)
        row = QHBoxLayout(self.header)
        row.setContentsMargins(0, 0, 4, 0)
        row.addWidget(self.bar, 1)
        row.addWidget(self._fold)
        self._stack = QStackedWidget(self)
        self._stack.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self._stack, 1)
        self.apply_palette(palette)

    def set_document(self, document: Document | None) -> None:
        if document is self._document:
            return
        if self._document is not None:
            self._document.model_changed.disconnect(self._count)
            self._document.subgraph_changed.disconnect(self._count)
        self._document = document
        if document is not None:
            document.model_changed.connect(self._count)
            document.subgraph_changed.connect(self._count)
            self._count()
        for index, table in self._tables.items():
            table.set_document(document if self._shown(index) else None)
        self._show(self.bar.currentIndex())

    def set_expanded(self, expanded: bool) -> None:
        if expanded != self.expanded:
            self.expanded = expanded
            if not expanded and holds_keyboard(self._stack):
                self.bar.setFocus(Qt.FocusReason.OtherFocusReason)
            self._stack.setVisible(expanded)
            self._show(self.bar.currentIndex())
            self.apply_palette(self._palette)
            self.folded.emit(not expanded)

    def apply_palette(self, palette: Palette) -> None:
        self._palette = palette
        self._fold.setIcon(icon("down" if self.expanded else "up", palette.text, palette.disabled_text, 16))
        self._fold.setToolTip("Hide the tables" if self.expanded else "Show the tables")
        for table in self._tables.values():
            table.apply_palette(palette)

    def _shown(self, index: int) -> bool:
        return self.expanded and index == self.bar.currentIndex()

    def _count(self) -> None:
        if self._document is not None:
            shown = self._document.opened.model.subgraphs[self._document.subgraph :][:1]
            self.bar.setTabText(OPS, f"Ops ({sum(len(graph.ops) for graph in shown):,})")
            self.bar.setTabText(TENSORS, f"Tensors ({sum(len(graph.tensors) for graph in shown):,})")

    def _clicked(self, index: int) -> None:
        if index >= 0:
            self.set_expanded(True)

    def _turn(self) -> None:
        self.set_expanded(not self.expanded)

    def _show(self, index: int) -> None:
        if not self._shown(index) or self._document is None:
            return
        table = self._tables.get(index)
        if table is None:
            table = self._tables[index] = self._made(index)
            self._stack.addWidget(table)
        table.set_document(self._document)
        self._stack.setCurrentWidget(table)

    def _made(self, index: int) -> OpsTable | TensorsTable:
        from maistudio.gui.panels.tables import OpsTable, TensorsTable

        made = OpsTable if index == OPS else TensorsTable
        table = made(self._palette, self, work=self._work)
        table.said.connect(self.said)
        table.gone_to.connect(self.gone_to)
        return table
