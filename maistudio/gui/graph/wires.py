"""Wires ready to be drawn many at a time: straight ones as lines, bent ones as paths, heads as one shape."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QPainterPath, QPolygonF

from maistudio.gui.graph import strokes
from maistudio.gui.graph.routing import Point

ARROW = 5.0

Drawn = tuple[Sequence[Sequence[Point]], Sequence[Sequence[Point]]]
"""A wire as (runs that cover it once, ways to its targets)."""


class WireSet:
    """Wires to be drawn in one colour.

    ``plain`` are the lines of wires that are nothing but one straight line; of the others ``straight`` and ``slanted``
    are the stretches as lines for a small zoom, and ``paths`` the painted curves with the rectangles around them.
    """

    def __init__(self, wires: Iterable[Drawn], flat: bool) -> None:
        self.plain: list[QLineF] = []
        self.straight: list[QLineF] = []
        self.slanted: list[QLineF] = []
        self._flat = flat
        self._bent: list[Sequence[Sequence[Point]]] = []
        self._ways: list[Sequence[Point]] = []
        self._paths: list[tuple[QRectF, QPainterPath]] | None = None
        self._heads: QPainterPath | None = None
        for runs, ways in wires:
            self._ways += ways
            if all(len(run) == 2 and _straight(*run) for run in runs):
                self.plain += [QLineF(*run[0], *run[1]) for run in runs]
                continue
            self._bent.append(runs)
            for run in runs:
                for a, b in pairwise(run):
                    (self.straight if _straight(a, b) else self.slanted).append(QLineF(*a, *b))

    @property
    def paths(self) -> list[tuple[QRectF, QPainterPath]]:
        if self._paths is None:
            paths = [strokes.path(runs, self._flat) for runs in self._bent]
            self._paths = [(path.controlPointRect().adjusted(-2, -2, 2, 2), path) for path in paths]
        return self._paths

    @property
    def heads(self) -> QPainterPath:
        """The arrow heads, to be filled."""
        if self._heads is None:
            self._heads = heads(self._ways, self._flat)
        return self._heads


def heads(ways: Iterable[Sequence[Point]], flat: bool) -> QPainterPath:
    """A head at the end of each way."""
    drawn = QPainterPath()
    for way in ways:
        if len(way) > 1:
            drawn.addPolygon(_head(way, flat))
            drawn.closeSubpath()
    return drawn


def _head(way: Sequence[Point], flat: bool) -> QPolygonF:
    """A head at the end of a way; a swing ends along the flow."""
    (ax, ay), (x, y) = way[-2], way[-1]
    swings = not _straight((ax, ay), (x, y))
    if (swings and not flat) or (not swings and abs(x - ax) < abs(y - ay)):
        back = -ARROW if y > ay else ARROW
        return QPolygonF([QPointF(x, y), QPointF(x - ARROW * 0.6, y + back), QPointF(x + ARROW * 0.6, y + back)])
    back = -ARROW if x > ax else ARROW
    return QPolygonF([QPointF(x, y), QPointF(x + back, y - ARROW * 0.6), QPointF(x + back, y + ARROW * 0.6)])


def _straight(a: Point, b: Point) -> bool:
    return abs(a[0] - b[0]) < 0.01 or abs(a[1] - b[1]) < 0.01
