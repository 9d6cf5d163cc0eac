"""Who makes and who uses each tensor of a subgraph, and the names ops go by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from maistudio.tflite.model import Op, Subgraph

MOST_LEVELS = 8
NEARLY_ALL = 0.8
"""The share of names that must lie in a scope for it to say nothing."""


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


def common_scope(names: Iterable[str]) -> str:
    """The scope, with its last "/", that nearly all of these names lie in; "" for none.

    Deeper levels than MOST_LEVELS are not looked for.
    """
    firsts = [name.split(";", 1)[0] for name in names if name]
    scope = ""
    for _ in range(MOST_LEVELS):
        inside = [name[len(scope) :].partition("/") for name in firsts if name.startswith(scope)]
        (most, count), *_ = Counter(head for head, slash, _ in inside if slash).most_common(1) or [("", 0)]
        if count < NEARLY_ALL * len(firsts) or not count:
            break
        scope += f"{most}/"
    return scope


def brief_name(name: str, scope: str) -> str:
    """A name for lists: of several fused ones the first, without the ``scope`` that the others lie in as well."""
    first = name.split(";", 1)[0] or name
    return f"…/{first[len(scope) :]}" if scope and first.startswith(scope) and first != scope else first


def scope_of(name: str) -> str:
    """The name scope a name lies in: what stands before its last "/", of the first of several fused names."""
    return name.split(";", 1)[0].rpartition("/")[0]
