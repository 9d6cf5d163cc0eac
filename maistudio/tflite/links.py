"""Who makes and who uses each tensor of a subgraph, and the names ops go by."""

from __future__ import annotations

from dataclasses import dataclass

from maistudio.tflite.model import Op, Subgraph


@dataclass(frozen=True, slots=True)
class Links:
    """``producer[tensor]`` is the op that writes it, None for none; ``users[tensor]`` are the ops that read it.

    Where a faulty file has several ops write one tensor, the first one counts. An op that reads a tensor
    twice is listed once.
    """

    producer: tuple[int | None, ...]
    users: tuple[tuple[int, ...], ...]


def links_of(graph: Subgraph) -> Links:
    """The links of ``graph``. Indices that lie outside it are passed over."""
    count = len(graph.tensors)
    producer: list[int | None] = [None] * count
    users: list[list[int]] = [[] for _ in range(count)]
    for op in graph.ops:
        for tensor in dict.fromkeys(op.inputs):
            if 0 <= tensor < count:
                users[tensor].append(op.index)
        for tensor in op.outputs:
            if 0 <= tensor < count and producer[tensor] is None:
                producer[tensor] = op.index
    return Links(tuple(producer), tuple(map(tuple, users)))


def op_name(graph: Subgraph, op: Op) -> str:
    """The name of an op, which the format gives only through its first output's; empty where that has none."""
    for tensor in op.outputs:
        if 0 <= tensor < len(graph.tensors):
            return graph.tensors[tensor].name
    return ""


def scope_of(name: str) -> str:
    """The name scope a name lies in: what stands before its last "/", of the first of several fused names."""
    return name.split(";", 1)[0].rpartition("/")[0]
