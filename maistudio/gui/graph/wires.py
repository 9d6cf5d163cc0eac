"""Wires ready to be drawn many at a time: straight ones as lines, bent ones as paths, heads as one shape."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QPainterPath, QPolygonF

from maistudio.gui.graph import strokes
from maistudio.gui.graph.crowd import Ends
from maistudio.gui.graph.routing import Point

ARROW = 5.0
MANY_RUNS = 8
"""A wire of more runs is painted run by run, so that those out of sight can be left out."""
BLOCK = 64
"""So many arrow heads are one shape."""

Drawn = tuple[Sequence[Sequence[Point]], Sequence[Sequence[Point]]]
"""A wire as (runs that cover it once, ways to its targets)."""


class Curve:
    """A painted part of a wire, the rectangle around it, and where it begins and ends."""

    __slots__ = ("_flat", "_path", "_runs", "bounds", "ends")

    def __init__(self, runs: Sequence[Sequence[Point]], flat: bool) -> None:
        self._runs, self._flat = runs, flat
        self._path: QPainterPath | None = None
        self.bounds = _around((point for run in runs for point in run), 2.0)
        self.ends: Ends = (*runs[0][0], *runs[-1][-1])

    @property
    def path(self) -> QPainterPath:
        """The line to be stroked, made when first asked for."""
        if self._path is None:
            self._path = strokes.path(self._runs, self._flat)
        return self._path


class Heads:
    """The arrow heads at the ends of these ways, and the rectangle around them."""

    __slots__ = ("_flat", "_path", "_ways", "bounds")

    def __init__(self, ways: Sequence[Sequence[Point]], flat: bool) -> None:
        self._ways, self._flat = ways, flat
        self._path: QPainterPath | None = None
        self.bounds = _around((way[-1] for way in ways), ARROW)

    @property
    def path(self) -> QPainterPath:
        """The heads to be filled, made when first asked for."""
        if self._path is None:
            self._path = heads(self._ways, self._flat)
        return self._path


class WireSet:
    """Wires to be drawn in one colour.

    ``plain`` are the lines of wires that are nothing but one straight line; of the others ``straight`` and ``slanted``
    are the stretches as lines for a small zoom, ``slanted_ends`` where the slanted ones begin and end, and ``paths``
    the painted curves.
    """

    def __init__(self, wires: Iterable[Drawn], flat: bool) -> None:
        self.plain: list[QLineF] = []
        self.straight: list[QLineF] = []
        self.slanted: list[QLineF] = []
        self.slanted_ends: list[Ends] = []
        self._flat = flat
        self._bent: list[Sequence[Sequence[Point]]] = []
        self._ways: list[Sequence[Point]] = []
        self._paths: list[Curve] | None = None
        self._heads: list[Heads] | None = None
        for runs, ways in wires:
            self._ways += ways
            if all(len(run) == 2 and _straight(*run) for run in runs):
                self.plain += [QLineF(*run[0], *run[1]) for run in runs]
                continue
            self._bent.append(runs)
            for run in runs:
                for a, b in pairwise(run):
                    if _straight(a, b):
                        self.straight.append(QLineF(*a, *b))
                    else:
                        self.slanted.append(QLineF(*a, *b))
                        self.slanted_ends.append((*a, *b))

    @property
    def paths(self) -> list[Curve]:
        if self._paths is None:
            pieces = [
                piece
                for runs in self._bent
                if runs
                for piece in ((runs,) if len(runs) <= MANY_RUNS else [(run,) for run in runs])
            ]
            self._paths = [Curve(runs, self._flat) for runs in pieces]
        return self._paths

    @property
    def heads(self) -> list[Heads]:
        """The arrow heads in blocks, one head for all ends on the same pixel."""
        if self._heads is None:
            ends = {(round(way[-1][0]), round(way[-1][1])): way for way in self._ways if way}
            ways = list(ends.values())
            self._heads = [Heads(ways[start : start + BLOCK], self._flat) for start in range(0, len(ways), BLOCK)]
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


def _around(points: Iterable[Point], room: float) -> QRectF:
    xs, ys = zip(*points, strict=True)
    left, top = min(xs), min(ys)
    return QRectF(left - room, top - room, max(xs) - left + 2 * room, max(ys) - top + 2 * room)


def _straight(a: Point, b: Point) -> bool:
    return abs(a[0] - b[0]) < 0.01 or abs(a[1] - b[1]) < 0.01
