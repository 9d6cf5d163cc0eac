"""The search bar: finds ops and tensors of all subgraphs while a person types."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QToolButton,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from maistudio.gui.document import Document, Selected
from maistudio.gui.icons import icon
from maistudio.gui.models.found import FoundModel
from maistudio.gui.theme import Palette
from maistudio.tflite.search import Entry, entries_of, find

ROWS_SHOWN = 12
LEAST_WIDTH = 480
_KEYS_OF_LIST = {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}


class SearchBar(QFrame):
    """A line to type in, with the results listed under it while it has the keyboard.

    Enter goes to the result marked in the list, F3 and Shift+F3 to the next and the one before; ``gone_to`` comes
    with the result once it is selected. ``closed`` comes when a person is done with the bar (Escape, or its button);
    hiding it is its owner's business. ``indexed`` is false while a model is made ready to be searched.
    """

    closed = Signal()
    gone_to = Signal(object)

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("bar")
        self._document: Document | None = None
        self._entries: list[Entry] = []
        self._to_index: Iterator[list[Entry]] = iter(())
        self.indexed = True
        self._entered = False
        self.found: list[Entry] = []
        self._at = -1
        self.line = QLineEdit(self)
        self.line.setPlaceholderText("Find ops and tensors: conv, #12, 360x640, padding=same")
        self.line.setAccessibleName("Find ops and tensors")
        self.line.setClearButtonEnabled(True)
        self.line.textChanged.connect(self._search)
        self.line.installEventFilter(self)
        self.count = QLabel(self)
        self.count.setObjectName("muted")
        self._buttons = {
            "up": self._button("Previous (Shift+F3)", self.find_previous),
            "down": self._button("Next (F3)", self.find_next),
            "close": self._button("Close the search (Esc)", self.close_bar),
        }
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 8, 4)
        row.setSpacing(4)
        row.addWidget(self.line, 1)
        row.addWidget(self.count)
        for button in self._buttons.values():
            row.addWidget(button)
        self.model = FoundModel(self)
        self.results: _Results | None = None
        # The model is indexed in pieces, each far shorter than a frame anyone would miss.
        self._indexer = QTimer(self)
        self._indexer.setInterval(0)
        self._indexer.timeout.connect(self._index_piece)
        self.setFocusProxy(self.line)
        self.apply_palette(palette)

    def set_document(self, document: Document | None) -> None:
        """Search ``document`` from now on."""
        if document is self._document:
            return
        if self._document is not None:
            self._document.model_changed.disconnect(self._forget)
        self._document = document
        if document is not None:
            document.model_changed.connect(self._forget)
        self._forget()

    def apply_palette(self, palette: Palette) -> None:
        for name, button in self._buttons.items():
            button.setIcon(icon(name, palette.text, palette.disabled_text, 16))

    def open_bar(self) -> None:
        """Show the bar with the keyboard in it and its text marked, to be typed over."""
        self.show()
        self.line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.line.selectAll()
        if self.line.text():
            self._search()

    def close_bar(self) -> None:
        self._hide_results()
        self.closed.emit()

    def find_next(self) -> None:
        """Select the next result, from the last one on to the first."""
        self._step(1)

    def find_previous(self) -> None:
        """Select the result before, from the first one on to the last."""
        self._step(-1)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self.indexed:
            self._indexer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._hide_results()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.results is not None and self.results.isVisible():
            self._place_results(self.results)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.line and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(event)
        if watched is self.line and event.type() == QEvent.Type.FocusOut:
            self._hide_results()
        return super().eventFilter(watched, event)

    def _key(self, event: QKeyEvent) -> bool:
        """Whether a key typed in the line was meant for the results."""
        key = event.key()
        if key == Qt.Key.Key_F3:
            self._step(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._enter()
        elif key == Qt.Key.Key_Escape:
            self._escape()
        elif key in _KEYS_OF_LIST and self.found:
            if self.results is None or not self.results.isVisible():
                self._show_results()
            elif self.results is not None:
                self.results.list.keyPressEvent(event)
        else:
            return False
        return True

    def _enter(self) -> None:
        """Go to the marked result; once the list is gone, to the next one; when the model is indexed at last."""
        if not self.indexed:
            self._entered = True
            return
        if self.results is None or not self.results.isVisible():
            self._step(1)
            return
        marked = self.results.list.currentIndex().row()
        if 0 <= marked < len(self.found):
            self._go_to(marked)

    def _escape(self) -> None:
        if self.results is not None and self.results.isVisible():
            self._hide_results()
        else:
            self.close_bar()

    def _forget(self) -> None:
        """Start over with another model, and search it for what is typed."""
        model = self._document.opened.model if self._document is not None else None
        self._entries = []
        self.model.set_model(model)
        self._to_index = entries_of(model) if model is not None else iter(())
        self.indexed = model is None
        self.found, self._at = [], -1
        if self.isVisible():
            self._indexer.start()
            self._search()

    def _index_piece(self) -> None:
        piece = next(self._to_index, None)
        if piece is not None:
            self._entries += piece
            return
        self.indexed = True
        self._indexer.stop()
        entered, self._entered = self._entered, False
        if self.line.text().strip():
            self._search()
            if entered:
                self._enter()

    def _search(self) -> None:
        """Find what is typed; while the model is still being indexed, at the end of that."""
        if not self.indexed:
            self.count.setText("")
            self._hide_results()
            self._indexer.start()
            return
        text = self.line.text()
        self.found = find(self._entries, text)
        self._at = -1
        self.model.show(self.found)
        self._tell()
        if self.found and self.line.hasFocus():
            self._show_results()
        else:
            self._hide_results()

    def _tell(self) -> None:
        """Say how many there are, and which one is selected."""
        if not self.line.text().strip():
            self.count.setText("")
        elif not self.found:
            self.count.setText("Nothing found")
        else:
            total = f"{len(self.found):,}"
            self.count.setText(f"{self._at + 1:,} of {total}" if self._at >= 0 else f"{total} found")
        for name in ("up", "down"):
            self._buttons[name].setEnabled(bool(self.found))

    def _step(self, by: int) -> None:
        if self.found:
            start = self._at if self._at >= 0 or by > 0 else 0
            self._go_to((start + by) % len(self.found))

    def _go_to(self, place: int) -> None:
        self._at = place
        entry = self.found[place]
        self._hide_results()
        self._tell()
        if self._document is not None:
            selected = Selected(entry.kind, entry.subgraph, entry.number)
            self._document.select(selected)
            self.gone_to.emit(selected)

    def _show_results(self) -> None:
        if self.results is None or self.results.parent() is not self.window():
            self.results = _Results(self.model, self.window())
            self.results.list.clicked.connect(self._clicked)
        self._place_results(self.results)
        self.results.list.setCurrentIndex(self.model.index(max(self._at, 0), 0))

    def _place_results(self, results: _Results) -> None:
        corner = self.line.mapTo(self.window(), QPoint(0, self.line.height() + 2))
        results.place(corner, max(self.line.width(), LEAST_WIDTH))

    def _hide_results(self) -> None:
        if self.results is not None:
            self.results.hide()

    def _clicked(self) -> None:
        if self.results is not None:
            self._go_to(self.results.list.currentIndex().row())

    def _button(self, tip: str, run: Callable[[], None]) -> QToolButton:
        button = QToolButton(self)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(run)
        return button


class _Results(QFrame):
    """The list under the line, laid over the window. It never takes the keyboard."""

    def __init__(self, model: FoundModel, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.setObjectName("overlay")
        self.list = QTreeView(self)
        self.list.setModel(model)
        self.list.setHeaderHidden(True)
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setAllColumnsShowFocus(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName("Search results")
        header = self.list.header()
        header.setStretchLastSection(True)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 4, 4, 4)
        column.addWidget(self.list)
        self.hide()

    def place(self, corner: QPoint, width: int) -> None:
        """Show the list with its upper left at ``corner`` of the window, as high as its rows, within the window."""
        window = self._window
        width = min(width, window.width() - corner.x() - 8)
        rows = min(self.list.model().rowCount(), ROWS_SHOWN)
        row = max(self.list.sizeHintForRow(0), self.fontMetrics().height() + 4)
        height = min(rows * row + 12, window.height() - corner.y() - 8)
        self.setGeometry(corner.x(), corner.y(), width, height)
        self.list.header().resizeSection(0, width * 11 // 20)
        self.show()
        self.raise_()
