"""What a laid-out graph is judged by: overlaps, wires through boxes, crossings, direction; and graphs to lay out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from maistudio.gui.graph.layout import Layout, Rect, Wire

Point = tuple[float, float]
Graph = tuple[list[tuple[float, float]], list[Wire]]
CELL = 256.0
SIZE = (120.0, 48.0)


def wired(count: int, targets: dict[int, list[int]], label: tuple[float, float] = (70.0, 14.0)) -> Graph:
    """Boxes of one size with a wire from each box to its targets."""
    return [SIZE] * count, [Wire(source, tuple(ends), label) for source, ends in sorted(targets.items())]


def chain(count: int) -> Graph:
    return wired(count, {box: [box + 1] for box in range(count - 1)})


def residual(blocks: int) -> Graph:
    """Blocks of two boxes that are skipped by a wire: 3n + 1 boxes."""
    targets: dict[int, list[int]] = {}
    for start in range(0, 3 * blocks, 3):
        targets[start] = [start + 1, start + 3]
        targets[start + 1] = [start + 2]
        targets[start + 2] = [start + 3]
    return wired(3 * blocks + 1, targets)


def nested_skips(count: int, every: int = 7) -> Graph:
    """A chain whose first half is wired to its second half from the outside in, as a U-Net."""
    targets = {box: [box + 1] for box in range(count - 1)}
    for box in range(0, count // 2 - 1, every):
        targets[box].append(count - 1 - box)
    return wired(count, targets)


def fan(count: int, consumers: int) -> Graph:
    """A chain whose first box is used all along it, as a mask."""
    targets = {box: [box + 1] for box in range(count - 1)}
    targets[0] += range(count // consumers, count, count // consumers)
    return wired(count, targets)


def parallel(blocks: int, branches: int) -> Graph:
    """Blocks of parallel two-box branches that meet in one box."""
    targets: dict[int, list[int]] = {}
    start = 0
    for _ in range(blocks):
        end = start + 2 * branches + 1
        targets[start] = list(range(start + 1, start + 1 + branches))
        for branch in range(branches):
            targets[start + 1 + branch] = [start + 1 + branches + branch]
            targets[start + 1 + branches + branch] = [end]
        start = end
    return wired(start + 1, targets)


def overlaps(layout: Layout) -> int:
    """Pairs of boxes that share more than an edge."""
    found = 0
    near = _Near(layout.boxes)
    for number, box in enumerate(layout.boxes):
        found += sum(other > number and _overlap(box, layout.boxes[other]) for other in near.around(box))
    return found


def wires_through_boxes(layout: Layout, wires: Sequence[Wire]) -> int:
    """Stretches of wire that run through a box other than at the wire's own ends."""
    near = _Near(layout.boxes)
    found = 0
    for wire, routes in zip(wires, layout.routes, strict=True):
        for target, route in zip(wire.targets, routes, strict=True):
            for a, b in pairwise(route):
                for other in near.around(_around(a, b)):
                    if other not in (wire.source, target) and _crosses(a, b, layout.boxes[other]):
                        found += 1
    return found


def labels_on_boxes(layout: Layout) -> int:
    """Labels that cover part of a box."""
    near = _Near(layout.boxes)
    return sum(_overlap(label, layout.boxes[box]) for label in layout.labels if label for box in near.around(label))


def crossings(layout: Layout) -> int:
    """Pairs of stretches of different wires that cross."""
    stretches = [
        (a, b, wire)
        for wire, routes in enumerate(layout.routes)
        for route in routes
        for a, b in dict.fromkeys(pairwise(route))
    ]
    near = _Near([_around(a, b) for a, b, _ in stretches])
    found = 0
    for number, (a, b, wire) in enumerate(stretches):
        for other in near.around(_around(a, b)):
            c, d, other_wire = stretches[other]
            if other > number and other_wire != wire and _cross(a, b, c, d):
                found += 1
    return found


class _Near:
    """Rectangles by the cells of a grid they lie in."""

    def __init__(self, rects: Sequence[Rect]) -> None:
        self.cells: dict[tuple[int, int], list[int]] = {}
        for number, rect in enumerate(rects):
            for cell in _cells(rect):
                self.cells.setdefault(cell, []).append(number)

    def around(self, rect: Rect) -> list[int]:
        return list(dict.fromkeys(number for cell in _cells(rect) for number in self.cells.get(cell, ())))


def _cells(rect: Rect) -> Iterator[tuple[int, int]]:
    x, y, width, height = rect
    for column in range(int(x // CELL), int((x + width) // CELL) + 1):
        for row in range(int(y // CELL), int((y + height) // CELL) + 1):
            yield column, row


def _around(a: Point, b: Point) -> Rect:
    return min(a[0], b[0]), min(a[1], b[1]), abs(a[0] - b[0]), abs(a[1] - b[1])


def _overlap(a: Rect, b: Rect, slack: float = 0.05) -> bool:
    return (
        a[0] + slack < b[0] + b[2]
        and b[0] + slack < a[0] + a[2]
        and a[1] + slack < b[1] + b[3]
        and b[1] + slack < a[1] + a[3]
    )


def _crosses(a: Point, b: Point, box: Rect) -> bool:
    """Whether a stretch passes inside a box; the curve painted for a swing stays in the stretch's own rectangle."""
    return _overlap(_grown(_around(a, b)), box, 0.2)


def _grown(rect: Rect) -> Rect:
    return rect[0] - 0.05, rect[1] - 0.05, rect[2] + 0.1, rect[3] + 0.1


def _cross(a: Point, b: Point, c: Point, d: Point) -> bool:
    return _side(a, b, c) * _side(a, b, d) < 0 and _side(c, d, a) * _side(c, d, b) < 0


def _side(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
