"""The window's icons: a few strokes each on a 20 x 20 grid, drawn in the palette's colours at any scale."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap, QPolygonF

GRID = 20
SCALES = (1.0, 2.0)


@dataclass(frozen=True, slots=True)
class Line:
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Box:
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Circle:
    x: float
    y: float
    radius: float


Stroke = Line | Box | Circle

STROKES: Mapping[str, tuple[Stroke, ...]] = MappingProxyType(
    {
        "graph": (
            Box(7, 1.5, 6, 4), Box(2, 14, 6, 4), Box(12, 14, 6, 4),
            Line(((10, 5.5), (10, 9.5), (5, 9.5), (5, 14))), Line(((10, 9.5), (15, 9.5), (15, 14))),
        ),
        "targets": (
            Box(5, 5, 10, 10), Box(8, 8, 4, 4),
            Line(((7, 5), (7, 2))), Line(((13, 5), (13, 2))), Line(((7, 15), (7, 18))), Line(((13, 15), (13, 18))),
            Line(((5, 7), (2, 7))), Line(((5, 13), (2, 13))), Line(((15, 7), (18, 7))), Line(((15, 13), (18, 13))),
        ),
        "compare": (
            Box(2, 3.5, 16, 13), Line(((10, 1.5), (10, 18.5))),
            Line(((4.5, 13), (7.5, 9))), Line(((12.5, 13), (15.5, 9))),
        ),
        "profile": (
            Circle(10, 11.5, 6.5), Line(((8, 2), (12, 2))), Line(((10, 2), (10, 5))), Line(((10, 11.5), (12.8, 8.7))),
        ),
        "score": (Line(((2, 17.5), (18, 17.5))), Box(3.5, 10, 3, 7.5), Box(8.5, 3, 3, 14.5), Box(13.5, 7, 3, 10.5)),
        "rate": (
            Line(((10, 2), (12.4, 7.2), (18, 7.8), (13.8, 11.6), (15, 17.2), (10, 14.3), (5, 17.2), (6.2, 11.6),
                  (2, 7.8), (7.6, 7.2), (10, 2))),
        ),
        "zoo": (Box(2.5, 2.5, 6, 6), Box(11.5, 2.5, 6, 6), Box(2.5, 11.5, 6, 6), Box(11.5, 11.5, 6, 6)),
        "close": (Line(((6, 6), (14, 14))), Line(((14, 6), (6, 14)))),
        "fit": (
            Line(((3, 7), (3, 3), (7, 3))), Line(((13, 3), (17, 3), (17, 7))), Line(((17, 13), (17, 17), (13, 17))),
            Line(((7, 17), (3, 17), (3, 13))), Box(7, 7.5, 6, 5),
        ),
        "plus": (Line(((10, 4), (10, 16))), Line(((4, 10), (16, 10)))),
        "minus": (Line(((4, 10), (16, 10))),),
        "vertical": (Line(((10, 2.5), (10, 17))), Line(((5.5, 12.5), (10, 17), (14.5, 12.5)))),
        "horizontal": (Line(((2.5, 10), (17, 10))), Line(((12.5, 5.5), (17, 10), (12.5, 14.5)))),
        "expand": (Line(((5.5, 8.5), (10, 3.5), (14.5, 8.5))), Line(((5.5, 11.5), (10, 16.5), (14.5, 11.5)))),
        "collapse": (Line(((5.5, 3.5), (10, 8.5), (14.5, 3.5))), Line(((5.5, 16.5), (10, 11.5), (14.5, 16.5)))),
        "up": (Line(((4.5, 12.5), (10, 7), (15.5, 12.5))),),
        "down": (Line(((4.5, 7.5), (10, 13), (15.5, 7.5))),),
        "search": (Circle(8.5, 8.5, 5.5), Line(((12.5, 12.5), (17.5, 17.5)))),
        "inspector": (Box(2, 3.5, 16, 13), Line(((12.5, 3.5), (12.5, 16.5)))),
        "heat": (
            Line(((7.5, 11.5), (7.5, 4), (10, 2), (12.5, 4), (12.5, 11.5))), Circle(10, 14.5, 3.5),
            Line(((10, 6), (10, 12.5))),
        ),
        "unstable": (Line(((1.5, 11), (4.5, 11), (7.5, 3.5), (12, 16.5), (14.5, 9), (18.5, 9))),),
        "warning": (
            Line(((10, 3), (18, 17), (2, 17), (10, 3))), Line(((10, 8), (10, 12.5))), Line(((10, 14.6), (10, 14.7))),
        ),
        "open": (Line(((2, 16), (2, 4), (7.5, 4), (9.5, 6.5), (18, 6.5), (18, 16), (2, 16))),),
    }
)  # fmt: skip


def icon(name: str, colour: str, disabled: str, size: int = GRID) -> QIcon:
    """The icon in ``colour``, and in ``disabled`` where its button is; ``size`` in device-independent pixels."""
    made = QIcon()
    for mode, shade in ((QIcon.Mode.Normal, colour), (QIcon.Mode.Disabled, disabled)):
        for scale in SCALES:
            made.addPixmap(pixmap(name, shade, size, scale), mode)
    return made


def pixmap(name: str, colour: str, size: int, scale: float) -> QPixmap:
    """The icon as a square picture of ``size`` device-independent pixels at ``scale``."""
    picture = QPixmap(round(size * scale), round(size * scale))
    picture.setDevicePixelRatio(scale)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(size / GRID, size / GRID)
    pen = QPen(QColor(colour), 1.4)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    for stroke in STROKES[name]:
        _draw(painter, stroke)
    painter.end()
    return picture


def _draw(painter: QPainter, stroke: Stroke) -> None:
    match stroke:
        case Line(points):
            painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in points]))
        case Box(x, y, width, height):
            painter.drawRect(QRectF(x, y, width, height))
        case Circle(x, y, radius):
            painter.drawEllipse(QPointF(x, y), radius, radius)
