"""The ops of a subgraph that a delegate folds: what they make of constants is a constant to it."""

from __future__ import annotations

from enum import StrEnum

from maistudio.tflite.links import Links
from maistudio.tflite.model import Subgraph
from maistudio.tflite.parameters import unpacked_constants

PRODUCTS = frozenset({"FULLY_CONNECTED", "CONV_2D", "DEPTHWISE_CONV_2D"})
"""Matrix products, as XNNPACK counts them."""


class Fold(StrEnum):
    """DEQUANTIZE ops that a delegate folds into what reads them, by the words of a target file."""

    FLOAT16_DEQUANTIZE = "float16_dequantize"
    CONSTANT_DEQUANTIZE = "constant_dequantize"
    STATIC_UNPACK = "static_unpack"


def folded_tensors(graph: Subgraph, folds: frozenset[Fold]) -> frozenset[int]:
    """The tensors that folded ops make."""
    if Fold.CONSTANT_DEQUANTIZE in folds:
        return unpacked_constants(graph)
    if Fold.STATIC_UNPACK in folds:
        return _statically_unpacked(graph)
    if Fold.FLOAT16_DEQUANTIZE in folds:
        return _dequantized(graph, ("FLOAT16",))
    return frozenset()


def left_float16(graph: Subgraph, links: Links, folds: frozenset[Fold]) -> frozenset[int]:
    """Folded tensors of float16 constants that XNNPACK's matrix products read as they are stored.

    So it does where all readers are such products, which take it elsewhere than as their first input.
    """
    if Fold.STATIC_UNPACK not in folds:
        return frozenset()
    ops, users = graph.ops, links.users
    return frozenset(
        tensor
        for tensor in _dequantized(graph, ("FLOAT16",))
        if all(ops[user].type in PRODUCTS and ops[user].inputs[0] != tensor for user in users[tensor])
    )


def _dequantized(graph: Subgraph, types: tuple[str, ...], made: frozenset[int] = frozenset()) -> frozenset[int]:
    """What DEQUANTIZE makes of dense constants of these types, and of those among ``made``."""
    tensors = graph.tensors
    return frozenset(
        op.outputs[0]
        for op in graph.ops
        if op.type == "DEQUANTIZE"
        and len(op.inputs) == 1
        and len(op.outputs) == 1
        and 0 <= op.inputs[0] < len(tensors)
        and tensors[op.inputs[0]].type in types
        and (tensors[op.inputs[0]].constant or op.inputs[0] in made)
        and tensors[op.inputs[0]].sparsity is None
    )


def _statically_unpacked(graph: Subgraph) -> frozenset[int]:
    """What XNNPACK unpacks once at start: DENSIFY of sparse constants, and DEQUANTIZE of float16 and int8 ones."""
    tensors = graph.tensors
    dense = frozenset(
        op.outputs[0]
        for op in graph.ops
        if op.type == "DENSIFY"
        and len(op.inputs) == 1
        and len(op.outputs) == 1
        and 0 <= op.inputs[0] < len(tensors)
        and tensors[op.inputs[0]].constant
        and tensors[op.inputs[0]].sparsity is not None
    )
    return dense | _dequantized(graph, ("FLOAT16", "INT8"), dense)
