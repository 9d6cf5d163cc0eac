"""What a selection lights up: the box or wire itself and everything up- and downstream of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QRectF

from maistudio.gui.graph import strokes
from maistudio.gui.graph.scene import Chunk, Role, Scene, role_of
from maistudio.gui.graph.wires import Drawn, WireSet


@dataclass(frozen=True, slots=True)
class Stream:
    """One side of a selection: its boxes, and by wire the targets it leads to, by their positions."""

    boxes: frozenset[int]
    edges: dict[int, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class LitChunk:
    """A chunk's boxes and wires, those that are lit apart from those that fade."""

    lit: dict[Role, list[QRectF]]
    faded: dict[Role, list[QRectF]]
    upstream: WireSet
    downstream: WireSet
    aside: WireSet


@dataclass(frozen=True, slots=True)
class Highlight:
    """``box`` or ``wire`` is what is selected, the other is -1. ``lit`` are all boxes that do not fade."""

    box: int
    wire: int
    upstream: Stream
    downstream: Stream
    lit: frozenset[int]
    _chunks: dict[int, LitChunk] = field(default_factory=dict)
    _selected: list[WireSet] = field(default_factory=list)

    def chunk(self, scene: Scene, chunk: Chunk) -> LitChunk:
        """The chunk as it is to be drawn, put together when first asked for."""
        found = self._chunks.get(chunk.number)
        if found is None:
            found = self._chunks[chunk.number] = self._parted(scene, chunk)
        return found

    def selected(self, scene: Scene) -> WireSet:
        """The selected wire as it is to be drawn, put together when first asked for."""
        if not self._selected:
            self._selected.append(WireSet([(scene.runs[self.wire], scene.layout.routes[self.wire])], scene.flat))
        return self._selected[0]

    def _parted(self, scene: Scene, chunk: Chunk) -> LitChunk:
        lit, faded = self._parted_rects(scene, chunk)
        routes, turned = scene.layout.routes, scene.layout.turned
        sides: tuple[list[tuple[int, tuple[int, ...]]], ...] = ([], [], [])
        for wire in chunk.wires:
            side, ends = 0, self.upstream.edges.get(wire, ())
            if not ends:
                side, ends = 1, self.downstream.edges.get(wire, ())
            if ends:
                sides[side].append((wire, ends))
            if len(ends) < len(routes[wire]):
                sides[2].append((wire, tuple(n for n in range(len(routes[wire])) if n not in ends)))
        nothing = WireSet((), scene.flat)
        up, down, aside = (
            nothing
            if not members
            else chunk.drawn
            if len(members) == len(chunk.wires) and not any(other for other in sides if other is not members)
            else WireSet((_part(scene, wire, ends, turned) for wire, ends in members), scene.flat)
            for members in sides
        )
        return LitChunk(lit, faded, up, down, aside)

    def _parted_rects(self, scene: Scene, chunk: Chunk) -> tuple[dict[Role, list[QRectF]], dict[Role, list[QRectF]]]:
        if self.lit.issuperset(chunk.boxes):
            return chunk.rects, {}
        if self.lit.isdisjoint(chunk.boxes):
            return {}, chunk.rects
        lit: dict[Role, list[QRectF]] = {}
        faded: dict[Role, list[QRectF]] = {}
        for box in chunk.boxes:
            role = role_of(scene.diagram.boxes[box])
            (lit if box in self.lit else faded).setdefault(role, []).append(scene.rects[box])
        return lit, faded


def highlight_box(scene: Scene, box: int) -> Highlight:
    """Light up a box with all it depends on and all that depends on it."""
    upstream = _upstream(scene, {box})
    downstream = _downstream(scene, {box}, scene.ends.leaving[box])
    return Highlight(box, -1, upstream, downstream, upstream.boxes | downstream.boxes | {box})


def highlight_wire(scene: Scene, wire: int) -> Highlight:
    """Light up a wire with all its tensor depends on and all that depends on it."""
    source = scene.diagram.wires[wire].source
    above = _upstream(scene, {source})
    upstream = Stream(above.boxes | {source}, above.edges)
    downstream = _downstream(scene, set(), [wire])
    return Highlight(-1, wire, upstream, downstream, upstream.boxes | downstream.boxes)


def _part(scene: Scene, wire: int, ends: Sequence[int], turned: frozenset[tuple[int, int]]) -> Drawn:
    """A wire's ways to these of its targets, without those against the flow."""
    routes = scene.layout.routes[wire]
    if len(ends) == len(routes):
        return scene.runs[wire], routes
    ways = [routes[n] for n in ends if (wire, n) not in turned]
    return strokes.strokes(ways), ways


def _upstream(scene: Scene, start: set[int]) -> Stream:
    wires, entering = scene.diagram.wires, scene.ends.entering
    seen = set(start)
    reached: set[int] = set()
    waiting = list(start)
    while waiting:
        for number in entering[waiting.pop()]:
            reached.add(number)
            source = wires[number].source
            if source not in seen:
                seen.add(source)
                waiting.append(source)
    edges = {
        wire: tuple(n for n, target in enumerate(wires[wire].targets) if target in seen) for wire in sorted(reached)
    }
    return Stream(frozenset(seen - start), edges)


def _downstream(scene: Scene, start: set[int], first: Sequence[int]) -> Stream:
    wires, leaving = scene.diagram.wires, scene.ends.leaving
    seen = set(start)
    edges: dict[int, tuple[int, ...]] = {}
    waiting = list(first)
    while waiting:
        number = waiting.pop()
        if number in edges:
            continue
        edges[number] = tuple(range(len(wires[number].targets)))
        for target in wires[number].targets:
            if target not in seen:
                seen.add(target)
                waiting += leaving[target]
    return Stream(frozenset(seen - start), edges)
