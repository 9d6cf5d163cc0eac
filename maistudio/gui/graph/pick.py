"""Between a scene and the document's selection: what a box or wire selects, and where a selection is drawn."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter

from PySide6.QtCore import QPointF, QRectF

from maistudio.gui.document import Selected
from maistudio.gui.graph.describe import tensor_text
from maistudio.gui.graph.highlight import Highlight, highlight_box, highlight_wire
from maistudio.gui.graph.hits import box_at, wire_at
from maistudio.gui.graph.scene import Scene
from maistudio.tflite.links import op_name
from maistudio.tflite.text import clean, elide_middle, type_text

TIP_LENGTH = 160
TIP_TYPES = 8
"""The tooltip of a group counts so many types of op one by one, the most frequent ones."""


def light(scene: Scene, selected: Selected) -> Highlight | None:
    """The highlight of a selection, None where nothing of it is drawn.

    A tensor is its wire, or the input or output box that stands for it; a constant is the op that uses it. A group is
    its box, or the box of its first op where it is open or in another group.
    """
    if selected.subgraph != scene.choice.subgraph:
        return None
    if selected.kind != "tensor":
        box = scene.diagram.box_of_op[selected.index] if selected.index < len(scene.diagram.box_of_op) else -1
        return highlight_box(scene, box) if box >= 0 else None
    for number, wire in enumerate(scene.diagram.wires):
        if wire.tensor == selected.index and scene.runs[number]:
            return highlight_wire(scene, number)
    for number, drawn in enumerate(scene.diagram.boxes):
        if drawn.tensor == selected.index:
            return highlight_box(scene, number)
    for op in scene.graph.ops:
        if selected.index in op.inputs or selected.index in op.outputs:
            return highlight_box(scene, scene.diagram.box_of_op[op.index])
    return None


def selection_of(scene: Scene, box: int) -> Selected:
    """What choosing a box selects: its op, tensor or group."""
    drawn, subgraph = scene.diagram.boxes[box], scene.choice.subgraph
    if drawn.kind == "op":
        return Selected("op", subgraph, drawn.ops[0])
    if drawn.kind == "group":
        return Selected("group", subgraph, drawn.ops[0], drawn.ops, drawn.title)
    return Selected("tensor", subgraph, drawn.tensor)


def is_open(scene: Scene, group: Selected) -> bool:
    """Whether a selected group is no longer drawn as one box, nor in one."""
    box = scene.diagram.box_of_op[group.index]
    return box < 0 or not set(group.ops).issubset(scene.diagram.boxes[box].ops)


def place_of(scene: Scene, highlight: Highlight) -> QRectF:
    """Where to look for what is lit: the box, or the start of the wire."""
    if highlight.box >= 0:
        return scene.rects[highlight.box]
    source = scene.rects[scene.diagram.wires[highlight.wire].source]
    label = scene.layout.labels[highlight.wire]
    return source if label is None else source.united(QRectF(*label))


def groups_around(scene: Scene, op: int) -> list[int]:
    """The groups an op is in, outermost first."""
    place = scene.groups.order.index(op)
    return [n for n, group in enumerate(scene.groups.groups) if group.start <= place < group.stop]


def closed_groups_around(scene: Scene, selected: Selected) -> frozenset[str]:
    """Keys of the closed groups that hide an op or group, or the ops that make and use a tensor."""
    if selected.kind == "group":
        return frozenset(
            scene.groups.groups[group].key
            for group in groups_around(scene, selected.index)
            if scene.groups.groups[group].stop - scene.groups.groups[group].start > len(selected.ops)
        ).intersection(scene.choice.collapsed)
    ops = {selected.index} if selected.kind == "op" else {
        op.index for op in scene.graph.ops if selected.index in op.outputs or selected.index in op.inputs
    }  # fmt: skip
    places = [place for place, op in enumerate(scene.groups.order) if op in ops]
    around = (
        group.key for group in scene.groups.groups if bisect_left(places, group.start) < bisect_left(places, group.stop)
    )
    return scene.choice.collapsed.intersection(around)


def box_tip(scene: Scene, box: int) -> str:
    """The tooltip of a box: what it is in full."""
    drawn = scene.diagram.boxes[box]
    if drawn.kind == "op":
        op = scene.graph.ops[drawn.ops[0]]
        name = elide_middle(clean(op_name(scene.graph, op)), TIP_LENGTH)
        return f"op {op.index} · {op.type}\n{name}".rstrip()
    if drawn.kind == "group":
        types = Counter(clean(scene.graph.ops[op].type) for op in drawn.ops).most_common()
        counts = [f"{count:,} × {kind}" for kind, count in types[:TIP_TYPES]]
        if len(types) > TIP_TYPES:
            counts.append(f"{sum(count for _, count in types[TIP_TYPES:]):,} of other types")
        about = f"{drawn.title}: {len(drawn.ops):,} ops, {drawn.ops[0]} to {drawn.ops[-1]}. Double-click to open it."
        return "\n".join((about, *counts))
    return tensor_tip(scene, drawn.tensor)


def tip_at(scene: Scene, point: QPointF, within: float) -> str:
    """The tooltip of what lies at a point, "" for nothing."""
    box = box_at(scene, point)
    if box >= 0:
        return box_tip(scene, box)
    wire = wire_at(scene, point, within)
    return tensor_tip(scene, scene.diagram.wires[wire].tensor) if wire >= 0 else ""


def nearest_box(scene: Scene, point: QPointF) -> int:
    """The box whose middle is nearest to a point; there must be boxes."""
    x, y = point.x(), point.y()
    places = scene.places
    return min(range(len(places)), key=lambda n: abs(places[n][0] - x + places[n][2] / 2) + abs(places[n][1] - y))


def words(scene: Scene, highlight: Highlight) -> str:
    """What is lit, for a screen reader."""
    if highlight.box < 0:
        wire = scene.diagram.wires[highlight.wire]
        return f"tensor {wire.tensor}, {wire.label}"
    box = scene.diagram.boxes[highlight.box]
    return ", ".join((box.title, *(line.text for line in box.lines)))


def tensor_tip(scene: Scene, tensor: int) -> str:
    """The tooltip of a tensor."""
    value = scene.graph.tensors[tensor]
    shape = value.shape if not value.dynamic else value.shape_signature
    # The scene doesn't know worked-out shapes; a missing rank must not read as a scalar.
    holds = tensor_text(shape, value.type) if value.has_rank else type_text(value.type)
    return f"tensor {tensor} · {holds}\n{elide_middle(clean(value.name), TIP_LENGTH)}".rstrip()
