"""The sheet in the lower left corner of the graph on which a legend stands, and shades between two colours."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen

from maistudio.gui.theme import Palette

PAD, MARGIN = 8.0, 12.0


def paint_sheet(painter: QPainter, size: QSizeF, palette: Palette, font: QFont, height: float) -> QRectF:
    """Paint an empty sheet of ``size``, margin included, in a widget of this height; gives the room within its pad.

    Leaves the painter with the legend's font and the colour of its text.
    """
    frame = QRectF(MARGIN, height - size.height(), size.width() - MARGIN, size.height() - MARGIN)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.fillRect(frame, QColor(palette.surface))
    painter.setPen(QPen(QColor(palette.border), 0))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(frame)
    painter.setFont(font)
    painter.setPen(QColor(palette.text))
    return frame.adjusted(PAD, PAD, -PAD, -PAD)


def between(one: QColor, other: QColor, share: float) -> QColor:
    """The colour at ``share``, 0 to 1, of the way from one to the other, in sRGB."""
    return QColor.fromRgbF(
        one.redF() + (other.redF() - one.redF()) * share,
        one.greenF() + (other.greenF() - one.greenF()) * share,
        one.blueF() + (other.blueF() - one.blueF()) * share,
    )
