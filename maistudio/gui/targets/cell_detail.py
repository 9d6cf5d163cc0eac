"""All that is known of the cell that is gone to: the verdict, why, where that is written and who says so."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from maistudio.gui.labels import Wrapped
from maistudio.gui.panels.scrolling import scroll_down
from maistudio.gui.targets.signs import sign_pixmap
from maistudio.gui.theme import Palette
from maistudio.targets.values import Verdict

LINES = 5
ICON = 16
NOTHING = "Go to a cell to see why."


class CellDetail(QFrame):
    """A few lines below the matrix; longer words are scrolled."""

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("foot")
        self._palette = palette
        self._verdict: Verdict | None = None
        self._sign = QLabel(self)
        self._sign.setFixedSize(ICON, ICON)
        self.words = Wrapped(NOTHING, self)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.words.setAccessibleName("Why")
        sheet = QWidget(self)
        inner = QHBoxLayout(sheet)
        inner.setContentsMargins(16, 8, 12, 8)
        inner.setSpacing(8)
        inner.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        inner.addWidget(self.words, 1, Qt.AlignmentFlag.AlignTop)
        area = scroll_down(self)
        area.setWidget(sheet)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(area)
        self.setFixedHeight(LINES * self.fontMetrics().height() + 20)

    def show_cell(self, verdict: Verdict | None, words: str) -> None:
        """Show what a cell says; None for no cell."""
        self._verdict = verdict
        self.words.say(words if verdict is not None else NOTHING)
        self._draw()

    def apply_palette(self, palette: Palette) -> None:
        self._palette = palette
        self._draw()

    def _draw(self) -> None:
        self._sign.setVisible(self._verdict is not None)
        if self._verdict is not None:
            self._sign.setPixmap(sign_pixmap(self._verdict, self._palette.name, ICON, self.devicePixelRatioF()))
