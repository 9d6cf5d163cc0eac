"""The chosen network's drawing, larger, with what its colours mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QSizePolicy, QWidget

from maistudio.gui.theme import Palette
from maistudio.gui.zoo.figure import SHADES
from maistudio.gui.zoo.figure_painting import FigurePictures, colours_of
from maistudio.tflite.kinds import OpKind

if TYPE_CHECKING:
    from maistudio.zoo.drawing import Bar

SIDE, GAP, SWATCH = 16, 8, 10
FIGURE_LINES = 6
TIP = (
    "The ops from input to output: a bar is as high as its picture is large, wider and darker with more channels. "
    "Arcs are skip connections."
)
NAMES = {
    OpKind.OTHER: "input",
    OpKind.CONVOLUTION: "convolution",
    OpKind.POOLING: "resize",
    OpKind.LAYOUT: "rearrange",
    OpKind.ELEMENTWISE: "add, multiply",
}
_LINE = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine)


class FigureView(QWidget):
    """Hidden where there is no drawing."""

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = palette
        self._bars: tuple[Bar, ...] = ()
        self._pictures = FigurePictures()
        self.setToolTip(TIP)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_bars(self, bars: tuple[Bar, ...]) -> None:
        self._pictures.clear()
        self._bars = bars
        self.setVisible(bool(bars))
        self.updateGeometry()
        self.update()

    def apply_palette(self, palette: Palette) -> None:
        self._palette = palette
        self.update()

    def sizeHint(self) -> QSize:
        line = self.fontMetrics().height()
        return QSize(200, round(line * FIGURE_LINES) + 3 * GAP + line * len(self._legend_rows()))

    def resizeEvent(self, event: object) -> None:
        self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        line = self.fontMetrics().height()
        size = QSize(self.width() - 2 * SIDE, round(line * FIGURE_LINES))
        if size.width() < 1 or not self._bars:
            return
        scale = self.devicePixelRatioF()
        picture = self._pictures.picture(self._bars, size, scale, self._palette)
        if picture is not None:
            painter.drawPixmap(QPoint(SIDE, GAP), picture)
        quiet = self.palette().color(QPalette.ColorRole.PlaceholderText)
        for row, entries in enumerate(self._legend_rows()):
            left, top = SIDE, 2 * GAP + size.height() + row * line
            for kind, name, wide in entries:
                fill, edge = colours_of(self._palette, kind.value, SHADES // 2)
                painter.setPen(edge)
                painter.setBrush(fill)
                painter.drawRect(QRect(left, top + (line - SWATCH) // 2, SWATCH, SWATCH))
                painter.setPen(quiet)
                painter.drawText(QRect(left + SWATCH + 6, top, wide, line), _LINE, name)
                left += wide

    def _legend_rows(self) -> list[list[tuple[OpKind, str, int]]]:
        """Kind, name and width of each entry, over as many rows as they need."""
        there = {bar.kind for bar in self._bars}
        rows: list[list[tuple[OpKind, str, int]]] = [[]]
        taken = 0
        for kind in OpKind:
            if kind.value in there:
                name = NAMES.get(kind, kind.value)
                wide = SWATCH + 6 + self.fontMetrics().horizontalAdvance(name) + 2 * GAP
                if rows[-1] and taken + wide > self.width() - 2 * SIDE:
                    rows.append([])
                    taken = 0
                rows[-1].append((kind, name, wide))
                taken += wide
        return rows
