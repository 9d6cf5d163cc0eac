"""A subgraph as boxes and wires, ready to be laid out: what is drawn, without where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Literal

from maistudio.errors import StaleFileError
from maistudio.gui.graph.describe import (
    FEW_VALUES,
    LONGEST,
    ConstantValues,
    Line,
    Values,
    fused_activation,
    op_lines,
    op_title,
    tensor_text,
)
from maistudio.gui.graph.grouping import Groups
from maistudio.tflite.kinds import OpKind, kind_of
from maistudio.tflite.links import links_of
from maistudio.tflite.model import Model, Op, Subgraph, Tensor
from maistudio.tflite.text import clean, elide_middle

BoxKind = Literal["op", "input", "output", "group"]


@dataclass(frozen=True, slots=True)
class Box:
    """One box. ``key`` names it across reloads and expansions.

    ``ops`` are the ops it stands for: one, a group's, or none for an input or output of the graph, whose tensor is
    ``tensor``. ``calls`` lists the subgraphs an op calls, each with a line of kind "call" at the end of ``lines``.
    ``group`` is the position of a collapsed group, ``shares`` the kinds of its ops with their part of 1.
    """

    key: str
    kind: BoxKind
    title: str
    lines: tuple[Line, ...] = ()
    tag: str = ""
    op_kind: OpKind | None = None
    ops: tuple[int, ...] = ()
    tensor: int = -1
    calls: tuple[int, ...] = ()
    group: int = -1
    shares: tuple[tuple[OpKind, float], ...] = ()


@dataclass(frozen=True, slots=True)
class DiagramWire:
    """A tensor from its box to the boxes that use it; ``label`` is its shape, empty where a box at its end says it."""

    tensor: int
    source: int
    targets: tuple[int, ...]
    label: str


@dataclass(frozen=True, slots=True)
class Diagram:
    """Boxes in drawing order (inputs, ops as the file runs them, outputs) and the wires between them.

    ``box_of_op[op]`` is the box that stands for an op.
    """

    subgraph: int
    boxes: tuple[Box, ...]
    wires: tuple[DiagramWire, ...]
    box_of_op: tuple[int, ...]


def build_diagram(
    model: Model,
    graph: Subgraph,
    shapes: Sequence[tuple[int, ...] | None],
    groups: Groups,
    collapsed: frozenset[str] = frozenset(),
    unpacking_apart: bool = False,
) -> Diagram:
    """The diagram of ``graph``, whose tensors have ``shapes``.

    Groups whose key is in ``collapsed`` are one box each. ``unpacking_apart`` gives the ops that only unpack a
    constant (float16 or sparse weights) a box of their own; else they are drawn with the op that uses it.
    """
    return _Builder(model, graph, shapes, groups, collapsed, unpacking_apart).build()


class _Builder:
    """One building of a diagram."""

    def __init__(self, model: Model, graph: Subgraph, shapes: Sequence[tuple[int, ...] | None], groups: Groups,
                 collapsed: frozenset[str], unpacking_apart: bool) -> None:  # fmt: skip
        self.model, self.graph, self.shapes, self.groups = model, graph, shapes, groups
        self.tensors = graph.tensors
        links = links_of(graph)
        self.producer = {tensor: op for tensor, op in enumerate(links.producer) if op is not None}
        self.users = links.users
        self.drawn_with = {} if unpacking_apart else self._unpacked_for()
        self.closed = _outermost(groups, collapsed)
        self.boxes: list[Box] = []
        self.box_of_op = [-1] * len(graph.ops)
        self.values = _small_constants(model)
        self.lines: dict[object, tuple[Line, ...]] = {}
        self.titles: dict[tuple[str, bool], str] = {}

    def build(self) -> Diagram:
        inputs = {tensor: self._add(self._interface(tensor, "input")) for tensor in dict.fromkeys(self.graph.inputs)}
        place = 0
        while place < len(self.groups.order):
            number = self.closed.get(place)
            if number is None:
                self._place_op(self.groups.order[place])
                place += 1
            else:
                self._place_group(number)
                place = self.groups.groups[number].stop
        for op, user in self.drawn_with.items():
            if self.box_of_op[op] < 0:
                self.box_of_op[op] = self.box_of_op[user]
        outputs = {tensor: self._add(self._interface(tensor, "output")) for tensor in dict.fromkeys(self.graph.outputs)}
        wires = self._wires(inputs, outputs)
        return Diagram(self.graph.index, tuple(self.boxes), tuple(wires), tuple(self.box_of_op))

    def _add(self, box: Box) -> int:
        self.boxes.append(box)
        return len(self.boxes) - 1

    def _unpacked_for(self) -> dict[int, int]:
        """Ops that only unpack a constant, with the op whose box shows it."""
        found: dict[int, int] = {}
        outputs = set(self.graph.outputs)
        for op in self.graph.ops:
            if op.type not in {"DEQUANTIZE", "DENSIFY"} or len(op.inputs) != 1 or len(op.outputs) != 1:
                continue
            source, result = op.inputs[0], op.outputs[0]
            users = self.users[result]
            constant = source >= 0 and (self.tensors[source].constant or self.producer.get(source) in found)
            if constant and users and result not in outputs and min(users) > op.index:
                found[op.index] = users[0]
        for op_index, user in list(found.items()):
            while user in found:
                user = found[user]
            found[op_index] = user
        return found

    def _interface(self, tensor: int, kind: Literal["input", "output"]) -> Box:
        value = self.tensors[tensor]
        title = elide_middle(clean(value.name), LONGEST) or f"tensor {tensor}"
        line = Line(tensor_text(self.shapes[tensor], value.type), "option")
        fixed = (Line("constant", "value"),) if kind == "output" and value.constant else ()
        return Box(f"{kind}:{tensor}", kind, title, (line, *fixed), tensor=tensor)

    def _place_op(self, number: int) -> None:
        if number in self.drawn_with:
            return
        op = self.graph.ops[number]
        inputs = [self.tensors[t] if t >= 0 else None for t in op.inputs]
        title = self.titles.get((op.type, op.custom))
        if title is None:
            title = self.titles[op.type, op.custom] = op_title(op.type, op.custom)
        lines = op_lines(op, inputs, [self.shapes[t] if t >= 0 else None for t in op.inputs], self.values,
                         self._stored(op))  # fmt: skip
        if op.subgraphs:
            lines += tuple(_calls(self.model, op))
        self.box_of_op[number] = self._add(
            Box(
                key=f"op:{number}",
                kind="op",
                title=title,
                lines=lines,
                tag=fused_activation(op),
                op_kind=kind_of(op.type, op.custom),
                ops=(number,),
                calls=op.subgraphs,
            )
        )

    def _stored(self, op: Op) -> dict[int, Tensor]:
        """By input position, the stored constant behind an input that is unpacked for this op."""
        found: dict[int, Tensor] = {}
        if self.drawn_with:
            for place, tensor in enumerate(op.inputs):
                made = self.producer.get(tensor, -1)
                while made in self.drawn_with:
                    tensor = self.graph.ops[made].inputs[0]
                    found[place] = self.tensors[tensor]
                    made = self.producer.get(tensor, -1)
        return found

    def _place_group(self, number: int) -> None:
        group = self.groups.groups[number]
        ops = self.groups.order[group.start : group.stop]
        types = Counter(op_title(self.graph.ops[op].type, self.graph.ops[op].custom) for op in ops)
        kinds = Counter(kind_of(self.graph.ops[op].type, self.graph.ops[op].custom) for op in ops)
        most = types.most_common()
        words = [f"{title} ×{count}" if count > 1 else title for title, count in most]
        text = ", ".join(words)
        while len(text) > LONGEST and len(words) > 1:
            words.pop()
            text = ", ".join(words) + " …"
        lines = (Line(f"{len(ops):,} ops", "option"), Line(elide_middle(text, LONGEST), "option"))
        shares = tuple((kind, kinds[kind] / len(ops)) for kind in OpKind if kinds[kind])
        box = self._add(Box(f"group:{group.key}", "group", group.title, lines, ops=ops, group=number, shares=shares))
        for op in ops:
            self.box_of_op[op] = box

    def _wires(self, inputs: Mapping[int, int], outputs: Mapping[int, int]) -> list[DiagramWire]:
        """A wire for every tensor that passes between boxes, in the order of its source and outputs."""
        ends: dict[tuple[int, int], list[int]] = {}
        for op in self.graph.ops:
            target = self.box_of_op[op.index]
            drawn_with = op.index in self.drawn_with
            for tensor in op.inputs:
                source = self._source(tensor, inputs)
                if source >= 0 and not drawn_with and not self._inside(tensor, source, target, op):
                    ends.setdefault((source, tensor), []).append(target)
        for tensor, target in outputs.items():
            source = self._source(tensor, inputs)
            if source >= 0:
                ends.setdefault((source, tensor), []).append(target)
        wires = [
            DiagramWire(tensor, source, tuple(targets), self._label(tensor, source, targets))
            for (source, tensor), targets in ends.items()
        ]
        wires.sort(key=lambda wire: wire.source)
        return _labels_once(wires)

    def _source(self, tensor: int, inputs: Mapping[int, int]) -> int:
        """The box a tensor comes from, -1 for a constant or one that nothing makes."""
        made = self.producer.get(tensor)
        if made is None:
            return inputs.get(tensor, -1)
        return -1 if made in self.drawn_with else self.box_of_op[made]

    def _inside(self, tensor: int, source: int, target: int, op: Op) -> bool:
        """Whether a wire stays within one box: within a group, but not from an op back to itself."""
        return source == target and (self.boxes[target].kind == "group" or self.producer.get(tensor) != op.index)

    def _label(self, tensor: int, source: int, targets: Sequence[int]) -> str:
        """The shape, with the type where it changes; empty where the box at either end says it."""
        box = self.boxes[source]
        if box.kind == "input" or all(self.boxes[target].kind == "output" for target in targets):
            return ""
        value = self.tensors[tensor]
        made = self.producer.get(tensor)
        before = ""
        if made is not None:
            taken = (self.tensors[t] for t in self.graph.ops[made].inputs if t >= 0)
            before = next((t.type for t in taken if not t.constant), "")
        return tensor_text(self.shapes[tensor], value.type if before and before != value.type else "")


def _calls(model: Model, op: Op) -> list[Line]:
    """A line for each subgraph an op calls: "body: while_body"."""
    roles = {value: name.removesuffix("_subgraph_index") for name, value in op.options.items()
             if name.endswith("_subgraph_index")}  # fmt: skip
    lines: list[Line] = []
    for index in op.subgraphs:
        known = 0 <= index < len(model.subgraphs)
        name = clean(model.subgraphs[index].name) if known else ""
        text = elide_middle(f"{roles.get(index, 'calls')}: {name or f'subgraph {index}'}", LONGEST)
        lines.append(Line(text, "call"))
    return lines


def _outermost(groups: Groups, collapsed: frozenset[str]) -> dict[int, int]:
    """The collapsed groups that lie in no other, by the place in the order where they start."""
    found: dict[int, int] = {}
    stop = -1
    for number, group in enumerate(groups.groups):
        if group.key in collapsed and group.start >= stop:
            found[group.start] = number
            stop = group.stop
    return found


def _labels_once(wires: Sequence[DiagramWire]) -> list[DiagramWire]:
    """Of several wires from one box that say the same, one says it for all: "3 × 1×80×80×16"."""
    alike: dict[tuple[int, str], list[int]] = {}
    for number, wire in enumerate(wires):
        if wire.label:
            alike.setdefault((wire.source, wire.label), []).append(number)
    changed = list(wires)
    for (_, label), numbers in alike.items():
        for n, number in enumerate(numbers if len(numbers) > 1 else ()):
            text = f"{len(numbers)} × {label}" if n == 0 else ""
            changed[number] = DiagramWire(wires[number].tensor, wires[number].source, wires[number].targets, text)
    return changed


def _small_constants(model: Model) -> ConstantValues:
    """A reader of small constants, which says None for all others."""
    from maistudio.tflite.shaping.folding import constant_values

    known: dict[int, Values | None] = {}

    def read(tensor: Tensor) -> Values | None:
        if not tensor.constant or prod(tensor.shape) > FEW_VALUES:
            return None
        if tensor.buffer not in known:
            try:
                known[tensor.buffer] = constant_values(model, tensor)
            except StaleFileError:
                known[tensor.buffer] = None
        return known[tensor.buffer]

    return read
