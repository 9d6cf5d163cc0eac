"""A small drawing of a network: a bar for each op that matters, as a report's figure would show it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import log2

from maistudio.tflite.kinds import OpKind, kind_of
from maistudio.tflite.model import Op, Subgraph
from maistudio.tflite.shapes import Shape

_DRAWN_KINDS = frozenset({OpKind.CONVOLUTION, OpKind.POOLING})
_DRAWN_TYPES = frozenset({"DEPTH_TO_SPACE", "SPACE_TO_DEPTH", "CONCATENATION", "SPLIT", "SPLIT_V"})
_MERGING = frozenset({"ADD", "SUB", "MUL", "MAXIMUM", "MINIMUM"})
"""Drawn where they bring two paths together."""


@dataclass(frozen=True, slots=True)
class Bar:
    """An op, or the input, of kind "other". ``column`` is its depth, ``lane`` its number among those as deep.

    ``octaves`` is log2 of its height in pixels over the input's, ``channels`` those it gives. ``after`` are the bars
    it follows.
    """

    kind: str
    column: int
    lane: int
    octaves: float
    channels: int
    after: tuple[int, ...]


def draw(graph: Subgraph, shapes: tuple[Shape | None, ...]) -> tuple[Bar, ...]:
    """The bars of a graph of pictures, the input and then its ops in order; empty where its size isn't known."""
    start = shapes[graph.inputs[0]] if graph.inputs else None
    if start is None or len(start) != 4 or start[1] < 1:
        return ()
    bars = [Bar(OpKind.OTHER.value, 0, 0, 0.0, start[3], ())]
    behind = {graph.inputs[0]: frozenset({0})}
    lanes: dict[int, int] = {}
    for op in graph.ops:
        before = frozenset().union(*(behind.get(index, frozenset()) for index in op.inputs))
        shape = shapes[op.outputs[0]] if op.outputs else None
        if shape is not None and len(shape) == 4 and shape[1] > 0 and _is_drawn(op, behind):
            after = tuple(sorted(before))
            column = 1 + max((bars[index].column for index in after), default=-1)
            lane = lanes[column] = lanes.get(column, -1) + 1
            octaves = round(log2(shape[1] / start[1]), 2)
            bars.append(Bar(kind_of(op.type).value, column, lane, octaves, shape[3], after))
            before = frozenset({len(bars) - 1})
        for index in op.outputs:
            behind[index] = before
    return tuple(bars)


def _is_drawn(op: Op, behind: dict[int, frozenset[int]]) -> bool:
    if kind_of(op.type) in _DRAWN_KINDS or op.type in _DRAWN_TYPES:
        return True
    return op.type in _MERGING and len(set(_paths(op.inputs, behind))) > 1


def _paths(tensors: Iterable[int], behind: dict[int, frozenset[int]]) -> list[frozenset[int]]:
    """Where each input comes from; constants come from nowhere and don't count."""
    return [behind[index] for index in tensors if behind.get(index)]
