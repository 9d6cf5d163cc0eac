"""Ops that clip: which numbers they let through, and chains of them."""

from __future__ import annotations

from math import inf
from typing import NamedTuple

from maistudio.targets.rewrites.graph import Graph
from maistudio.targets.rewrites.node import Node

CLIPPED = {"RELU": (0.0, inf), "RELU6": (0.0, 6.0), "RELU_N1_TO_1": (-1.0, 1.0), "RELU_0_TO_1": (0.0, 1.0)}
"""The ops that clip at fixed reals, and where."""
FUSING = frozenset(
    {
        "ADD", "AVERAGE_POOL_2D", "CONV_2D", "DEPTHWISE_CONV_2D", "DIV", "FULLY_CONNECTED", "MAX_POOL_2D", "MUL", "SUB",
    }
)  # fmt: skip
"""The ops whose fused activation is what they end with."""
STORED = {"INT8": (-128, 127), "UINT8": (0, 255), "INT16": (-32768, 32767)}
"""The quantized types that clips are followed through, and their smallest and largest number."""
_HALF = 1e-3
"""Kernels round halves differently: bounds this near to one are not told."""


class Interval(NamedTuple):
    """What a clip lets through: reals of a float tensor, stored integers of a quantized one."""

    low: float
    high: float

    def covers(self, other: Interval) -> bool:
        """Whether nothing of ``other`` is clipped."""
        return self.low <= other.low and other.high <= self.high

    def then(self, other: Interval) -> Interval:
        """Both clips, one after the other."""
        low, high = (min(max(bound, other.low), other.high) for bound in self)
        return Interval(low, high)


def clip_of(graph: Graph, node: Node) -> Interval | None:
    """What an op that only clips lets through; None for other ops, and where it isn't known to the last bit.

    Its input is the first of its computed inputs, and of the same type and quantization as its output.
    """
    if len(node.outputs) != 1 or not node.is_whole:
        return None
    result = node.outputs[0]
    if node.type in CLIPPED and len(node.inputs) == 1:
        interval = interval_of(graph, node.type, result)
        return interval if graph.alike(node.inputs[0], result) else None
    if node.type not in ("MINIMUM", "MAXIMUM") or len(node.inputs) != 2:
        return None
    source, bound = _source_and_bound(graph, node)
    everything = everything_of(graph, result)
    if source is None or bound is None or everything is None or not graph.alike(source, result):
        return None
    return Interval(everything.low, bound) if node.type == "MINIMUM" else Interval(bound, everything.high)


def source_of(graph: Graph, node: Node) -> int:
    """The tensor that an op clips, of an op that does."""
    return node.inputs[1] if len(node.inputs) == 2 and graph.constant(node.inputs[0]) is not None else node.inputs[0]


def chain_from(graph: Graph, node: Node) -> tuple[list[Node], Interval | None]:
    """The clips that follow each other from ``node`` on, nobody seeing what lies between, and what passes them all."""
    chain: list[Node] = []
    passed: Interval | None = None
    following: Node | None = node
    while following is not None and (interval := clip_of(graph, following)) is not None:
        passed = interval if passed is None else passed.then(interval)
        chain.append(following)
        following = graph.only_user(following.outputs[0])
    return chain, passed


def starts_chain(graph: Graph, node: Node) -> bool:
    """Whether no clip stands before a clip that only it reads."""
    maker = graph.producer(source_of(graph, node))
    return maker is None or clip_of(graph, maker) is None or graph.only_user(maker.outputs[0]) is not node


def interval_of(graph: Graph, op_type: str, tensor: int) -> Interval | None:
    """What a clipped ReLU, or a fused activation of its name, lets into a tensor; None where that isn't known."""
    low, high = CLIPPED[op_type]
    everything = everything_of(graph, tensor)
    quantization = graph.quantization(tensor)
    if everything is None or quantization is None:
        return None if everything is None else Interval(low, high)
    scale, zero_point = quantization
    stored = []
    for bound, end in ((low, everything.low), (high, everything.high)):
        exact = bound / scale if abs(bound) < inf else end - zero_point
        if abs(exact % 1 - 0.5) < _HALF:
            return None
        stored.append(min(max(zero_point + round(exact), everything.low), everything.high))
    return Interval(*stored)


def everything_of(graph: Graph, tensor: int) -> Interval | None:
    """All that a tensor can hold; None for types whose clips aren't followed."""
    kind = graph.type(tensor)
    if kind == "FLOAT32":
        return None if graph.is_quantized(tensor) else Interval(-inf, inf)
    if kind in STORED and graph.quantization(tensor) is not None:
        return Interval(*STORED[kind])
    return None


def _source_and_bound(graph: Graph, node: Node) -> tuple[int | None, float | None]:
    for source, other in (node.inputs, node.inputs[::-1]):
        values = graph.constant(other)
        if values is None or graph.constant(source) is not None:
            continue
        if values.size == 1 and values.ndim <= len(graph.shape(source) or ()) and graph.alike(source, other):
            bound = float(values.reshape(-1)[0])
            return source, bound if bound == bound else None
    return None, None
