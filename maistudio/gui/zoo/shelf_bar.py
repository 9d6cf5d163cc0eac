"""The top of the Zoo page: which challenge, and the words that networks are looked for by."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QTabBar, QVBoxLayout, QWidget

from maistudio.gui.labels import quiet
from maistudio.gui.tab_header import tab_header
from maistudio.gui.zoo.cards import Shelf

FILTER_WIDTH = 320


class ShelfBar(QWidget):
    """``shelf_chosen`` carries a challenge's number, ``filtered`` the words; ``left`` comes with the key downwards."""

    shelf_chosen = Signal(int)
    filtered = Signal(str)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tabs = QTabBar(self)
        header = tab_header(self.tabs, (), self)
        self.tabs.setAccessibleName("Challenges")
        self.tabs.setUsesScrollButtons(True)
        self.filter = QLineEdit(self)
        self.filter.setPlaceholderText("Find networks")
        self.filter.setAccessibleName("Find networks")
        self.filter.setToolTip("Words of the team, the network's name or its architecture, all of which must match")
        self.filter.setClearButtonEnabled(True)
        self.filter.setMaximumWidth(FILTER_WIDTH)
        self.count = quiet("", self)
        row = QHBoxLayout()
        row.setContentsMargins(12, 8, 12, 0)
        row.setSpacing(12)
        row.addWidget(self.filter, 2)
        row.addWidget(self.count)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(header)
        column.addLayout(row)
        self.tabs.currentChanged.connect(self.shelf_chosen)
        self.filter.textChanged.connect(self.filtered)
        self.filter.installEventFilter(self)

    def show_shelves(self, shelves: Sequence[Shelf]) -> None:
        """Offer these challenges."""
        self.tabs.blockSignals(True)
        while self.tabs.count():
            self.tabs.removeTab(0)
        for place, shelf in enumerate(shelves):
            self.tabs.addTab(shelf.title)
            self.tabs.setTabToolTip(place, shelf.long_title)
        self.tabs.blockSignals(False)

    def show_found(self, shelves: Sequence[Shelf], found: Sequence[int], filtered: bool) -> None:
        """Say beside each challenge how many of its networks match, while words are looked for."""
        for place, (shelf, count) in enumerate(zip(shelves, found, strict=True)):
            text = f"{shelf.title} ({count})" if filtered else shelf.title
            if text != self.tabs.tabText(place):  # else all of them would be laid out again
                self.tabs.setTabText(place, text)

    def find_networks(self) -> None:
        """Put the keyboard into the field."""
        self.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filter.selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.filter and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.left.emit()
                return True
            if event.key() == Qt.Key.Key_Escape and self.filter.text():
                self.filter.clear()
                return True
        return super().eventFilter(watched, event)
