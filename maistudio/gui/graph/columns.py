"""Where a long drawing is broken into columns, like the text of a newspaper."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import accumulate

SCREEN_WIDTH = 1400.0
SCREEN_HEIGHT = 900.0
"""A drawing shorter than this fits on a screen anyway."""
STRIP = 1.7
"""A drawing longer than this many times its breadth is a strip worth breaking."""
LEAST_FILLED = 0.3
"""The last column is at least so full, or there is none."""
CROWDED = 8
"""A gap that more wires than this pass is no place to break."""


def column_starts(
    depths: Sequence[float], left: Sequence[float], right: Sequence[float], passing: Sequence[int], shape: float
) -> list[int]:
    """The first layer of each column, [0] where breaking does not help.

    ``depths[layer]`` is the layer's extent along the flow with its gap, ``passing[layer]`` how many wires leave
    downwards. ``shape`` is the wanted breadth over depth of the whole.
    """
    total = sum(depths)
    breadth = max(right) - min(left)
    if total < (SCREEN_HEIGHT if shape > 1 else SCREEN_WIDTH) or total < STRIP * breadth / min(1.0, shape):
        return [0]
    ends = list(accumulate(depths))
    guess = math.sqrt(shape * total / breadth)
    counts = sorted({max(2, round(guess * factor)) for factor in (0.6, 0.75, 0.9, 1.0, 1.1, 1.25, 1.5, 1.9, 2.4)})
    best, least = [0], math.inf
    for count in counts:
        starts = _broken(ends, passing, total / count)
        if len(starts) < 2:
            continue
        miss = abs(math.log(_shape(starts, ends, left, right) / shape))
        if miss < least - 1e-9:
            best, least = starts, miss
    return best


def _broken(ends: Sequence[float], passing: Sequence[int], depth: float) -> list[int]:
    """Break near every ``depth``, where the fewest wires pass."""
    starts = [0]
    top, candidate, cost = 0.0, -1, math.inf
    for layer in range(len(ends) - 1):
        if passing[layer] <= CROWDED:
            filled = (ends[layer] - top) / depth
            if filled >= 0.7:
                price = 2 * passing[layer] + 8 * abs(filled - 1)
                if price < cost:
                    candidate, cost = layer, price
        if candidate >= 0 and ends[layer] - top >= 1.2 * depth:
            if ends[-1] - ends[candidate] < LEAST_FILLED * depth:
                break
            starts.append(candidate + 1)
            top, cost, candidate = ends[candidate], math.inf, -1
    return starts


def _shape(starts: Sequence[int], ends: Sequence[float], left: Sequence[float], right: Sequence[float]) -> float:
    """Breadth over depth of the drawing broken at these layers."""
    breadth, depth = 0.0, 1.0
    for start, stop in zip(starts, [*starts[1:], len(ends)], strict=True):
        breadth += max(right[start:stop]) - min(left[start:stop]) + 60
        depth = max(depth, ends[stop - 1] - (ends[start - 1] if start else 0.0))
    return breadth / depth
