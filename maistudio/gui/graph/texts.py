"""Texts and pens that are made once and drawn many times."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QStaticText, QTransform


class Text:
    """A piece of text in a font: laid out once, or with ``vector`` kept as text for painters that write it out."""

    __slots__ = ("_ascent", "_made", "words")

    def __init__(self, words: str, font: QFont, vector: bool = False) -> None:
        self.words = words
        self._ascent = QFontMetricsF(font).ascent() if vector else 0.0
        self._made: QStaticText | None = None
        if not vector:
            self._made = QStaticText(words)
            self._made.setTextFormat(Qt.TextFormat.PlainText)
            self._made.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
            self._made.prepare(QTransform(), font)

    def draw(self, painter: QPainter, left: float, top: float) -> None:
        """Draw with the painter's pen; its font must be the text's own."""
        if self._made is not None:
            painter.drawStaticText(QPointF(left, top), self._made)
        else:
            painter.drawText(QPointF(left, top + self._ascent), self.words)


def pen(colour: QColor, width: float, style: Qt.PenStyle = Qt.PenStyle.SolidLine, scales: bool = False) -> QPen:
    """A pen as wide on the screen at any zoom, or on paper, where it ``scales`` with the drawing."""
    made = QPen(colour, width, style, Qt.PenCapStyle.FlatCap, Qt.PenJoinStyle.MiterJoin)
    made.setCosmetic(not scales)
    return made
