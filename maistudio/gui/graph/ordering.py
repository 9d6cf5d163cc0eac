"""The order of items within each layer, with few crossings."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Sequence

Adjacency = Sequence[Sequence[int]]

SMALL = 600
"""Up to this many items the order is refined by swapping neighbours as well."""


def first_order(rows: Sequence[Sequence[int]], down: Adjacency, bends_from: int) -> list[list[int]]:
    """Rows in the order of a walk from the top: boxes before passing wires, so skips lie to the right."""
    place = {item: layer for layer, row in enumerate(rows) for item in row}
    ordered: list[list[int]] = [list(rows[0]), *([] for _ in rows[1:])]
    seen: set[int] = set()
    for row in rows:
        stack = list(reversed(row))
        while stack:
            item = stack.pop()
            if item in seen:
                continue
            seen.add(item)
            if place[item]:
                ordered[place[item]].append(item)
            below = [child for child in down[item] if child in place and child not in seen]
            below.sort(key=lambda child: child >= bends_from)
            stack.extend(reversed(below))
    return ordered


def crossings(upper: Sequence[int], lower: Sequence[int], down: Adjacency) -> int:
    """How many pairs of links between two ordered layers cross."""
    place = {item: position for position, item in enumerate(lower)}
    seen: list[int] = []
    found = 0
    for item in upper:
        ends = sorted(place[child] for child in down[item] if child in place)
        for end in ends:
            found += len(seen) - bisect_right(seen, end)
        for end in ends:
            insort(seen, end)
    return found


def ordered_rows(rows: Sequence[Sequence[int]], down: Adjacency, up: Adjacency, bends_from: int) -> list[list[int]]:
    """The rows of one segment ordered by barycentre sweeps, then by swaps of neighbours; the first row stays."""
    best = first_order(rows, down, bends_from)
    fewest = total_crossings(best, down)
    items = sum(map(len, rows))
    current = [list(row) for row in best]
    for sweep in range(10 if items <= SMALL else 4):
        if not fewest:
            return best
        _sweep(current, up if sweep % 2 == 0 else down, downwards=sweep % 2 == 0)
        if items <= SMALL:
            _swap_neighbours(current, down, up)
        now = total_crossings(current, down)
        if now < fewest:
            best, fewest = [list(row) for row in current], now
    return best


def total_crossings(rows: Sequence[Sequence[int]], down: Adjacency) -> int:
    return sum(crossings(rows[layer], rows[layer + 1], down) for layer in range(len(rows) - 1))


def _sweep(rows: list[list[int]], toward: Adjacency, downwards: bool) -> None:
    """Sort each row by the mean position of its items' neighbours in the row before it; lone items stay."""
    layers = range(1, len(rows)) if downwards else range(len(rows) - 2, 0, -1)
    for layer in layers:
        fixed = rows[layer - 1 if downwards else layer + 1]
        place = {item: position for position, item in enumerate(fixed)}
        means: list[tuple[float, int]] = []
        lone: list[tuple[int, int]] = []
        for position, item in enumerate(rows[layer]):
            near = [place[other] for other in toward[item] if other in place]
            if near:
                means.append((sum(near) / len(near), item))
            else:
                lone.append((position, item))
        means.sort(key=lambda pair: pair[0])
        row = [item for _, item in means]
        for position, item in lone:
            row.insert(position, item)
        rows[layer] = row


def _swap_neighbours(rows: list[list[int]], down: Adjacency, up: Adjacency) -> None:
    """Swap neighbours in a row while that removes crossings, a few times over."""
    for _ in range(4):
        better = False
        for layer, row in enumerate(rows[1:], 1):
            above = _ends(row, rows[layer - 1], up)
            below = _ends(row, rows[layer + 1] if layer + 1 < len(rows) else (), down)
            for left in range(len(row) - 1):
                a, b = row[left], row[left + 1]
                kept = _pair(above[a], above[b]) + _pair(below[a], below[b])
                swapped = _pair(above[b], above[a]) + _pair(below[b], below[a])
                if swapped < kept:
                    row[left], row[left + 1] = b, a
                    better = True
        if not better:
            return


def _ends(row: Sequence[int], other: Sequence[int], toward: Adjacency) -> dict[int, list[int]]:
    place = {item: position for position, item in enumerate(other)}
    return {item: sorted(place[end] for end in toward[item] if end in place) for item in row}


def _pair(left: Sequence[int], right: Sequence[int]) -> int:
    """Crossings between the links of two neighbours with these sorted ends."""
    return sum(bisect_left(right, end) for end in left)
