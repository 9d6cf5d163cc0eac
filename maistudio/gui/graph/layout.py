"""Place a diagram: layers along the flow, no overlaps, no wire through a box.

Everything is worked out for a flow downwards; a horizontal flow is the same drawing turned over its diagonal.
The result depends on nothing but the input, so a file drawn again looks the same.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from maistudio.gui.graph.part import Part, lay_out_part
from maistudio.gui.graph.ranks import back_edges, components
from maistudio.gui.graph.routing import Point

Rect = tuple[float, float, float, float]
"""Left, top, width, height."""
Orientation = Literal["vertical", "horizontal"]

PART_GAP = 48.0
MARGIN = 24.0
LOOP = 18.0
"""Room beside a box for a wire that leads back into it."""
SHAPE = 1.6
"""Width over height that wrapped drawings and loose parts are packed to, about that of a screen."""


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Which way graphs flow, whether long ones are broken into columns (rows, when horizontal).

    ``minimap`` and ``legend`` say whether these are drawn in the corners.
    """

    orientation: Orientation = "vertical"
    wrapped: bool = True
    minimap: bool = True
    legend: bool = True


@dataclass(frozen=True, slots=True)
class Wire:
    """One tensor on its way: from a box to each of ``targets``, with the size of its label (0, 0 for none)."""

    source: int
    targets: tuple[int, ...]
    label: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Layout:
    """``boxes[box]`` and ``labels[wire]`` are rectangles, ``routes[wire][n]`` the points to the wire's n-th target.

    Between two points of a route that differ both ways the wire swings from one to the other, along the flow at both
    ends; else it is straight. ``layer[box]`` counts from the input, ``column[box]`` the columns of a wrapped drawing.
    ``turned`` holds (wire, n) of the edges that close a cycle and so run against the flow.
    """

    orientation: Orientation
    width: float
    height: float
    boxes: tuple[Rect, ...]
    routes: tuple[tuple[tuple[Point, ...], ...], ...]
    labels: tuple[Rect | None, ...]
    layer: tuple[int, ...]
    column: tuple[int, ...]
    turned: frozenset[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class _Joint:
    """What of a wire is laid out as one: without doubled targets, and without the edges that close cycles.

    ``places[n]`` are the positions in the wire's targets that the n-th target stands for. ``turned`` joints run from
    the wire's target to its source.
    """

    wire: int
    source: int
    targets: tuple[int, ...]
    places: tuple[tuple[int, ...], ...]
    label: tuple[float, float] = (0.0, 0.0)
    turned: bool = False


def lay_out(
    sizes: Sequence[tuple[float, float]],
    wires: Sequence[Wire],
    orientation: Orientation = "vertical",
    wrapped: bool = True,
) -> Layout:
    """Lay out boxes of these sizes (width, height) and the wires between them.

    ``wrapped`` breaks a long strip into columns (rows, when horizontal) that fill a page.
    """
    flat = orientation == "horizontal"
    joints, loops = _joints(len(sizes), wires)
    room = {wires[wire].source for wire, _ in loops}
    inner = [(h, w) if flat else (w, h) for w, h in sizes]
    boxes: list[Rect] = [(0.0, 0.0, 0.0, 0.0)] * len(sizes)
    routes: list[list[tuple[Point, ...]]] = [[()] * len(wire.targets) for wire in wires]
    labels: list[Rect | None] = [None] * len(wires)
    layer = [0] * len(sizes)
    column = [0] * len(sizes)
    parts = components(len(sizes), [(joint.source, target) for joint in joints for target in joint.targets])
    joints_of: dict[int, list[_Joint]] = {part[0]: [] for part in parts}
    first_of = {box: part[0] for part in parts for box in part}
    for joint in joints:
        joints_of[first_of[joint.source]].append(joint)
    laid = [_lay_out(part, joints_of[part[0]], inner, room, flat, wrapped) for part in parts]
    areas = [
        _area(part, result, joints_of[part[0]], inner, room, flat) for part, result in zip(parts, laid, strict=True)
    ]
    across = depth = 0.0
    for part, result, area, (da, dd) in zip(parts, laid, areas, _shelved(areas, flat), strict=True):
        across, depth = max(across, da + area[2]), max(depth, dd + area[3])
        da, dd = da - area[0] + MARGIN, dd - area[1] + MARGIN
        for n, (box, (low, top)) in enumerate(zip(part, result.boxes, strict=True)):
            width, height = sizes[box]
            place = _turned((low + da, top + dd), flat)
            boxes[box] = (*place, width, height)
            layer[box], column[box] = result.layer[n], result.column[n]
        for n, joint in enumerate(joints_of[part[0]]):
            ways, (_, foot), low_of_label = result.routes[n], result.ports[n], result.label_low[n]
            for places, way in zip(joint.places, ways, strict=True):
                points = tuple(_turned((a + da, d + dd), flat) for a, d in (reversed(way) if joint.turned else way))
                for place_in_wire in places:
                    routes[joint.wire][place_in_wire] = points
            if joint.label[0] and not joint.turned:
                labels[joint.wire] = _label_at(_turned((low_of_label + da, foot + dd), flat), joint.label, flat)
    for wire, place_in_wire in loops:
        routes[wire][place_in_wire] = tuple(_loop(boxes[wires[wire].source], flat))
    return Layout(
        orientation=orientation,
        width=(depth if flat else across) + 2 * MARGIN,
        height=(across if flat else depth) + 2 * MARGIN,
        boxes=tuple(boxes),
        routes=tuple(map(tuple, routes)),
        labels=_apart(labels, wires),
        layer=tuple(layer),
        column=tuple(column),
        turned=frozenset((joint.wire, n) for joint in joints if joint.turned for n in joint.places[0]) | loops,
    )


def _joints(count: int, wires: Sequence[Wire]) -> tuple[list[_Joint], frozenset[tuple[int, int]]]:
    """The wires without cycles, and the self loops as (wire, position in its targets)."""
    edges = [(wire.source, target) for wire in wires for target in wire.targets]
    back = back_edges(count, edges)
    joints: list[_Joint] = []
    loops: set[tuple[int, int]] = set()
    number = 0
    for index, wire in enumerate(wires):
        places: dict[int, list[int]] = {}
        against: dict[int, list[int]] = {}
        for n, target in enumerate(wire.targets):
            if target == wire.source:
                loops.add((index, n))
            else:
                (against if number in back else places).setdefault(target, []).append(n)
            number += 1
        if places:
            joints.append(_Joint(index, wire.source, tuple(places), tuple(map(tuple, places.values())), wire.label))
        for target, ends in against.items():
            joints.append(_Joint(index, target, (wire.source,), (tuple(ends),), turned=True))
    return joints, frozenset(loops)


def _lay_out(
    part: Sequence[int],
    joints: Sequence[_Joint],
    inner: Sequence[tuple[float, float]],
    room: set[int],
    flat: bool,
    wrapped: bool,
) -> Part:
    local = {box: n for n, box in enumerate(part)}
    return lay_out_part(
        [inner[box] for box in part],
        [(local[joint.source], tuple(local[target] for target in joint.targets)) for joint in joints],
        [(joint.label[1], joint.label[0]) if flat else joint.label for joint in joints],
        [LOOP if box in room else 0.0 for box in part],
        1 / SHAPE if flat else SHAPE,
        wrapped,
    )


def _area(
    part: Sequence[int],
    laid: Part,
    joints: Sequence[_Joint],
    inner: Sequence[tuple[float, float]],
    room: set[int],
    flat: bool,
) -> Rect:
    """What a part covers, as (low, top, across, depth)."""
    low = min(a for a, _ in laid.boxes)
    top = min(d for _, d in laid.boxes)
    high = max(a + inner[box][0] + (LOOP if box in room else 0) for box, (a, _) in zip(part, laid.boxes, strict=True))
    foot = max(d + inner[box][1] for box, (_, d) in zip(part, laid.boxes, strict=True))
    for ways in laid.routes:
        for way in ways:
            for a, d in way:
                low, high, top, foot = min(low, a), max(high, a), min(top, d), max(foot, d)
    for joint, start in zip(joints, laid.label_low, strict=True):
        if joint.label[0]:
            low, high = min(low, start), max(high, start + (joint.label[1] if flat else joint.label[0]))
    return low, top, high - low, foot - top


def _shelved(areas: Sequence[Rect], flat: bool) -> list[Point]:
    """Where each part goes: side by side, in as many shelves as make the whole about the shape of a page."""
    if len(areas) < 2:
        return [(0.0, 0.0)] * len(areas)
    shape = 1 / SHAPE if flat else SHAPE
    total = sum((area[2] + PART_GAP) * (area[3] + PART_GAP) for area in areas)
    breadth = max(math.sqrt(total * shape), max(area[2] for area in areas))
    found: list[Point] = []
    across = depth = tallest = 0.0
    for area in areas:
        if across and across + area[2] > breadth:
            across, depth, tallest = 0.0, depth + tallest + PART_GAP, 0.0
        found.append((across, depth))
        across += area[2] + PART_GAP
        tallest = max(tallest, area[3])
    return found


def _turned(point: Point, flat: bool) -> Point:
    return (point[1], point[0]) if flat else point


def _label_at(start: Point, size: tuple[float, float], flat: bool) -> Rect:
    """Just off the box; ``start`` is where the label begins across the flow and where the box ends along it."""
    return (start[0] + 5, start[1], *size) if flat else (start[0], start[1] + 4, *size)


def _apart(labels: Sequence[Rect | None], wires: Sequence[Wire]) -> tuple[Rect | None, ...]:
    """The labels without those that would cover another of the same box."""
    kept: list[Rect | None] = list(labels)
    last: dict[int, Rect] = {}
    for wire in sorted(range(len(labels)), key=lambda n: labels[n] or (0.0, 0.0, 0.0, 0.0)):
        label = kept[wire]
        if label is None:
            continue
        before = last.get(wires[wire].source)
        if before and label[0] < before[0] + before[2] + 4 and label[1] < before[1] + before[3]:
            kept[wire] = None
        else:
            last[wires[wire].source] = label
    return tuple(kept)


def _loop(box: Rect, flat: bool) -> list[Point]:
    """A wire from a box round its side back into it."""
    x, y, width, height = box
    if flat:
        low, side = y + height - 10, y + height + LOOP - 4
        return [(x + width, low), (x + width + 8, low), (x + width + 8, side), (x - 8, side), (x - 8, low), (x, low)]
    low, side = x + width - 10, x + width + LOOP - 4
    return [(low, y + height), (low, y + height + 8), (side, y + height + 8), (side, y - 8), (low, y - 8), (low, y)]
