"""The top of a panel: what it is about in two lines, with a button that copies everything."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from maistudio.gui.panels.value import Value


class Heading(QWidget):
    """``copy`` is the button; ``copied`` says in its tooltip what it copies."""

    def __init__(self, copied: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.swatch = _Swatch(self)
        self.swatch.hide()
        self.title = Value("", parent=self)
        font = self.title.font()
        font.setWeight(font.Weight.DemiBold)
        self.title.setFont(font)
        self.subtitle = Value("", parent=self)
        self.subtitle.set_quiet()
        self.copy = QToolButton(self)
        self.copy.setText("Copy")
        self.copy.setToolTip(f"Copy {copied} as text")
        self.copy.setAutoRaise(True)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.title)
        words.addWidget(self.subtitle)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 8, 8)
        row.setSpacing(8)
        row.addWidget(self.swatch, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        row.addWidget(self.copy, 0, Qt.AlignmentFlag.AlignTop)

    def say(self, title: str, subtitle: str) -> None:
        self.title.set_text(title)
        self.subtitle.set_text(subtitle)

    def show_colours(self, colours: tuple[str, str] | None) -> None:
        """Show a square in (fill, border) before the words, or none."""
        self.swatch.setVisible(colours is not None)
        if colours is not None:
            self.swatch.set_colours(*colours)


class _Swatch(QWidget):
    """A square in an op kind's colours."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFixedSize(14, 16)
        self._fill, self._line = QColor(), QColor()

    def set_colours(self, fill: str, line: str) -> None:
        self._fill, self._line = QColor(fill), QColor(line)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self._line)
        painter.setBrush(self._fill)
        painter.drawRect(0, 2, 12, 12)
