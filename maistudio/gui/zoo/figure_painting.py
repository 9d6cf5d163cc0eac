"""A network's drawing as a picture, kept for the next time it is painted."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Sequence
from math import inf
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPixmap

from maistudio.gui.theme import Palette
from maistudio.gui.zoo.figure import SHADES, Figure, lay_out
from maistudio.tflite.kinds import OpKind

if TYPE_CHECKING:
    from maistudio.zoo.drawing import Bar

KEPT = 200
"""Pictures: all cards at two sizes."""
OUTLINED = 4.0
"""Bars at least so wide have an outline, in device-independent pixels."""
ARC_OPACITY = 150


class FigurePictures:
    """Paints drawings once for each size and palette, for some ``seconds`` from ``begin`` on.

    ``behind`` says that a picture was left out since then.
    """

    def __init__(self, seconds: float = inf) -> None:
        self._kept: OrderedDict[tuple[object, ...], QPixmap] = OrderedDict()
        self._until = inf
        self.seconds = seconds
        self.behind = False

    def begin(self) -> None:
        """Another turn of the interface thread."""
        self._until = time.perf_counter() + self.seconds
        self.behind = False

    def picture(self, bars: Sequence[Bar], size: QSize, scale: float, palette: Palette) -> QPixmap | None:
        """A drawing of ``size`` device-independent pixels, transparent around it; None where the time is up."""
        key = (id(bars), size.width(), size.height(), scale, palette.name)
        if key in self._kept:
            self._kept.move_to_end(key)
        elif time.perf_counter() > self._until:
            self.behind = True
            return None
        else:
            self._kept[key] = _painted(bars, size, scale, palette)
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return self._kept[key]

    def clear(self) -> None:
        """Forget them; other drawings come."""
        self._kept.clear()


def colours_of(palette: Palette, kind: str, shade: int) -> tuple[QColor, QColor]:
    """Fill and outline of bars of a kind: towards the outline's colour with more channels."""
    fill, line = (QColor(name) for name in palette.kinds[OpKind(kind)])
    share = 0.2 + 0.7 * shade / (SHADES - 1)
    mixed = QColor.fromRgbF(
        fill.redF() + share * (line.redF() - fill.redF()),
        fill.greenF() + share * (line.greenF() - fill.greenF()),
        fill.blueF() + share * (line.blueF() - fill.blueF()),
    )
    return mixed, line


def _painted(bars: Sequence[Bar], size: QSize, scale: float, palette: Palette) -> QPixmap:
    wide, high = round(size.width() * scale), round(size.height() * scale)
    picture = QPixmap(max(wide, 1), max(high, 1))
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    _paint(painter, lay_out(bars, wide - 1, high - 1, scale), scale, palette)
    painter.end()
    picture.setDevicePixelRatio(scale)
    return picture


def _paint(painter: QPainter, figure: Figure, scale: float, palette: Palette) -> None:
    left, right, middle = figure.wire
    painter.setPen(QPen(QColor(palette.border), max(scale, 1.0)))
    painter.drawLine(QPointF(left, middle), QPointF(right, middle))
    groups: dict[tuple[str, int], list[QRectF]] = {}
    for block in figure.blocks:
        rect = QRectF(round(block.left), round(block.top), max(round(block.width), 1), max(round(block.height), 1))
        groups.setdefault((block.kind, block.shade), []).append(rect)
    for (kind, shade), rects in groups.items():
        fill, line = colours_of(palette, kind, shade)
        wide = [rect for rect in rects if rect.width() >= OUTLINED * scale]
        narrow = [rect for rect in rects if rect.width() < OUTLINED * scale]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours_of(palette, kind, min(shade + 1, SHADES - 1))[0])  # no outline sets them off
        painter.drawRects(narrow)
        painter.setBrush(fill)
        pen = QPen(line, max(round(scale), 1))
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(pen)
        painter.drawRects(wide)
    _paint_arcs(painter, figure, scale, palette)


def _paint_arcs(painter: QPainter, figure: Figure, scale: float, palette: Palette) -> None:
    colour = QColor(palette.edge)
    colour.setAlpha(ARC_OPACITY)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(colour, scale))
    for arc in figure.arcs:  # one by one: all in one path take several times as long
        control = (4 * arc.peak - (arc.left_top + arc.right_top) / 2) / 3  # so that the curve just reaches the peak
        path = QPainterPath(QPointF(arc.left, arc.left_top))
        path.cubicTo(arc.left, control, arc.right, control, arc.right, arc.right_top)
        painter.drawPath(path)
