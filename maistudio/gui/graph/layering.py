"""Boxes and the bends of passing wires, layer by layer; very long wires are kept apart for side lanes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

LONG = 32
"""A wire reaching over more layers than this runs in a lane beside the boxes."""
NEAR = 8
"""Targets within this many layers are reached directly even when their wire also has a lane."""

MOST_BESIDE = 3
LEAST_LAYERS = 8
MOST_LAYERS = 28
"""Between so many layers a segment may end at a box with up to ``MOST_BESIDE`` wires beside it."""


@dataclass(frozen=True, slots=True)
class Layering:
    """Items in layers: the boxes (numbered first), then bends, where a wire passes a layer.

    ``rows[layer]`` lists items; ``down[item]`` and ``up[item]`` are linked items of the next and previous layer;
    ``bends[wire, target]`` lists the bends on the way, top to bottom (absent where there are none).
    ``lanes`` maps the wires left to the side lanes to the targets they reach that way.
    """

    boxes: int
    rows: list[list[int]]
    down: list[list[int]]
    up: list[list[int]]
    bends: dict[tuple[int, int], tuple[int, ...]]
    lanes: dict[int, list[int]]


def layering(rank: Sequence[int], wires: Sequence[tuple[int, Sequence[int]]]) -> Layering:
    """Place boxes of these ranks in rows and lead each wire through the rows it passes; its targets share bends."""
    count = len(rank)
    rows: list[list[int]] = [[] for _ in range(max(rank, default=-1) + 1)]
    for box in range(count):
        rows[rank[box]].append(box)
    down: list[list[int]] = [[] for _ in range(count)]
    up: list[list[int]] = [[] for _ in range(count)]
    bends: dict[tuple[int, int], tuple[int, ...]] = {}
    lanes: dict[int, list[int]] = {}
    for wire, (source, targets) in enumerate(wires):
        start = rank[source]
        reach = max(rank[target] for target in targets) - start
        direct: Sequence[int] = targets
        if reach > LONG:
            lanes[wire] = [target for target in targets if rank[target] - start > NEAR]
            direct = [target for target in targets if rank[target] - start <= NEAR]
        at, layer = source, start
        passed: list[int] = []
        for target in sorted(direct, key=lambda box: rank[box]):
            while layer < rank[target] - 1:
                layer += 1
                bend = len(down)
                down.append([])
                up.append([at])
                passed.append(bend)
                down[at].append(bend)
                rows[layer].append(bend)
                at = bend
            down[at].append(target)
            up[target].append(at)
            if passed:
                bends[wire, target] = tuple(passed)
    return Layering(count, rows, down, up, bends, lanes)


def segments(levels: Layering) -> list[tuple[int, int]]:
    """Runs of layers ``(first, last)`` to be placed one after the other; neighbours share a layer.

    They meet where a single item holds the network together, or, after some layers, a single box with few wires
    beside it, so that parts of the network that are alike are placed alike.
    """
    found: list[tuple[int, int]] = []
    first, last = 0, len(levels.rows) - 1
    while first < last:
        stop = _segment_end(levels, first)
        found.append((first, stop))
        first = stop
    return found or [(0, 0)]


def _segment_end(levels: Layering, first: int) -> int:
    """The layer where the segment that starts at ``first`` ends."""
    best, least = -1, (0, 0)
    for layer in range(first + 1, len(levels.rows)):
        row = levels.rows[layer]
        if len(row) == 1 or layer == len(levels.rows) - 1:
            return layer
        if layer - first > MOST_LAYERS and best >= 0:
            return best
        boxes = [item for item in row if item < levels.boxes]
        if layer - first >= LEAST_LAYERS and len(boxes) == 1 and len(row) <= 1 + MOST_BESIDE:
            cost = len(row), -len(levels.down[boxes[0]])
            if best < 0 or cost < least:
                best, least = layer, cost
    return len(levels.rows) - 1
