"""What the details panel says of an op."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from maistudio.errors import MaiStudioError
from maistudio.gui.document import Selected
from maistudio.gui.panels.facts import Fact, Group
from maistudio.jobs.open import OpenedModel
from maistudio.jobs.tables import byte_size
from maistudio.tflite.few_values import few_values, few_values_text
from maistudio.tflite.links import Links, op_name, scope_of
from maistudio.tflite.memory import Placement
from maistudio.tflite.model import Op, Subgraph, Tensor
from maistudio.tflite.roles import input_role, output_role
from maistudio.tflite.text import (
    amount_text,
    bytes_text,
    clean,
    count_text,
    option_text,
    percent_text,
    shape_text,
    type_text,
)

USERS_SHOWN = 8
"""Ops listed under each output; the tensor's own details list them all."""

LIVE_SHOWN = 8
"""Live tensors listed before one asks for the rest."""

AT_DEFAULT: Mapping[str, object] = MappingProxyType(
    {
        "asymmetric_quantize_inputs": False,
        "cell_clip": 0.0,
        "diagonal_recurrent_tensors": False,
        "dilation_d_factor": 1,
        "dilation_h_factor": 1,
        "dilation_w_factor": 1,
        "keep_num_dims": False,
        "pot_scale_int16": True,
        "proj_clip": 0.0,
        "quantized_bias_type": "FLOAT32",
        "validate_indices": False,
        "weights_format": "DEFAULT",
    }
)
"""Options of TFLite's schema that say nothing while they stand at its default."""

RAW_SHOWN = 64
"""Bytes shown of custom options that could not be decoded."""


def op_groups(opened: OpenedModel, links: Links, subgraph: int, index: int) -> tuple[Group, ...]:
    """Everything known of one op, group by group; groups that would be empty are left out."""
    graph = opened.model.subgraphs[subgraph]
    op = graph.ops[index]
    groups = (
        Group("Op", _identity(opened, graph, op)),
        Group("Options", _options(op, at_default=False)),
        Group("Options at their default", _options(op, at_default=True), folded=True),
        Group("Custom options", _custom_options(opened, op)),
        Group("Inputs", _inputs(opened, links, graph, op)),
        Group("Outputs", _outputs(opened, links, graph, op)),
        Group("Intermediates", _intermediates(opened, graph, op), folded=True),
        Group("Cost", _cost(opened, subgraph, index)),
        Group("Live tensors", _live(opened, links, graph, index), at_first=LIVE_SHOWN),
    )
    return tuple(group for group in groups if group.facts)


def op_words(graph: Subgraph, index: int) -> str:
    """How an op is called in links: "CONV_2D #12"."""
    return f"{clean(graph.ops[index].type)} #{index}"


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
        facts.append(Fact("Subgraph", _graph_words(opened, graph.index), target=graph.index))
    facts += [
        Fact("Calls", _graph_words(opened, called), target=called)
        for called in op.subgraphs
        if 0 <= called < len(opened.model.subgraphs)
    ]
    return tuple(facts)


def _graph_words(opened: OpenedModel, index: int) -> str:
    name = clean(opened.model.subgraphs[index].name)
    return f"{index} · {name}" if name else str(index)


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


def _options(op: Op, at_default: bool) -> tuple[Fact, ...]:
    """The options that stand at a default that says nothing, or the others."""
    facts = (
        _option(name, value)
        for name, value in op.options.items()
        if (name in AT_DEFAULT and AT_DEFAULT[name] == value) == at_default
    )
    return tuple(replace(fact, aside=True) for fact in facts) if at_default else tuple(facts)


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


def _inputs(opened: OpenedModel, links: Links, graph: Subgraph, op: Op) -> tuple[Fact, ...]:
    facts: list[Fact] = []
    for position, tensor in enumerate(op.inputs):
        role = input_role(op.type, position, len(op.inputs))
        if tensor == -1:
            facts.append(Fact(role, "omitted", aside=True))
            continue
        facts += _tensor(opened, graph, role, tensor)
        producer = links.producer[tensor] if 0 <= tensor < len(links.producer) else None
        if producer is not None:
            facts.append(Fact("", f"from {op_words(graph, producer)}", Selected("op", graph.index, producer)))
        elif tensor in graph.inputs:
            facts.append(Fact("", "graph input", aside=True))
    return tuple(facts)


def _outputs(opened: OpenedModel, links: Links, graph: Subgraph, op: Op) -> tuple[Fact, ...]:
    facts: list[Fact] = []
    for position, tensor in enumerate(op.outputs):
        facts += _tensor(opened, graph, output_role(position, len(op.outputs)), tensor)
        users = links.users[tensor] if 0 <= tensor < len(links.users) else ()
        facts += [
            Fact("", f"to {op_words(graph, user)}", Selected("op", graph.index, user)) for user in users[:USERS_SHOWN]
        ]
        if len(users) > USERS_SHOWN:
            facts.append(Fact("", f"and {len(users) - USERS_SHOWN:,} more", aside=True))
        if tensor in graph.outputs:
            facts.append(Fact("", "graph output", aside=True))
    return tuple(facts)


def _intermediates(opened: OpenedModel, graph: Subgraph, op: Op) -> tuple[Fact, ...]:
    return tuple(
        fact
        for position, tensor in enumerate(op.intermediates)
        for fact in _tensor(opened, graph, f"tensor {position}", tensor)
    )


def _tensor(opened: OpenedModel, graph: Subgraph, role: str, index: int) -> list[Fact]:
    """Two lines of a tensor around an op: its name as a link, and what it holds."""
    if not 0 <= index < len(graph.tensors):
        return [Fact(role, f"tensor {index} does not exist", aside=True)]
    tensor = graph.tensors[index]
    shape = opened.shapes.tensors[graph.index][index]
    holds = f"{shape_text(shape)} {type_text(tensor.type)}"
    size = byte_size(tensor, shape)
    if size is not None:
        holds += f" · {bytes_text(size)}"
    facts = [
        Fact(role, clean(tensor.label), Selected("tensor", graph.index, index)),
        Fact("", holds, aside=True),
    ]
    words = _values(opened, tensor)
    return [*facts, Fact("", words)] if words else facts


def _values(opened: OpenedModel, tensor: Tensor) -> str:
    try:
        return few_values_text(few_values(opened.model, tensor))
    except MaiStudioError:
        return ""


def _cost(opened: OpenedModel, subgraph: int, index: int) -> tuple[Fact, ...]:
    cost = opened.costs.ops[subgraph][index]
    memory = opened.memory[subgraph]
    facts = [
        Fact(
            "MACs", _with_share(amount_text(cost.macs), cost.macs, opened.costs.macs), tip=_exactly(cost.macs, "MACs")
        ),
        Fact("Parameters", _with_share(count_text(cost.params), cost.params, opened.costs.params)),
        Fact("Weights", bytes_text(cost.weight_bytes), tip=_exactly(cost.weight_bytes, "bytes")),
        Fact("Reads", bytes_text(cost.input_bytes), tip="Activation bytes the op reads"),
        Fact("Writes", bytes_text(cost.output_bytes), tip="Activation bytes the op writes"),
    ]
    if index < len(memory.live_bytes):
        live = memory.live_bytes[index]
        words = _with_share(bytes_text(live), live, memory.live_set_peak, "of the peak")
        facts.append(Fact("Live memory", words, tip="Activations that must be held while this op runs"))
    return tuple(facts)


def _live(opened: OpenedModel, links: Links, graph: Subgraph, index: int) -> tuple[Fact, ...]:
    """The activations held while an op runs, the largest first; none where some size is unknown.

    The arena keeps graph inputs, and results that no op reads, to the end; they count here until they are done with.
    """
    alive = [
        place
        for place in opened.memory[graph.index].placements
        if place.size and place.first <= index <= _last_needed(links, graph, place)
    ]
    return tuple(
        Fact(
            bytes_text(place.size),
            clean(graph.tensors[place.tensor].label),
            Selected("tensor", graph.index, place.tensor),
            _exactly(place.size, "bytes"),
        )
        for place in sorted(alive, key=lambda place: -place.size)
    )


def _last_needed(links: Links, graph: Subgraph, place: Placement) -> int:
    users = links.users[place.tensor]
    if place.tensor in graph.outputs or graph.tensors[place.tensor].variable:
        return place.last
    if users and place.tensor not in graph.inputs:
        return place.last
    return max((place.first, *users))


def _with_share(words: str, part: int | None, whole: int | None, of: str = "of all") -> str:
    share = percent_text(part, whole) if part else ""
    return f"{words} · {share} {of}" if share else words


def _exactly(count: int | None, unit: str) -> str:
    return "" if count is None else f"{count_text(count)} {unit}"
