"""A line above a page that says what went wrong without stopping anyone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from maistudio.gui.icons import icon
from maistudio.gui.theme import Palette

Level = Literal["note", "warning", "error"]


class Banner(QFrame):
    """One sentence with at most one button. Hidden until ``say`` is called."""

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self._do: Callable[[], object] | None = None
        self._text = QLabel(self)
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._button = QPushButton(self)
        self._button.clicked.connect(self._clicked)
        self._close = QToolButton(self)
        self._close.setToolTip("Dismiss")
        self._close.setAccessibleName("Dismiss")
        self._close.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 8, 6)
        row.setSpacing(8)
        row.addWidget(self._text, 1)
        row.addWidget(self._button)
        row.addWidget(self._close)
        self.apply_palette(palette)
        self.hide()

    @property
    def text(self) -> str:
        """The sentence shown, empty when the banner is hidden."""
        return "" if self.isHidden() else self._text.text()

    def say(self, level: Level, sentence: str, verb: str = "", do: Callable[[], object] | None = None) -> None:
        """Show ``sentence``, with a button ``verb`` that calls ``do`` where both are given."""
        self.setProperty("level", level)
        self.style().unpolish(self)
        self.style().polish(self)
        self._text.setText(sentence)
        self._do = do
        self._button.setText(verb)
        self._button.setVisible(bool(verb and do))
        self.show()

    def apply_palette(self, palette: Palette) -> None:
        self._close.setIcon(icon("close", palette.text, palette.disabled_text, 16))

    def _clicked(self) -> None:
        if self._do is not None:
            self._do()
