"""Walking along the wires by keyboard: which box comes next in a direction."""

from __future__ import annotations

from typing import Literal

from maistudio.gui.graph.diagram import Diagram
from maistudio.gui.graph.layout import Layout

Step = Literal["down", "up", "before", "after", "first", "last"]
"""Along the flow, against it, to the sibling on either side, to the input, to the output."""


def step(diagram: Diagram, layout: Layout, box: int, way: Step, came_from: int = -1) -> int:
    """The box reached from ``box``, or ``box`` itself where there is none that way.

    Where several wires lead on, back to ``came_from`` if it is among them, else to the nearest across the flow.
    """
    if not diagram.boxes:
        return -1
    if way == "last":
        return _end(diagram, "output")
    if way == "first" or box < 0:
        return _end(diagram, "input")
    if way in {"before", "after"}:
        return _sibling(layout, box, 1 if way == "after" else -1)
    if way == "down":
        found = [target for wire in diagram.wires if wire.source == box for target in wire.targets]
    else:
        found = [wire.source for wire in diagram.wires if box in wire.targets]
    found = [other for other in dict.fromkeys(found) if other != box]
    if came_from in found:
        return came_from
    here = _across(layout, box)
    return min(found, key=lambda other: (abs(_across(layout, other) - here), other), default=box)


def _end(diagram: Diagram, kind: str) -> int:
    """The first input or the last output, or the first or last box of a graph without."""
    ends = [number for number, box in enumerate(diagram.boxes) if box.kind == kind]
    if kind == "input":
        return ends[0] if ends else 0
    return ends[-1] if ends else len(diagram.boxes) - 1


def _sibling(layout: Layout, box: int, by: int) -> int:
    """The neighbour in the same layer."""
    layer = [other for other, level in enumerate(layout.layer) if level == layout.layer[box]]
    layer.sort(key=lambda other: (_across(layout, other), other))
    place = layer.index(box) + by
    return layer[place] if 0 <= place < len(layer) else box


def _across(layout: Layout, box: int) -> float:
    x, y, width, height = layout.boxes[box]
    return x + width / 2 if layout.orientation == "vertical" else y + height / 2
