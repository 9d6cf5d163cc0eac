"""What the details panel says of an op."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from maistudio.errors import MaiStudioError
from maistudio.gui.document import Selected
from maistudio.gui.panels.cost_facts import exactly, placeholder_facts, with_share
from maistudio.gui.panels.facts import Fact, Group
from maistudio.gui.panels.neighbours import (
    TENSORS_LISTED,
    left_out,
    source_lines,
    subgraph_words,
    tensor_lines,
    user_lines,
)
from maistudio.jobs.open import OpenedModel
from maistudio.tflite.links import Links, op_name, scope_of
from maistudio.tflite.memory import Placement
from maistudio.tflite.model import Op, Subgraph
from maistudio.tflite.options import at_default
from maistudio.tflite.roles import input_role, output_role
from maistudio.tflite.shapes import Shape
from maistudio.tflite.text import (
    amount_text,
    bytes_text,
    clean,
    count_text,
    option_text,
)

LIVE_SHOWN = 8
"""Live tensors listed before one asks for the rest."""

RAW_SHOWN = 64
"""Bytes shown of custom options that could not be decoded."""


def op_groups(opened: OpenedModel, links: Links, subgraph: int, index: int) -> tuple[Group, ...]:
    """Everything known of one op, group by group; groups that would be empty are left out."""
    graph = opened.model.subgraphs[subgraph]
    op, shapes = graph.ops[index], opened.shown_shapes(subgraph)
    groups = (
        Group("Op", _identity(opened, graph, op)),
        Group("Options", _options(op, that_tell=True)),
        Group("Options at their default", _options(op, that_tell=False), folded=True),
        Group("Custom options", _custom_options(opened, op)),
        Group("Inputs", _inputs(opened, links, graph, op, shapes)),
        Group("Outputs", _outputs(opened, links, graph, op, shapes)),
        Group("Intermediates", _intermediates(opened, graph, op, shapes), folded=True),
        Group("Cost", _cost(opened, subgraph, index)),
        Group("Live tensors", _live(opened, links, graph, index), at_first=LIVE_SHOWN),
    )
    return tuple(group for group in groups if group.facts)


def _identity(opened: OpenedModel, graph: Subgraph, op: Op) -> tuple[Fact, ...]:
    name = op_name(graph, op)
    facts = [Fact("Name", clean(name) or "none", tip="" if name else "The file names neither ops nor this op's output")]
    scope = scope_of(name)
    if scope:
        facts.append(Fact("Scope", clean(scope)))
    if op.flex:
        facts.append(
            Fact("Runs by", "the Flex delegate", tip="A TensorFlow op: it needs LiteRT's Flex (Select TF ops)")
        )
    facts.append(Fact("Version", str(op.version)))
    if len(opened.model.subgraphs) > 1:
        facts.append(Fact("Subgraph", subgraph_words(opened, graph.index), target=graph.index))
    facts += [
        Fact("Calls", subgraph_words(opened, called), target=called)
        for called in op.subgraphs
        if 0 <= called < len(opened.model.subgraphs)
    ]
    return tuple(facts)


def _custom_options(opened: OpenedModel, op: Op) -> tuple[Fact, ...]:
    if op.custom_options is None or not op.custom_options[1]:
        return ()
    from maistudio.tflite.custom_options import custom_options

    try:
        decoded = custom_options(opened.model, op)
    except MaiStudioError as error:
        return (Fact("", str(error), wrap=True),)
    if isinstance(decoded, bytes):
        return _raw_facts(decoded, op.custom_options[1])
    facts: list[Fact] = []
    for name, value in decoded.items():
        if isinstance(value, Mapping):
            facts += [_option(clean(str(key)), inner) for key, inner in value.items()]
        else:
            facts.append(_option(clean(name), value))
    return tuple(facts)


def _options(op: Op, that_tell: bool) -> tuple[Fact, ...]:
    """The options but for those at a default that says nothing, or only these."""
    facts = (_option(name, value) for name, value in op.options.items() if at_default(name, value) != that_tell)
    return tuple(facts) if that_tell else tuple(replace(fact, aside=True) for fact in facts)


def _option(name: str, value: object) -> Fact:
    words = option_text(value)
    return Fact(name, words or "empty", aside=not words)


def _raw_facts(data: bytes, size: int) -> tuple[Fact, ...]:
    """Bytes of an unknown form: how many, how they begin, and as text where they read as one."""
    facts = [Fact("Size", bytes_text(size)), Fact("Begins", data[:RAW_SHOWN].hex(" "), wrap=True)]
    text = data[:RAW_SHOWN].rstrip(b"\0")
    if text and text.isascii() and text.decode().isprintable():
        facts.append(Fact("As text", text.decode(), wrap=True))
    return tuple(facts)


def _inputs(
    opened: OpenedModel, links: Links, graph: Subgraph, op: Op, shapes: Sequence[Shape | None]
) -> tuple[Fact, ...]:
    facts: list[Fact] = []
    for position, tensor in enumerate(op.inputs[:TENSORS_LISTED]):
        role = input_role(op.type, position, len(op.inputs))
        if tensor == -1:
            facts.append(Fact(role, "omitted", aside=True))
            continue
        facts += tensor_lines(opened, graph, shapes, role, tensor)
        facts += source_lines(links, graph, tensor)
    return (*facts, *left_out(op.inputs))


def _outputs(
    opened: OpenedModel, links: Links, graph: Subgraph, op: Op, shapes: Sequence[Shape | None]
) -> tuple[Fact, ...]:
    facts: list[Fact] = []
    for position, tensor in enumerate(op.outputs[:TENSORS_LISTED]):
        facts += tensor_lines(opened, graph, shapes, output_role(position, len(op.outputs)), tensor)
        facts += user_lines(graph, tensor, links.users[tensor] if 0 <= tensor < len(links.users) else ())
    return (*facts, *left_out(op.outputs))


def _intermediates(opened: OpenedModel, graph: Subgraph, op: Op, shapes: Sequence[Shape | None]) -> tuple[Fact, ...]:
    return tuple(
        fact
        for position, tensor in enumerate(op.intermediates)
        for fact in tensor_lines(opened, graph, shapes, f"tensor {position}", tensor)
    )


def _cost(opened: OpenedModel, subgraph: int, index: int) -> tuple[Fact, ...]:
    cost = opened.costs.ops[subgraph][index]
    memory = opened.memory[subgraph]
    facts = [
        Fact("MACs", with_share(amount_text(cost.macs), cost.macs, opened.costs.macs), tip=exactly(cost.macs, "MACs")),
        Fact("Parameters", with_share(count_text(cost.params), cost.params, opened.costs.params)),
        Fact("Weights", bytes_text(cost.weight_bytes), tip=exactly(cost.weight_bytes, "bytes")),
        Fact("Reads", bytes_text(cost.input_bytes), tip="Activation bytes the op reads"),
        Fact("Writes", bytes_text(cost.output_bytes), tip="Activation bytes the op writes"),
    ]
    if index < len(memory.live_bytes):
        live = memory.live_bytes[index]
        words = with_share(bytes_text(live), live, memory.live_set_peak, "of the peak")
        facts.append(Fact("Live memory", words, tip="Activations that must be held while this op runs"))
    return (*facts, *placeholder_facts(opened))


def _live(opened: OpenedModel, links: Links, graph: Subgraph, index: int) -> tuple[Fact, ...]:
    """The activations held while an op runs, the largest first; none where some size is unknown.

    The arena keeps graph inputs, and results that no op reads, to the end; they count here until they are done with.
    """
    inputs, outputs = frozenset(graph.inputs), frozenset(graph.outputs)

    def last_needed(place: Placement) -> int:
        users = links.users[place.tensor]
        if place.tensor in outputs or graph.tensors[place.tensor].variable:
            return place.last
        return place.last if users and place.tensor not in inputs else max((place.first, *users))

    alive = [
        place
        for place in opened.memory[graph.index].placements
        if place.size and place.first <= index <= place.last and index <= last_needed(place)
    ]
    alive.sort(key=lambda place: -place.size)
    facts = (
        Fact(
            bytes_text(place.size),
            clean(graph.tensors[place.tensor].label),
            Selected("tensor", graph.index, place.tensor),
            exactly(place.size, "bytes"),
        )
        for place in alive[:TENSORS_LISTED]
    )
    return (*facts, *left_out([place.tensor for place in alive]))
