"""What a selection lights up: the box or wire itself and everything up- and downstream of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QLineF, QRectF

from maistudio.gui.graph import strokes
from maistudio.gui.graph.diagram import Diagram
from maistudio.gui.graph.scene import Role, Scene, role_of


@dataclass(frozen=True, slots=True)
class Stream:
    """One side of a selection: its boxes, its wires as lines ready to draw, and by wire the targets it leads to."""

    boxes: frozenset[int]
    edges: dict[int, tuple[int, ...]]
    lines: list[QLineF]
    rects: dict[Role, list[QRectF]]


@dataclass(frozen=True, slots=True)
class Highlight:
    """``box`` or ``wire`` is what is selected, the other is -1."""

    box: int
    wire: int
    upstream: Stream
    downstream: Stream

    @property
    def lit(self) -> frozenset[int]:
        """All boxes that do not fade."""
        own = frozenset() if self.box < 0 else frozenset((self.box,))
        return self.upstream.boxes | self.downstream.boxes | own


def highlight_box(scene: Scene, box: int) -> Highlight:
    """Light up a box with all it depends on and all that depends on it."""
    diagram = scene.diagram
    return Highlight(box, -1, _upstream(scene, {box}, ()), _downstream(scene, {box}, diagram_wires_from(diagram, box)))


def highlight_wire(scene: Scene, wire: int) -> Highlight:
    """Light up a wire with all its tensor depends on and all that depends on it."""
    drawn = scene.diagram.wires[wire]
    return Highlight(-1, wire, _upstream(scene, {drawn.source}, (drawn.source,)), _downstream(scene, set(), (wire,)))


def diagram_wires_from(diagram: Diagram, box: int) -> list[int]:
    """The wires that leave a box."""
    return [number for number, wire in enumerate(diagram.wires) if wire.source == box]


def _upstream(scene: Scene, start: set[int], own: Sequence[int]) -> Stream:
    wires = scene.diagram.wires
    entering: dict[int, list[int]] = {}
    for number, wire in enumerate(wires):
        for target in dict.fromkeys(wire.targets):
            entering.setdefault(target, []).append(number)
    seen = set(start)
    edges: dict[int, list[int]] = {}
    waiting = list(start)
    while waiting:
        box = waiting.pop()
        for number in entering.get(box, ()):
            edges.setdefault(number, []).extend(n for n, target in enumerate(wires[number].targets) if target == box)
            source = wires[number].source
            if source not in seen:
                seen.add(source)
                waiting.append(source)
    return _stream(scene, (seen - start) | set(own), edges)


def _downstream(scene: Scene, start: set[int], first: Sequence[int]) -> Stream:
    wires = scene.diagram.wires
    leaving: dict[int, list[int]] = {}
    for number, wire in enumerate(wires):
        leaving.setdefault(wire.source, []).append(number)
    seen = set(start)
    edges: dict[int, list[int]] = {}
    waiting = list(first)
    while waiting:
        number = waiting.pop()
        if number in edges:
            continue
        edges[number] = list(range(len(wires[number].targets)))
        for target in wires[number].targets:
            if target not in seen:
                seen.add(target)
                waiting += leaving.get(target, ())
    return _stream(scene, seen - start, edges)


def _stream(scene: Scene, boxes: set[int], edges: dict[int, list[int]]) -> Stream:
    rects: dict[Role, list[QRectF]] = {}
    for box in sorted(boxes):
        rects.setdefault(role_of(scene.diagram.boxes[box]), []).append(scene.rects[box])
    drawn: list[QLineF] = []
    for wire, ends in edges.items():
        routes = scene.layout.routes[wire]
        runs = scene.runs[wire] if len(ends) == len(routes) else strokes.strokes(routes[n] for n in ends)
        drawn += strokes.lines(runs)
    return Stream(frozenset(boxes), {wire: tuple(ends) for wire, ends in edges.items()}, drawn, rects)
