"""The ops and tensors around what a panel shows: what they are called, what they hold, where they lead."""

from __future__ import annotations

from collections.abc import Sequence

from maistudio.errors import MaiStudioError
from maistudio.gui.document import Selected
from maistudio.gui.panels.facts import Fact, listed_first
from maistudio.jobs.open import OpenedModel
from maistudio.jobs.tables import byte_size
from maistudio.tflite.few_values import few_values, few_values_text
from maistudio.tflite.links import Links
from maistudio.tflite.model import Subgraph, Tensor
from maistudio.tflite.shapes import Shape
from maistudio.tflite.text import bytes_text, clean, shape_text, type_text

TENSORS_LISTED = 200
"""Tensors described at most on either side of an op or group: nobody reads on, and thousands take seconds."""

USERS_SHOWN = 8
"""Ops listed under each output; the tensor's own details list them all."""


def op_words(graph: Subgraph, index: int) -> str:
    """How an op is called in links: "CONV_2D #12"."""
    return f"{clean(graph.ops[index].type)} #{index}"


def subgraph_words(opened: OpenedModel, index: int) -> str:
    """How a subgraph is called: "1 · decoder"."""
    name = clean(opened.model.subgraphs[index].name)
    return f"{index} · {name}" if name else str(index)


def tensor_lines(
    opened: OpenedModel, graph: Subgraph, shapes: Sequence[Shape | None], role: str, index: int
) -> list[Fact]:
    """A tensor that something reads or writes: its name as a link, what it holds, and few values themselves."""
    if not 0 <= index < len(graph.tensors):
        return [Fact(role, f"tensor {index} does not exist", aside=True)]
    tensor, shape = graph.tensors[index], shapes[index]
    holds = f"{shape_text(shape)} {type_text(tensor.type)}"
    size = byte_size(tensor, shape)
    if size is not None:
        holds += f" · {bytes_text(size)}"
    facts = [
        Fact(role, clean(tensor.label), Selected("tensor", graph.index, index)),
        Fact("", holds, aside=True, wrap=True),
    ]
    words = _values(opened, tensor)
    return [*facts, Fact("", words, wrap=True)] if words else facts


def source_lines(links: Links, graph: Subgraph, tensor: int) -> list[Fact]:
    """Where a tensor comes from: the op that makes it, or from outside."""
    producer = links.producer[tensor] if 0 <= tensor < len(links.producer) else None
    if producer is not None:
        return [Fact("", f"from {op_words(graph, producer)}", Selected("op", graph.index, producer))]
    return [Fact("", "graph input", aside=True)] if tensor in graph.inputs else []


def user_lines(graph: Subgraph, tensor: int, users: Sequence[int]) -> list[Fact]:
    """Where a tensor goes: the first of ``users``, how many more there are, and whether it leaves the graph."""
    shown = listed_first(len(users), USERS_SHOWN)
    facts = [Fact("", f"to {op_words(graph, user)}", Selected("op", graph.index, user)) for user in users[:shown]]
    if len(users) > shown:
        facts.append(Fact("", f"and {len(users) - shown:,} more", aside=True))
    if tensor in graph.outputs:
        facts.append(Fact("", "graph output", aside=True))
    return facts


def left_out(tensors: Sequence[int]) -> list[Fact]:
    """A line that says how many tensors are not listed, if any are not."""
    more = len(tensors) - TENSORS_LISTED
    return [Fact("", f"and {more:,} more, in the table of tensors", aside=True)] if more > 0 else []


def _values(opened: OpenedModel, tensor: Tensor) -> str:
    try:
        return few_values_text(few_values(opened.model, tensor))
    except MaiStudioError:
        return ""
