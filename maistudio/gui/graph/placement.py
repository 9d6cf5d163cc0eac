"""Where the items of ordered layers stand across the drawing, with their true widths.

Items that continue each other form straight strands (the linear segments of Sander's layout); strands are pulled
towards their neighbours and push those they touch, until at rest. Positions are item centres.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from maistudio.gui.graph.ordering import Adjacency

Apart = Callable[[int, int], float]
"""The least distance between the centres of two neighbours, left and right."""

ROUNDS = 24
FEW_ROUNDS = 8
MANY = 4000
"""With more strands than this in one segment they are settled in fewer rounds."""


@dataclass(frozen=True, slots=True)
class _Strands:
    """``of[item]`` is the item's strand; ``between`` holds (left strand, right strand, least distance)."""

    of: dict[int, int]
    count: int
    between: list[tuple[int, int, float]]
    pulls: list[tuple[int, int]]


def placed(
    rows: Sequence[Sequence[int]],
    down: Adjacency,
    up: Adjacency,
    bends_from: int,
    apart: Apart,
    given: Mapping[int, float],
) -> dict[int, float]:
    """Centres of all items of a segment.

    ``given`` holds the items of the first row where they are, if the segment before has placed them. A lone box in
    the last row stands at 0 where that is possible, in line with the rest of the network.
    """
    boxes = [item for item in rows[-1] if item < bends_from]
    anchor = boxes[0] if len(boxes) == 1 else rows[-1][0] if len(rows[-1]) == 1 else -1
    position: dict[int, float] = {}
    for loose, target in ((False, anchor), (True, anchor), (True, -1)):
        strands = _strands(rows, down, up, bends_from, apart, target, set(given) if loose else set())
        held = {strands.of[item]: x for item, x in given.items()}
        if target >= 0:
            held.setdefault(strands.of[target], 0.0)
        at = _packed(strands, held)
        _settle(strands, at, set(held))
        position = {item: at[strand] for item, strand in strands.of.items()}
        if _valid(rows, position, apart, given):
            break
    if not given and anchor < 0:
        middle = (min(position.values()) + max(position.values())) / 2
        position = {item: x - middle for item, x in position.items()}
    return position


def _valid(
    rows: Sequence[Sequence[int]], position: Mapping[int, float], apart: Apart, given: Mapping[int, float]
) -> bool:
    """Whether nothing overlaps and every given item is where it was."""
    return all(
        position[right] - position[left] > apart(left, right) - 0.01 for row in rows for left, right in pairwise(row)
    ) and all(abs(position[item] - x) < 0.01 for item, x in given.items())


def _strands(
    rows: Sequence[Sequence[int]],
    down: Adjacency,
    up: Adjacency,
    bends_from: int,
    apart: Apart,
    anchor: int,
    single: set[int],
) -> _Strands:
    """The strands of a segment. Bends in ``single`` are strands of their own, and so is ``anchor`` if need be."""
    place = {item: position for row in rows for position, item in enumerate(row)}
    below = {item: [child for child in down[item] if child in place] for item in place}
    above = {item: [parent for parent in up[item] if parent in place] for item in place}
    for item in rows[0]:
        above[item] = []
    for item in rows[-1]:
        below[item] = []
    joined = _alignments(rows, below, above, place, bends_from)
    of: dict[int, int] = {}
    count = 0
    for row in rows:
        for item in row:
            parent = joined.get(item, -1)
            if parent < 0 or (parent >= bends_from and parent in single):
                of[item] = count
                count += 1
            else:
                of[item] = of[parent]
    first = [item for item in rows[0] if item < bends_from]
    if anchor >= 0 and len(first) == 1 and len(rows) > 1:
        count = _freed(of, count, first[0], anchor)
    between: dict[tuple[int, int], float] = {}
    for row in rows:
        for left, right in pairwise(row):
            pair = of[left], of[right]
            between[pair] = max(between.get(pair, 0.0), apart(left, right))
    pulls = [(of[item], of[child]) for item in place for child in below[item] if of[item] != of[child]]
    return _Strands(of, count, [(a, b, gap) for (a, b), gap in between.items()], pulls)


def _freed(of: dict[int, int], count: int, top: int, bottom: int) -> int:
    """Make a strand of its own of one end of a segment, where both stand at 0 but in different strands.

    The longer strand keeps its end; the new number of strands is returned.
    """
    if of[top] != of[bottom]:
        sizes = [0] * count
        for strand in of.values():
            sizes[strand] += 1
        loose = top if sizes[of[top]] < sizes[of[bottom]] else bottom
        if sizes[of[loose]] > 1:
            of[loose] = count
            return count + 1
    return count


def _alignments(
    rows: Sequence[Sequence[int]],
    below: dict[int, list[int]],
    above: dict[int, list[int]],
    place: dict[int, int],
    bends_from: int,
) -> dict[int, int]:
    """The parent that each item stands straight under: bends first, then the longest chains of boxes."""
    reach_down: dict[int, int] = {}
    reach_up: dict[int, int] = {}
    for row in reversed(rows):
        for item in row:
            if item < bends_from:
                reach_down[item] = 1 + max((reach_down.get(child, 0) for child in below[item]), default=0)
    for row in rows:
        for item in row:
            if item < bends_from:
                reach_up[item] = 1 + max((reach_up.get(parent, 0) for parent in above[item]), default=0)
    joined: dict[int, int] = {}
    parent_of: dict[int, int] = {}
    for layer in range(len(rows) - 1):
        wanted: list[tuple[int, int, int]] = []
        for item in rows[layer]:
            child = _chosen(below[item], reach_down, place, bends_from, item >= bends_from)
            if child < 0:
                continue
            if child not in parent_of:
                parent_of[child] = _chosen(above[child], reach_up, place, bends_from, child >= bends_from)
            if parent_of[child] == item:
                straight = (item >= bends_from) + (child >= bends_from)
                wanted.append((-2 if straight == 2 else -1 if straight == 0 else 0, item, child))
        wanted.sort()
        taken: list[tuple[int, int]] = []
        for _, item, child in wanted:
            pair = place[item], place[child]
            at = bisect_left(taken, pair)
            if (at == 0 or taken[at - 1][1] < pair[1]) and (at == len(taken) or taken[at][1] > pair[1]):
                taken.insert(at, pair)
                joined[child] = item
    return joined


def _chosen(
    candidates: Sequence[int], reach: dict[int, int], place: dict[int, int], bends_from: int, bend: bool
) -> int:
    """The neighbour to stand straight with, -1 for none.

    A bend prefers a bend. A box prefers the box with the longest chain behind it; of several alike the middle one,
    and none where there is no middle, so that even branches lie evenly.
    """
    bends = [item for item in candidates if item >= bends_from]
    boxes = [item for item in candidates if item < bends_from]
    if bend and bends:
        return bends[0] if len(bends) == 1 else -1
    if not boxes:
        return bends[0] if len(bends) == 1 else -1
    longest = max(reach[item] for item in boxes)
    boxes = sorted((item for item in boxes if reach[item] == longest), key=lambda item: place[item])
    return boxes[len(boxes) // 2] if len(boxes) % 2 else -1


def _packed(strands: _Strands, held: Mapping[int, float]) -> list[float]:
    """A first valid placement: as close as allowed, to the left and right of the strands held in place."""
    right_of: list[list[tuple[int, float]]] = [[] for _ in range(strands.count)]
    left_of: list[list[tuple[int, float]]] = [[] for _ in range(strands.count)]
    waiting = [0] * strands.count
    for left, right, gap in strands.between:
        right_of[left].append((right, gap))
        left_of[right].append((left, gap))
        waiting[right] += 1
    order = [strand for strand in range(strands.count) if not waiting[strand]]
    for strand in order:
        for right, _ in right_of[strand]:
            waiting[right] -= 1
            if not waiting[right]:
                order.append(right)
    position: list[float | None] = [held.get(strand) for strand in range(strands.count)]
    for strand in reversed(order):
        limits = [position[right] - gap for right, gap in right_of[strand] if position[right] is not None]  # type: ignore[operator]
        if position[strand] is None and limits:
            position[strand] = min(limits)
    for strand in order:
        limits = [position[left] + gap for left, gap in left_of[strand] if position[left] is not None]  # type: ignore[operator]
        if position[strand] is None:
            position[strand] = max(limits, default=0.0)
        elif strand not in held and limits:
            position[strand] = max(position[strand], *limits)  # type: ignore[type-var]
    return [x if x is not None else 0.0 for x in position]


def _settle(strands: _Strands, position: list[float], still: set[int]) -> None:
    """Pull strands towards the mean of what they are linked to, moving touching strands together."""
    count = strands.count
    linked: list[list[int]] = [[] for _ in range(count)]
    for first, second in strands.pulls:
        linked[first].append(second)
        linked[second].append(first)
    left_of: list[list[tuple[int, float]]] = [[] for _ in range(count)]
    right_of: list[list[tuple[int, float]]] = [[] for _ in range(count)]
    for left, right, gap in strands.between:
        right_of[left].append((right, gap))
        left_of[right].append((left, gap))
    for _ in range(ROUNDS if count <= MANY else FEW_ROUNDS):
        force = [sum(position[o] for o in linked[s]) / len(linked[s]) - position[s] if linked[s] else 0.0
                 for s in range(count)]  # fmt: skip
        for strand in still:
            force[strand] = 0.0
        shift = _together(strands, position, force, still)
        by_place = sorted(range(count), key=lambda strand: position[strand])
        moved = 0.0
        for strand in reversed(by_place):
            if shift[strand] > 0:
                wanted = position[strand] + shift[strand]
                room = min((position[right] - gap for right, gap in right_of[strand]), default=wanted)
                target = max(position[strand], min(wanted, room))
                moved = max(moved, target - position[strand])
                position[strand] = target
        for strand in by_place:
            if shift[strand] < 0:
                wanted = position[strand] + shift[strand]
                room = max((position[left] + gap for left, gap in left_of[strand]), default=wanted)
                target = min(position[strand], max(wanted, room))
                moved = max(moved, position[strand] - target)
                position[strand] = target
        if moved < 0.5:
            return


def _together(strands: _Strands, position: list[float], force: list[float], still: set[int]) -> list[float]:
    """The shift of each strand when strands that touch and press on each other move as one."""
    parent = list(range(strands.count))
    total = list(force)
    size = [1] * strands.count
    fixed = [strand in still for strand in range(strands.count)]

    def top(strand: int) -> int:
        while parent[strand] != strand:
            parent[strand] = parent[parent[strand]]
            strand = parent[strand]
        return strand

    touching = [(left, right) for left, right, gap in strands.between if position[right] - position[left] <= gap + 0.01]
    for _ in range(6):
        changed = False
        for left, right in touching:
            a, b = top(left), top(right)
            if a == b:
                continue
            pull_a = 0.0 if fixed[a] else total[a] / size[a]
            pull_b = 0.0 if fixed[b] else total[b] / size[b]
            if pull_a > pull_b:
                parent[b] = a
                total[a] += total[b]
                size[a] += size[b]
                fixed[a] = fixed[a] or fixed[b]
                changed = True
        if not changed:
            break
    return [0.0 if fixed[top(s)] else total[top(s)] / size[top(s)] for s in range(strands.count)]
