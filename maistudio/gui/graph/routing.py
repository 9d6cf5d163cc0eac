"""The way of every wire between placed layers, from a port under its source to a port over its target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from maistudio.gui.graph.layering import Layering

Point = tuple[float, float]

TRACK = 7.0
"""Distance of wires that run side by side."""
ARROW_ROOM = 11.0
LABEL_ROOM = 6.0
PORT_GAP = 14.0
PORT_MARGIN = 10.0


@dataclass(frozen=True, slots=True)
class Tracks:
    """The wires that run across the flow in the gap under each layer, in order.

    ``leaving`` ones go out to their lane, ``coming`` ones back from it, ``turning`` ones on to the next column;
    those are (wire, in a lane).
    """

    leaving: dict[int, list[int]] = field(default_factory=dict)
    coming: dict[int, list[int]] = field(default_factory=dict)
    turning: dict[int, list[tuple[int, bool]]] = field(default_factory=dict)

    def lane_room(self, layer: int) -> float:
        return TRACK * (len(self.leaving.get(layer, ())) + len(self.coming.get(layer, ())))


@dataclass(frozen=True, slots=True)
class Frame:
    """One part with its layers placed; ``across`` are centres of items in their columns.

    ``box_span[box]`` is the box's (low, high) across, ``box_ends[box]`` its (top, bottom) along the flow.
    ``top[layer]`` and ``bottom[layer]`` bound each layer, ``label[layer]`` is the room for labels under it.
    ``shift[layer]`` is what its column adds to places across; ``floor[layer]`` is the bottom of the column that ends
    with this layer, ``gutter[layer]`` the place of the first track between it and the next column.
    """

    levels: Layering
    rank: Sequence[int]
    wires: Sequence[tuple[int, Sequence[int]]]
    lane_at: dict[int, float]
    tracks: Tracks
    across: Sequence[float]
    box_span: Sequence[tuple[float, float]]
    box_ends: Sequence[tuple[float, float]]
    top: Sequence[float]
    bottom: Sequence[float]
    label: Sequence[float]
    shift: Sequence[float]
    gutter: dict[int, float]


def lane_tracks(levels: Layering, rank: Sequence[int], wires: Sequence[tuple[int, Sequence[int]]]) -> Tracks:
    """Tracks for every wire that has a lane; ``turning`` is left empty."""
    tracks = Tracks()
    for wire, targets in levels.lanes.items():
        tracks.leaving.setdefault(rank[wires[wire][0]], []).append(wire)
        for layer in sorted({rank[target] - 1 for target in targets}):
            tracks.coming.setdefault(layer, []).append(wire)
    return tracks


def reaches(
    rank: Sequence[int], levels: Layering, wires: Sequence[tuple[int, Sequence[int]]]
) -> list[tuple[int, int, int, bool]]:
    """How far each wire goes, directly and in its lane: (first layer, last layer, wire, in a lane)."""
    found: list[tuple[int, int, int, bool]] = []
    for wire, (source, targets) in enumerate(wires):
        far = levels.lanes.get(wire, ())
        near = set(targets).difference(far) if far else targets
        if near:
            found.append((rank[source], max(rank[target] for target in near), wire, False))
        if far:
            found.append((rank[source], max(rank[target] for target in far), wire, True))
    return found


def spread(wanted: Sequence[float], low: float, high: float) -> list[float]:
    """Ports near their wanted places, in the given order, a port's gap apart where there is room."""
    count = len(wanted)
    gap = min(PORT_GAP, (high - low) / (count - 1)) if count > 1 else 0.0
    ports: list[float] = []
    for place in wanted:
        ports.append(max(min(max(place, low), high), ports[-1] + gap if ports else low))
    for number in range(count - 1, -1, -1):
        ports[number] = min(ports[number], high if number == count - 1 else ports[number + 1] - gap)
    return ports


def source_ports(frame: Frame) -> list[float]:
    """Where each wire leaves its source: the middle of a box with one output, else over its first stop."""
    leaving: dict[int, list[int]] = {}
    for wire, (source, _) in enumerate(frame.wires):
        leaving.setdefault(source, []).append(wire)
    ports = [frame.across[source] for source, _ in frame.wires]
    for box, wires in leaving.items():
        if len(wires) > 1:
            toward = {wire: _heading(frame, wire) for wire in wires}
            wires.sort(key=lambda wire: toward[wire])
            low, high = _port_range(frame, box)
            for wire, port in zip(wires, spread([toward[wire] for wire in wires], low, high), strict=True):
                ports[wire] = port
    return ports


def _heading(frame: Frame, wire: int) -> float:
    """The mean place of a wire's first stops."""
    source, targets = frame.wires[wire]
    far = frame.levels.lanes.get(wire, ())
    bends = frame.levels.bends
    stops = [frame.across[bends.get((wire, target), (target,))[0]] for target in targets if target not in far]
    if far:
        stops.append(frame.lane_at[wire] + frame.shift[frame.rank[source]])
    return sum(stops) / len(stops)


def _port_range(frame: Frame, box: int) -> tuple[float, float]:
    low, high = frame.box_span[box]
    margin = min(PORT_MARGIN, (high - low) / 4)
    return low + margin, high - margin


def target_ports(frame: Frame, starts: Sequence[float]) -> dict[tuple[int, int], float]:
    """Where each wire meets each target: straight on where the box lies under it, else at the near end of the box."""
    meeting: dict[int, list[tuple[float, int]]] = {}
    for wire, (_, targets) in enumerate(frame.wires):
        far = frame.levels.lanes.get(wire, ())
        for target in targets:
            if target in far:
                place = frame.lane_at[wire] + frame.shift[frame.rank[target]]
            else:
                bends = frame.levels.bends.get((wire, target))
                place = frame.across[bends[-1]] if bends else starts[wire]
            meeting.setdefault(target, []).append((place, wire))
    ports: dict[tuple[int, int], float] = {}
    for box, comers in meeting.items():
        low, high = _port_range(frame, box)
        comers.sort()
        places = [place for place, _ in comers]
        if len(places) == 1 and not low <= places[0] <= high:
            places = [frame.across[box]]
        for (_, wire), port in zip(comers, spread(places, low, high), strict=True):
            ports[wire, box] = port
    return ports


def route(frame: Frame, wire: int, target: int, start: float, end: float, lead: float) -> list[Point]:
    """The points of one wire on its way to one target, straight for ``lead`` where its label lies on it."""
    source = frame.wires[wire][0]
    layer, last = frame.rank[source], frame.rank[target]
    points: list[Point] = [(start, frame.box_ends[source][1])]
    at = start
    if target in frame.levels.lanes.get(wire, ()):
        lane = frame.lane_at[wire]
        leave = frame.bottom[layer] + frame.label[layer] + TRACK * (1 + frame.tracks.leaving[layer].index(wire))
        at = lane + frame.shift[layer]
        points += [(start, leave), (at, leave)]
        for below in range(layer, last):
            if below in frame.gutter:
                points += _turn(frame, wire, True, below, at, lane + frame.shift[below + 1])
                at = lane + frame.shift[below + 1]
        arrive = frame.top[last] - ARROW_ROOM - TRACK * frame.tracks.coming[last - 1].index(wire)
        points += [(at, arrive), (end, arrive)]
    else:
        stops = [*(frame.across[bend] for bend in frame.levels.bends.get((wire, target), ())), end]
        points.append((start, frame.box_ends[source][1] + lead))
        for below, stop in enumerate(stops, layer):
            points.append((at, max(frame.bottom[below], points[-1][1])))
            if below in frame.gutter:
                points += _turn(frame, wire, False, below, at, stop)
            points.append((stop, frame.top[below + 1]))
            at = stop
    points.append((end, frame.box_ends[target][0]))
    return straightened(points)


def _turn(frame: Frame, wire: int, lane: bool, layer: int, before: float, after: float) -> list[Point]:
    """From the foot of one column through the gutter to the head of the next."""
    number = frame.tracks.turning[layer].index((wire, lane))
    leaving = len(frame.tracks.leaving.get(layer, ()))
    coming = len(frame.tracks.coming.get(layer, ()))
    foot = frame.bottom[layer] + frame.label[layer] + TRACK * (1 + leaving + number)
    head = frame.top[layer + 1] - ARROW_ROOM - TRACK * (coming + number)
    gutter = frame.gutter[layer] + TRACK * number
    return [(before, foot), (gutter, foot), (gutter, head), (after, head)]


def straightened(points: Sequence[Point]) -> list[Point]:
    """The same way without points in the middle of a straight line."""
    kept: list[Point] = []
    for point in points:
        if kept and abs(kept[-1][0] - point[0]) < 0.01 and abs(kept[-1][1] - point[1]) < 0.01:
            continue
        if len(kept) > 1 and (_level(kept[-2], kept[-1], point, 0) or _level(kept[-2], kept[-1], point, 1)):
            kept.pop()
        kept.append(point)
    return kept


def _level(first: Point, second: Point, third: Point, axis: int) -> bool:
    """Whether three points agree in one coordinate."""
    return abs(first[axis] - second[axis]) < 0.01 and abs(second[axis] - third[axis]) < 0.01
