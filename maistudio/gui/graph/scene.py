"""A laid-out diagram made ready to be painted fast: rectangles and lines in chunks that can be skipped whole."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from PySide6.QtCore import QRectF
from PySide6.QtGui import QFont

from maistudio.gui.graph import strokes
from maistudio.gui.graph.diagram import Box, Diagram, build_diagram
from maistudio.gui.graph.grouping import Group, Groups, find_groups, first_collapsed
from maistudio.gui.graph.layout import Layout, Orientation, Rect, lay_out
from maistudio.gui.graph.metrics import STACK, Fonts, TextWidths, box_sizes, graph_fonts, layout_wires
from maistudio.gui.graph.routing import Point
from maistudio.gui.graph.wires import WireSet
from maistudio.tflite.kinds import OpKind
from maistudio.tflite.model import Model, Subgraph

CHUNK = 192
FRAME_SIDE = 9.0
FRAME_TOP = 17.0

Role = OpKind | str
"""What a box is coloured by: its kind of op, or "input", "output", "group"."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What of a subgraph is drawn, and which way.

    ``collapsed`` and ``framed`` are keys of groups: those drawn as one box, and open ones that get a frame.
    """

    subgraph: int
    collapsed: frozenset[str] = frozenset()
    framed: frozenset[str] = frozenset()
    unpacking_apart: bool = False
    orientation: Orientation = "vertical"
    wrapped: bool = True


@dataclass(frozen=True, slots=True)
class Chunk:
    """Boxes that follow each other, with the wires they send out, and the rectangle around all of it."""

    number: int
    bounds: QRectF
    boxes: range
    rects: dict[Role, list[QRectF]]
    wires: range
    drawn: WireSet


@dataclass(frozen=True, slots=True)
class Ends:
    """The wires that leave and enter each box."""

    leaving: list[list[int]]
    entering: list[list[int]]


@dataclass(frozen=True, slots=True)
class GroupFrame:
    """An open group drawn round its boxes: its position and its rectangle."""

    group: int
    rect: QRectF


@dataclass(frozen=True, slots=True)
class Scene:
    """``places[box]``, ``rects[box]`` and ``wire_bounds[wire]`` in scene pixels.

    ``runs[wire]`` are its lines, each stretch once, without what runs against the flow: those ways are in ``against``.
    """

    choice: Choice
    graph: Subgraph
    diagram: Diagram
    groups: Groups
    layout: Layout
    fonts: Fonts
    width: TextWidths
    places: tuple[Rect, ...]
    rects: tuple[QRectF, ...]
    runs: tuple[list[list[Point]], ...]
    wire_bounds: tuple[QRectF, ...]
    frames: tuple[GroupFrame, ...]
    against: tuple[tuple[Point, ...], ...]
    chunks: tuple[Chunk, ...]
    ends: Ends
    bounds: QRectF

    @property
    def flat(self) -> bool:
        """Whether the flow is from left to right."""
        return self.layout.orientation == "horizontal"


@dataclass(frozen=True, slots=True)
class Wish:
    """A scene to be made. ``groups`` are found where not given; ``collapsed`` may be the first look's, or all."""

    model: Model
    shapes: Sequence[tuple[int, ...] | None]
    font: QFont
    choice: Choice
    groups: Groups | None = None
    collapsed: Literal["given", "first", "all"] = "given"


def fulfil(wish: Wish) -> Scene:
    """Make the scene. May run on any thread."""
    graph = wish.model.subgraphs[wish.choice.subgraph]
    groups = wish.groups if wish.groups is not None else find_groups(graph)
    choice = wish.choice
    if wish.collapsed == "first":
        collapsed = first_collapsed(groups, len(graph.ops))
        shown = (group.key for group in groups.groups if collapsed and group.named and group.key not in collapsed)
        choice = replace(choice, collapsed=collapsed, framed=frozenset(shown))
    elif wish.collapsed == "all":
        choice = replace(choice, collapsed=frozenset(group.key for group in groups.groups), framed=frozenset())
    return make_scene(wish.model, wish.shapes, groups, choice, wish.font)


def make_scene(
    model: Model, shapes: Sequence[tuple[int, ...] | None], groups: Groups, choice: Choice, font: QFont
) -> Scene:
    """Build, measure and lay out one subgraph."""
    graph = model.subgraphs[choice.subgraph]
    diagram = build_diagram(model, graph, shapes, groups, choice.collapsed, choice.unpacking_apart)
    fonts = graph_fonts(font)
    width = TextWidths(fonts)
    sizes = box_sizes(diagram, fonts, width)
    layout = lay_out(sizes, layout_wires(diagram, fonts, width), choice.orientation, choice.wrapped)
    places = tuple(
        (x, y, w - 2 * STACK, h - 2 * STACK) if box.kind == "group" else (x, y, w, h)
        for box, (x, y, w, h) in zip(diagram.boxes, layout.boxes, strict=True)
    )
    rects = tuple(QRectF(*place) for place in places)
    forward = _forward(layout)
    runs = tuple(strokes.strokes(routes) for routes in forward)
    wire_bounds = tuple(_around_wire(wire_runs, label) for wire_runs, label in zip(runs, layout.labels, strict=True))
    return Scene(
        choice=choice,
        graph=graph,
        diagram=diagram,
        groups=groups,
        layout=layout,
        fonts=fonts,
        width=width,
        places=places,
        rects=rects,
        runs=runs,
        wire_bounds=wire_bounds,
        frames=tuple(frames_of(diagram, groups, choice.framed, rects, layout.column)),
        against=tuple(layout.routes[wire][n] for wire, n in sorted(layout.turned)),
        chunks=tuple(_chunks(diagram, rects, runs, forward, wire_bounds, choice.orientation == "horizontal")),
        ends=_ends(diagram),
        bounds=QRectF(0, 0, layout.width, layout.height),
    )


def parts_of(scene: Scene) -> list[object]:
    """What a scene is made of, in parts of bearable size."""
    return [*scene.chunks, scene.runs, scene.wire_bounds, scene.places, scene.rects, scene.layout, scene.diagram,
            scene.ends]  # fmt: skip


def role_of(box: Box) -> Role:
    """What a box is coloured by."""
    return box.op_kind if box.op_kind is not None else box.kind


def _ends(diagram: Diagram) -> Ends:
    leaving: list[list[int]] = [[] for _ in diagram.boxes]
    entering: list[list[int]] = [[] for _ in diagram.boxes]
    for number, wire in enumerate(diagram.wires):
        leaving[wire.source].append(number)
        for target in dict.fromkeys(wire.targets):
            entering[target].append(number)
    return Ends(leaving, entering)


def _forward(layout: Layout) -> Sequence[Sequence[tuple[Point, ...]]]:
    """The ways of each wire along the flow."""
    if not layout.turned:
        return layout.routes
    return [
        [way for n, way in enumerate(ways) if (wire, n) not in layout.turned] for wire, ways in enumerate(layout.routes)
    ]


def _around(points: Iterable[Point]) -> QRectF:
    xs, ys = zip(*points, strict=True)
    left, top = min(xs), min(ys)
    return QRectF(left, top, max(xs) - left, max(ys) - top)


def _around_wire(runs: Sequence[Sequence[Point]], label: tuple[float, float, float, float] | None) -> QRectF:
    """The rectangle of a wire and its label, wide enough to be seen and hit."""
    points = [point for run in runs for point in run]
    if not points:
        return QRectF()
    bounds = _around(points)
    if label is not None:
        bounds = bounds.united(QRectF(*label))
    return bounds.adjusted(-6, -6, 6, 6)


def _chunks(
    diagram: Diagram,
    rects: Sequence[QRectF],
    runs: Sequence[Sequence[Sequence[Point]]],
    ways: Sequence[Sequence[Sequence[Point]]],
    wire_bounds: Sequence[QRectF],
    flat: bool,
) -> Iterable[Chunk]:
    roles = [role_of(box) for box in diagram.boxes]
    wire = 0
    wires = diagram.wires
    for start in range(0, len(rects), CHUNK):
        stop = min(start + CHUNK, len(rects))
        first = wire
        while wire < len(wires) and wires[wire].source < stop:
            wire += 1
        by_role: dict[Role, list[QRectF]] = {}
        bounds = QRectF(rects[start])
        for box in range(start, stop):
            by_role.setdefault(roles[box], []).append(rects[box])
            bounds |= rects[box]
        for number in range(first, wire):
            bounds |= wire_bounds[number]
        drawn = WireSet(((runs[number], ways[number]) for number in range(first, wire)), flat)
        yield Chunk(start // CHUNK, bounds, range(start, stop), by_role, range(first, wire), drawn)


def frames_of(
    diagram: Diagram, groups: Groups, framed: frozenset[str], rects: Sequence[QRectF], columns: Sequence[int]
) -> Iterable[GroupFrame]:
    """Rectangles of the open groups that lie apart from other boxes, one in each column, the outer ones first."""
    found: list[GroupFrame] = []
    around: dict[int, dict[int, QRectF]] = {}
    for number in range(len(groups.groups) - 1, -1, -1):
        group = groups.groups[number]
        within = around[number] = _united(around.get(child, {}) for child in group.children)
        inside = _drawn_inside(diagram, groups, group) if group.key in framed else frozenset()
        for column in sorted({columns[box] for box in inside}, reverse=True):
            bounds = within.get(column, QRectF())
            for box in inside:
                bounds |= rects[box] if columns[box] == column else QRectF()
            bounds = bounds.adjusted(-FRAME_SIDE, -FRAME_TOP, FRAME_SIDE, FRAME_SIDE)
            if not any(bounds.intersects(rect) for box, rect in enumerate(rects) if box not in inside):
                within[column] = bounds
                found.append(GroupFrame(number, bounds))
    yield from reversed(found)


def _drawn_inside(diagram: Diagram, groups: Groups, group: Group) -> frozenset[int]:
    """The boxes of an open group's ops; none where all of them are in one closed group."""
    inside = frozenset(diagram.box_of_op[op] for op in groups.order[group.start : group.stop]) - {-1}
    return frozenset() if len(inside) == 1 and diagram.boxes[min(inside)].kind == "group" else inside


def _united(parts: Iterable[dict[int, QRectF]]) -> dict[int, QRectF]:
    """What frames cover in each column."""
    whole: dict[int, QRectF] = {}
    for part in parts:
        for column, rect in part.items():
            whole[column] = whole.get(column, QRectF()) | rect
    return whole
