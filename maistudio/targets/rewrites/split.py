"""SPLIT and SPLIT_V as one slice for each output that is read. Exact: slices copy, as splits do."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from maistudio.targets.rewrites.editable import EditableModel
from maistudio.targets.rewrites.graph import Graph
from maistudio.targets.rewrites.node import Node
from maistudio.targets.rewrites.versions import slice_version, strided_slice_version

ID = "split-to-slices"
HIGHEST_RANK = 5
"""LiteRT's slices take no more dimensions."""


class Piece(NamedTuple):
    """One output of a split: ``size`` along ``axis`` from ``start`` on, of a tensor of ``rank`` dimensions."""

    graph: Graph
    node: Node
    source: int
    result: int
    axis: int
    rank: int
    start: int
    size: int


def to_slices(model: EditableModel) -> int:
    return _apply(model, "SLICE", _slice)


def to_strided_slices(model: EditableModel) -> int:
    return _apply(model, "STRIDED_SLICE", _strided_slice)


def _apply(model: EditableModel, op_type: str, make: Callable[[Piece], Node]) -> int:
    count = 0
    for graph in model.graphs:
        for node in graph.nodes:
            pieces = _pieces(graph, node) if node.type in ("SPLIT", "SPLIT_V") else []
            if pieces and model.may_begin_at(graph, node):
                made = [make(piece) for piece in pieces]
                model.note(ID, graph, [node], f"{len(made)} {op_type}", made)
                graph.remove(node)
                count += 1
    return count


def _pieces(graph: Graph, node: Node) -> list[Piece]:
    """The outputs that are read; none where the split isn't known well enough."""
    if len(node.inputs) != (2 if node.type == "SPLIT" else 3) or not node.is_whole:
        return []
    source, axis_tensor = (node.inputs[1], node.inputs[0]) if node.type == "SPLIT" else (node.inputs[0], node.inputs[2])
    shape, axes = graph.shape(source), graph.integers(axis_tensor)
    if not shape or len(shape) > HIGHEST_RANK or axes is None or len(axes) != 1:
        return []
    if not -len(shape) <= axes[0] < len(shape):
        return []
    axis = axes[0] % len(shape)
    sizes = _sizes(graph, node, shape[axis])
    if len(sizes) != len(node.outputs) or not all(graph.alike(source, result) for result in node.outputs):
        return []
    return [
        Piece(graph, node, source, result, axis, len(shape), sum(sizes[:place]), sizes[place])
        for place, result in enumerate(node.outputs)
        if graph.users(result) or result in graph.outputs
    ]


def _sizes(graph: Graph, node: Node, whole: int) -> list[int]:
    """The size of each output along the axis; none where they are open or don't add up."""
    count = len(node.outputs)
    if whole < 1 or not count:
        return []
    if node.type == "SPLIT":
        return [whole // count] * count if whole % count == 0 else []
    sizes = graph.integers(node.inputs[1]) or []
    left = whole - sum(size for size in sizes if size >= 0)
    sizes = [left if size == -1 else size for size in sizes] if sizes.count(-1) == 1 else sizes
    return sizes if sum(sizes) == whole and min(sizes, default=0) > 0 else []


def _slice(piece: Piece) -> Node:
    graph, result = piece.graph, piece.result
    shape = graph.shape(piece.source) or ()
    begin = [piece.start if place == piece.axis else 0 for place in range(piece.rank)]
    # -1 is the rest, whatever size the model is run at.
    size = [piece.size if place == piece.axis else known for place, known in enumerate(shape)]
    kind, name = graph.type(result), graph.name(result)
    inputs = [
        graph.add_constant(f"{name}/{word}", "INT32", (piece.rank,), numbers)
        for word, numbers in (("begin", begin), ("size", size))
    ]
    version = slice_version(kind, piece.rank)
    return graph.add_op(
        "SLICE", version, [piece.source, *inputs], [result], piece.node, ("SliceOptions", {})
    )  # fmt: skip


def _strided_slice(piece: Piece) -> Node:
    graph, result = piece.graph, piece.result
    begin = [piece.start if place == piece.axis else 0 for place in range(piece.rank)]
    end = [piece.start + piece.size if place == piece.axis else 0 for place in range(piece.rank)]
    kind, name = graph.type(result), graph.name(result)
    inputs = [
        graph.add_constant(f"{name}/{word}", "INT32", (piece.rank,), numbers)
        for word, numbers in (("begin", begin), ("end", end), ("strides", [1] * piece.rank))
    ]
    # A masked dimension is taken whole, whatever size the model is run at.
    whole = 2**piece.rank - 1 - 2**piece.axis
    options = {
        "begin_mask": whole, "end_mask": whole, "ellipsis_mask": 0, "new_axis_mask": 0, "shrink_axis_mask": 0,
        "offset": False,
    }  # fmt: skip
    version = strided_slice_version(kind, piece.rank)
    return graph.add_op(
        "STRIDED_SLICE", version, [piece.source, *inputs], [result], piece.node, ("StridedSliceOptions", options)
    )  # fmt: skip
