"""Lay out one connected part of a diagram, for a flow downwards."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from maistudio.gui.graph.columns import column_starts
from maistudio.gui.graph.lanes import Reach, lanes
from maistudio.gui.graph.layering import Layering, layering, segments
from maistudio.gui.graph.ordering import ordered_rows
from maistudio.gui.graph.placement import placed
from maistudio.gui.graph.ranks import ranks
from maistudio.gui.graph.routing import (
    ARROW_ROOM,
    LABEL_ROOM,
    TRACK,
    Frame,
    Point,
    Tracks,
    lane_tracks,
    reaches,
    route,
    source_ports,
    target_ports,
)

BOX_GAP = 28.0
BEND_GAP = 14.0
LAYER_GAP = 28.0
GUTTER = 44.0
SWING = 13.0
"""Room for a wire to swing to the side under the label that lies on it."""
SLANT = 0.03
MOST_SLANT = 14.0


@dataclass(frozen=True, slots=True)
class Part:
    """``boxes[box]`` is (low, top) of each box; ``ports[wire]`` where the wire leaves; ``layer[box]`` from the top.

    ``column[box]`` counts the columns of a wrapped part. ``label_low[wire]`` is where the wire's label begins across
    the flow: on the wire, or beside it.
    """

    boxes: list[Point]
    routes: list[list[list[Point]]]
    ports: list[Point]
    layer: list[int]
    label_low: list[float]
    column: list[int]


def lay_out_part(
    sizes: Sequence[tuple[float, float]],
    wires: Sequence[tuple[int, Sequence[int]]],
    labels: Sequence[tuple[float, float]],
    beside: Sequence[float],
    shape: float,
    wrapped: bool,
) -> Part:
    """Place boxes of ``sizes`` (across, along the flow) joined by ``wires`` (source, targets) without cycles.

    ``labels`` are the wires' label sizes, ``beside`` is room to keep on the high side of each box; ``shape`` is the
    breadth over depth to wrap to.
    """
    rank = ranks(len(sizes), wires)
    levels = layering(rank, wires)
    centred = _centred(len(sizes), wires)
    reach = _reach(sizes, wires, labels, centred)
    reach = [(low, high + room) for (low, high), room in zip(reach, beside, strict=True)]
    across = _across(levels, reach)
    left = [min(across[i] - (reach[i][0] if i < levels.boxes else 0.0) for i in row) for row in levels.rows]
    right = [max(across[i] + (reach[i][1] if i < levels.boxes else 0.0) for i in row) for row in levels.rows]
    tracks = lane_tracks(levels, rank, wires)
    lane_at = _lanes(levels, rank, wires, across, left, right)
    depth = [max((sizes[item][1] for item in row if item < levels.boxes), default=0.0) for row in levels.rows]
    label_room = _label_room(levels, rank, wires, labels)
    leads = [depth + LABEL_ROOM if middle else 0.0 for (_, depth), middle in zip(labels, centred, strict=True)]
    swinging = {rank[source] for (source, _), lead in zip(wires, leads, strict=True) if lead}
    gaps = _gaps(levels, across, label_room, tracks, swinging)
    wire_reaches = reaches(rank, levels, wires)
    starts = [0]
    if wrapped:
        depths = [d + g for d, g in zip(depth, gaps, strict=True)]
        starts = column_starts(depths, left, right, _crowd(len(depth), wire_reaches), shape)
    for start in starts[1:]:
        tracks.turning[start - 1] = [(wire, lane) for first, last, wire, lane in wire_reaches if first < start <= last]
    shift, top, gutter = _columns(starts, left, right, depth, gaps, tracks)
    bottom = [t + d for t, d in zip(top, depth, strict=True)]
    layer_of = [0] * len(across)
    for layer, row in enumerate(levels.rows):
        for item in row:
            layer_of[item] = layer
    across = [round(at + shift[layer_of[item]], 2) for item, at in enumerate(across)]
    ends = [_middle(top[rank[box]], depth[rank[box]], sizes[box][1]) for box in range(levels.boxes)]
    spans = [(across[box] - sizes[box][0] / 2, across[box] + sizes[box][0] / 2) for box in range(levels.boxes)]
    frame = Frame(levels, rank, wires, lane_at, tracks, across, spans, ends, top, bottom, label_room, shift, gutter)
    ports = source_ports(frame)
    meets = target_ports(frame, ports)
    routes = [
        [route(frame, wire, target, ports[wire], meets[wire, target], leads[wire]) for target in targets]
        for wire, (_, targets) in enumerate(wires)
    ]
    return Part(
        boxes=[(spans[box][0], ends[box][0]) for box in range(levels.boxes)],
        routes=routes,
        ports=[(ports[wire], ends[source][1]) for wire, (source, _) in enumerate(wires)],
        layer=rank,
        column=[bisect_right(starts, rank[box]) - 1 for box in range(levels.boxes)],
        label_low=[
            _label_low(ports[wire], across[source], reach[source], labels[wire][0], centred[wire])
            for wire, (source, _) in enumerate(wires)
        ],
    )


def _label_low(port: float, centre: float, reach: tuple[float, float], breadth: float, on_wire: bool) -> float:
    """Where a label begins: around its port or right of it, but within what its box reaches to."""
    wanted = port - breadth / 2 if on_wire else port + LABEL_ROOM - 1
    return max(centre - reach[0], min(wanted, centre + reach[1] - breadth))


def _centred(count: int, wires: Sequence[tuple[int, Sequence[int]]]) -> list[bool]:
    """Whether each wire's label lies on it: all but those that join two boxes which nothing else joins or leaves."""
    entering = [0] * count
    leaving = [0] * count
    for source, targets in wires:
        leaving[source] += 1
        for target in targets:
            entering[target] += 1
    return [len(targets) > 1 or entering[targets[0]] > 1 or leaving[source] > 1 for source, targets in wires]


def _reach(
    sizes: Sequence[tuple[float, float]],
    wires: Sequence[tuple[int, Sequence[int]]],
    labels: Sequence[tuple[float, float]],
    centred: Sequence[bool],
) -> list[tuple[float, float]]:
    """How far each box reaches to the low and high side of its centre, the labels of its wires counted in."""
    reach = [(size[0] / 2, size[0] / 2) for size in sizes]
    for (source, _), (breadth, _), middle in zip(wires, labels, centred, strict=True):
        if breadth:
            low, high = reach[source]
            if middle:
                reach[source] = max(low, breadth / 2), max(high, breadth / 2)
            else:
                reach[source] = low, max(high, breadth + LABEL_ROOM)
    return reach


def _across(levels: Layering, reach: Sequence[tuple[float, float]]) -> list[float]:
    """The centre of every item, segment by segment; segments that look the same are worked out once."""
    boxes = levels.boxes
    bend = (0.0, 0.0)

    def apart(left: int, right: int) -> float:
        gap = BOX_GAP if left < boxes and right < boxes else BEND_GAP
        return (reach[left] if left < boxes else bend)[1] + (reach[right] if right < boxes else bend)[0] + gap

    across = [0.0] * len(levels.down)
    known: dict[object, tuple[list[list[int]], list[float]]] = {}
    for first, last in segments(levels):
        rows = levels.rows[first : last + 1]
        if all(len(row) == 1 for row in rows) and not (first and across[rows[0][0]]):
            continue
        items = [item for row in rows for item in row]
        number = {item: n for n, item in enumerate(items)}
        given = {item: across[item] for item in rows[0]} if first or len(rows[0]) == 1 else {}
        key = (
            tuple(map(len, rows)),
            tuple(given.values()),
            tuple(
                (reach[item] if item < boxes else None, tuple(number.get(child, -1) for child in levels.down[item]))
                for item in items
            ),
        )
        found = known.get(key)
        if found is None:
            ordered = ordered_rows(rows, levels.down, levels.up, boxes)
            at = placed(ordered, levels.down, levels.up, boxes, apart, given)
            found = [[number[item] for item in row] for row in ordered], [round(at[item], 1) for item in items]
            known[key] = found
        for layer, order in enumerate(found[0], first):
            levels.rows[layer] = [items[n] for n in order]
        for item, at_item in zip(items, found[1], strict=True):
            across[item] = at_item
    return across


def _lanes(
    levels: Layering,
    rank: Sequence[int],
    wires: Sequence[tuple[int, Sequence[int]]],
    across: Sequence[float],
    left: list[float],
    right: list[float],
) -> dict[int, float]:
    reaches = [
        Reach(
            rank[wires[wire][0]],
            max(rank[target] for target in targets),
            (across[wires[wire][0]], *(across[target] for target in targets)),
        )
        for wire, targets in levels.lanes.items()
    ]
    return dict(zip(levels.lanes, lanes(reaches, left, right), strict=True))


def _label_room(
    levels: Layering,
    rank: Sequence[int],
    wires: Sequence[tuple[int, Sequence[int]]],
    labels: Sequence[tuple[float, float]],
) -> list[float]:
    room = [0.0] * len(levels.rows)
    for (source, _), (_, depth) in zip(wires, labels, strict=True):
        if depth:
            room[rank[source]] = max(room[rank[source]], depth + LABEL_ROOM)
    return room


def _gaps(
    levels: Layering, across: Sequence[float], label_room: Sequence[float], tracks: Tracks, swinging: set[int]
) -> list[float]:
    """The room under each layer: for labels, arrows and tracks, more where wires lead far to the side."""
    gaps: list[float] = []
    for layer, row in enumerate(levels.rows):
        far = max((abs(across[item] - across[child]) for item in row for child in levels.down[item]), default=0.0)
        room = max(LAYER_GAP, label_room[layer] + ARROW_ROOM + (SWING if layer in swinging else 4.0))
        gaps.append(room + tracks.lane_room(layer) + min(MOST_SLANT, SLANT * far))
    gaps[-1] = 0.0
    return gaps


def _crowd(layers: int, wire_reaches: Sequence[tuple[int, int, int, bool]]) -> list[int]:
    """How many wires pass the gap under each layer."""
    change = [0] * (layers + 1)
    for first, last, _, _ in wire_reaches:
        change[first] += 1
        change[last] -= 1
    return list(accumulate(change))[:layers]


def _columns(
    starts: Sequence[int],
    left: Sequence[float],
    right: Sequence[float],
    depth: Sequence[float],
    gaps: Sequence[float],
    tracks: Tracks,
) -> tuple[list[float], list[float], dict[int, float]]:
    """The shift across and the top of every layer, and the gutter after the last layer of each column but the last."""
    shift: list[float] = []
    top: list[float] = []
    gutter: dict[int, float] = {}
    place = 0.0
    for start, stop in zip(starts, [*starts[1:], len(depth)], strict=True):
        low, high = min(left[start:stop]), max(right[start:stop])
        head = 0.0
        if start:
            head = ARROW_ROOM + TRACK * (len(tracks.turning[start - 1]) + len(tracks.coming.get(start - 1, ())))
        shift += [place - low] * (stop - start)
        top += [head + y for y in accumulate((depth[n] + gaps[n] for n in range(start, stop - 1)), initial=0.0)]
        place += high - low
        if stop < len(depth):
            gutter[stop - 1] = place + GUTTER / 2
            place += GUTTER + TRACK * (len(tracks.turning[stop - 1]) - 1)
    return shift, top, gutter


def _middle(top: float, depth: float, size: float) -> tuple[float, float]:
    """Top and bottom of a box in the middle of its layer."""
    start = top + (depth - size) / 2
    return start, start + size
