"""The signs of verdicts: a shape each, in colours that colour-blind people tell apart.

The hues are those of Okabe and Ito (2008), "Color Universal Design", made darker where they stand on white.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap, QPolygonF

from maistudio.gui.theme import Palette, ThemeName
from maistudio.targets.values import TargetVerdict, Verdict

Sign = Verdict | TargetVerdict

_LIGHT: Mapping[Verdict, tuple[str, str]] = MappingProxyType(
    {
        Verdict.RUNS: ("#007f5c", "#d2efe4"),
        Verdict.LEFT_ON_CPU: ("#0072b2", "#d6e8f6"),
        Verdict.REFUSED: ("#c14f00", "#fbdccb"),
        Verdict.FAILS_AT_START: ("#946600", "#f9e7b4"),
        Verdict.CANDIDATE: ("#a8517f", "#f3deea"),
        Verdict.UNKNOWN: ("#5f5f5f", "#e8e8e8"),
    }
)
_DARK: Mapping[Verdict, tuple[str, str]] = MappingProxyType(
    {
        Verdict.RUNS: ("#1fbf91", "#153c31"),
        Verdict.LEFT_ON_CPU: ("#56b4e9", "#1c374a"),
        Verdict.REFUSED: ("#f58549", "#4e2a17"),
        Verdict.FAILS_AT_START: ("#f0b429", "#42360f"),
        Verdict.CANDIDATE: ("#d88bb5", "#452c3b"),
        Verdict.UNKNOWN: ("#a3a3a3", "#383838"),
    }
)
COLOURS: Mapping[ThemeName, Mapping[Verdict, tuple[str, str]]] = MappingProxyType({"light": _LIGHT, "dark": _DARK})
"""By theme: the colour of a verdict's sign and border, and the pale one that fills a box of the graph."""

_LIKE: Mapping[TargetVerdict, Verdict] = MappingProxyType(
    {
        TargetVerdict.FULL: Verdict.RUNS,
        TargetVerdict.PARTIAL: Verdict.RUNS,
        TargetVerdict.NONE: Verdict.REFUSED,
        TargetVerdict.FAILS_AT_START: Verdict.FAILS_AT_START,
        TargetVerdict.CANDIDATE: Verdict.CANDIDATE,
        TargetVerdict.UNKNOWN: Verdict.UNKNOWN,
        TargetVerdict.WRONG_OUTPUT: Verdict.REFUSED,
    }
)
SCALES = (1.0, 2.0)
SHARE = 0.82
"""Of a picture's side, what the sign takes: there is room below it for the line that says "proved"."""


def strong(sign: Sign, theme: ThemeName) -> QColor:
    """The colour of a sign."""
    return QColor(COLOURS[theme][sign if isinstance(sign, Verdict) else _LIKE[sign]][0])


def pale(verdict: Verdict, theme: ThemeName) -> QColor:
    """The colour that fills a box of the graph."""
    return QColor(COLOURS[theme][verdict][1])


def paint_sign(painter: QPainter, sign: Sign, middle: QPointF, size: float, colour: QColor) -> None:
    """Paint a sign into the square of ``size`` about ``middle``."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(middle)
    painter.scale(size / 16, size / 16)
    line = QPen(colour, 2.4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    if sign in (Verdict.RUNS, TargetVerdict.FULL):
        _filled(painter, colour).drawEllipse(QPointF(0, 0), 6, 6)
    elif sign is TargetVerdict.PARTIAL:
        _filled(painter, colour).drawPie(QRectF(-6, -6, 12, 12), 90 * 16, 180 * 16)
        _hollow(painter, QPen(line)).drawEllipse(QPointF(0, 0), 5.2, 5.2)
    elif sign is Verdict.LEFT_ON_CPU:
        _hollow(painter, line).drawEllipse(QPointF(0, 0), 5.2, 5.2)
    elif sign in (Verdict.REFUSED, TargetVerdict.NONE):
        line.setWidthF(2.8)
        _hollow(painter, line).drawLine(QPointF(-4.6, -4.6), QPointF(4.6, 4.6))
        painter.drawLine(QPointF(-4.6, 4.6), QPointF(4.6, -4.6))
    elif sign in (Verdict.FAILS_AT_START, TargetVerdict.FAILS_AT_START):
        _filled(painter, colour).drawPolygon(_polygon((0, -6.4), (6.8, 5.6), (-6.8, 5.6)))
    elif sign in (Verdict.CANDIDATE, TargetVerdict.CANDIDATE):
        _hollow(painter, line).drawPolygon(_polygon((0, -6), (6, 0), (0, 6), (-6, 0)))
    elif sign is TargetVerdict.WRONG_OUTPUT:
        _hollow(painter, line).drawLine(QPointF(-6, -2.6), QPointF(6, -2.6))
        painter.drawLine(QPointF(-6, 2.6), QPointF(6, 2.6))
        painter.drawLine(QPointF(-3.4, 6.4), QPointF(3.4, -6.4))
    else:
        _question_mark(painter, line)
    painter.restore()


def _question_mark(painter: QPainter, line: QPen) -> None:
    _hollow(painter, line).drawArc(QRectF(-3.8, -6.6, 7.6, 7.2), -60 * 16, 220 * 16)
    painter.drawLine(QPointF(1.2, 0.0), QPointF(0, 1.4))
    painter.drawLine(QPointF(0, 1.4), QPointF(0, 2.4))
    painter.drawPoint(QPointF(0, 6))


class SignPictures:
    """Signs as pictures of ``size`` device-independent pixels in one theme, each drawn once."""

    def __init__(self, theme: ThemeName, size: int) -> None:
        self._theme = theme
        self._size = size
        self._made: dict[tuple[Sign, bool, float], QPixmap] = {}

    def picture(self, sign: Sign, scale: float, proved: bool = False) -> QPixmap:
        """A sign at ``scale``; with a line below it where it was ``proved``."""
        key = sign, proved, scale
        if key not in self._made:
            self._made[key] = sign_pixmap(sign, self._theme, self._size, scale, proved)
        return self._made[key]


def sign_pixmap(sign: Sign, theme: ThemeName, size: int, scale: float, proved: bool = False) -> QPixmap:
    """A sign as a square picture of ``size`` device-independent pixels; with a line below it where it was proved."""
    picture = QPixmap(round(size * scale), round(size * scale))
    picture.setDevicePixelRatio(scale)
    picture.fill(Qt.GlobalColor.transparent)
    colour = strong(sign, theme)
    painter = QPainter(picture)
    paint_sign(painter, sign, QPointF(size / 2, size / 2), size * SHARE, colour)
    if proved:
        painter.setPen(QPen(colour, size / 12))
        painter.drawLine(QPointF(size * 0.15, size * 0.96), QPointF(size * 0.85, size * 0.96))
    painter.end()
    return picture


def sign_icon(sign: Sign, palette: Palette, size: int = 16) -> QIcon:
    """A sign as an icon."""
    made = QIcon()
    for scale in SCALES:
        made.addPixmap(sign_pixmap(sign, palette.name, size, scale))
    return made


def _filled(painter: QPainter, colour: QColor) -> QPainter:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    return painter


def _hollow(painter: QPainter, line: QPen) -> QPainter:
    painter.setPen(line)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    return painter


def _polygon(*points: tuple[float, float]) -> QPolygonF:
    return QPolygonF([QPointF(x, y) for x, y in points])
