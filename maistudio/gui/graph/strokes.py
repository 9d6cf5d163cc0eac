"""The lines of a wire: each stretch once where its ways to several targets run together, and its painted path."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainterPath

from maistudio.gui.graph.routing import Point

CORNER = 6.0


def strokes(routes: Iterable[Sequence[Point]]) -> list[list[Point]]:
    """Runs of points that cover all routes of one wire, no stretch twice."""
    found: list[list[Point]] = []
    seen: set[tuple[Point, Point]] = set()
    for route in routes:
        run: list[Point] = []
        for before, after in pairwise(route):
            if (before, after) in seen:
                run = []
                continue
            seen.add((before, after))
            if not run:
                run = [before]
                found.append(run)
            run.append(after)
    return found


def path(runs: Iterable[Sequence[Point]], flat: bool) -> QPainterPath:
    """The runs with swings between layers and rounded corners; ``flat`` for a flow from left to right."""
    drawn = QPainterPath()
    for run in runs:
        _add(drawn, run, flat)
    return drawn


def _add(drawn: QPainterPath, run: Sequence[Point], flat: bool) -> None:
    drawn.moveTo(*run[0])
    last = len(run) - 1
    for number in range(1, len(run)):
        (ax, ay), (bx, by) = run[number - 1], run[number]
        if abs(ax - bx) > 0.01 and abs(ay - by) > 0.01:
            if flat:
                middle = (ax + bx) / 2
                drawn.cubicTo(middle, ay, middle, by, bx, by)
            else:
                middle = (ay + by) / 2
                drawn.cubicTo(ax, middle, bx, middle, bx, by)
            continue
        if number < last and _turns(run[number - 1], run[number], run[number + 1]):
            before, after = _toward(run[number], run[number - 1]), _toward(run[number], run[number + 1])
            drawn.lineTo(before)
            drawn.quadTo(QPointF(bx, by), after)
        else:
            drawn.lineTo(bx, by)


def _turns(before: Point, corner: Point, after: Point) -> bool:
    """Whether two straight stretches meet at a right angle."""
    upright = abs(before[0] - corner[0]) < 0.01, abs(corner[0] - after[0]) < 0.01
    level = abs(before[1] - corner[1]) < 0.01, abs(corner[1] - after[1]) < 0.01
    return (upright[0] and level[1]) or (level[0] and upright[1])


def _toward(corner: Point, other: Point) -> QPointF:
    """A corner's radius from the corner on the way to ``other``, at most half way."""
    dx, dy = other[0] - corner[0], other[1] - corner[1]
    length = abs(dx) + abs(dy)
    part = min(CORNER, length / 2) / length if length else 0.0
    return QPointF(corner[0] + dx * part, corner[1] + dy * part)
