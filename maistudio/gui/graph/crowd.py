"""Which of very many wires are worth drawing: those that would only cover each other are left out."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF

CROWD = 400
"""So many wires are all drawn; of more, those that can be told apart."""
CELL = 4.0
"""Ends nearer to each other than this, in widget pixels, can't be told apart."""
PASSING = 150
"""Of the wires that can't be told apart about so many are drawn, spread evenly."""

Ends = tuple[float, float, float, float]
"""Where a wire begins and where it ends, as x, y, x, y in scene pixels."""


def thinned(ends: Sequence[Ends], visible: QRectF, scale: float, width: float = 1.0) -> list[int]:
    """Positions of the wires to be drawn, all with an end in sight that lies apart from the others' ends.

    ``width`` of the lines in widget pixels: the wider, the fewer can be told apart.
    """
    if len(ends) <= CROWD:
        return list(range(len(ends)))
    left, top, right, bottom = visible.x(), visible.y(), visible.right(), visible.bottom()
    cell = scale / (CELL * width)
    taken: set[tuple[int, int]] = set()
    kept: list[int] = []
    others: list[int] = []
    for number, (ax, ay, bx, by) in enumerate(ends):
        known = len(taken)
        if left <= ax <= right and top <= ay <= bottom:
            taken.add((int((ax - left) * cell), int((ay - top) * cell)))
        if left <= bx <= right and top <= by <= bottom:
            taken.add((int((bx - left) * cell), int((by - top) * cell)))
        (kept if len(taken) > known else others).append(number)
    return kept + others[:: max(1, int(len(others) * width / PASSING))]
