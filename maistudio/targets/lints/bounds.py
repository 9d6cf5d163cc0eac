"""Whether a tensor's values are kept within bounds: by a clip, an activation or its integers."""

from __future__ import annotations

from typing import NamedTuple

from maistudio.targets.lints.view import INTEGERS, GraphView, activation
from maistudio.tflite.model import Op, Tensor

DEEPEST = 64
"""Ops to look back through; beyond, nothing is said against the tensor."""


class Bounds(NamedTuple):
    """Whether something keeps the values from falling, and from rising, without end."""

    below: bool
    above: bool


BOTH = Bounds(True, True)
NEITHER = Bounds(False, False)

_FREE = frozenset(
    {
        *("CONV_2D", "DEPTHWISE_CONV_2D", "TRANSPOSE_CONV", "CONV_3D", "FULLY_CONNECTED", "BATCH_MATMUL"),
        *("LEAKY_RELU", "PRELU", "ELU", "GELU", "HARD_SWISH", "ADD_N", "SUM"),
    }
)
_HANDING_ON = frozenset(
    {
        *("DEPTH_TO_SPACE", "SPACE_TO_DEPTH", "RESHAPE", "TRANSPOSE", "CONCATENATION", "SLICE", "STRIDED_SLICE"),
        *("SPLIT", "SPLIT_V", "PACK", "UNPACK", "SQUEEZE", "EXPAND_DIMS", "GATHER", "MIRROR_PAD", "PAD", "TILE"),
        *("RESIZE_BILINEAR", "RESIZE_NEAREST_NEIGHBOR", "AVERAGE_POOL_2D", "MAX_POOL_2D", "MEAN", "CAST"),
        *("QUANTIZE", "DEQUANTIZE", "BATCH_TO_SPACE_ND", "SPACE_TO_BATCH_ND"),
    }
)
_SUMS = frozenset({"ADD", "SUB"})
_PRODUCTS = frozenset({"MUL", "DIV"})
_FOLLOWED = _HANDING_ON | _SUMS | _PRODUCTS | {"RELU", "MINIMUM", "MAXIMUM"}
_BOUNDED_WORDS = frozenset({"RELU6", "RELU_N1_TO_1", "TANH", "SIGN_BIT"})


def bounds_of(view: GraphView, tensor: Tensor) -> Bounds:
    """The bounds of a tensor. Inputs, constants and what an op without a rule makes count as bounded.

    The sum of two computed tensors counts as free: it leaves the range that both are in.
    """
    return _Search(view).bounds(tensor, 0)


class _Search:
    """Looks back through the graph, at each tensor once."""

    def __init__(self, view: GraphView) -> None:
        self.view = view
        self.known: dict[int, Bounds] = {}

    def bounds(self, tensor: Tensor, depth: int) -> Bounds:
        if depth > DEEPEST or tensor.constant or (tensor.type in INTEGERS and tensor.quantization is not None):
            return BOTH
        op = self.view.producer(tensor)
        if op is None:
            return BOTH
        if tensor.index not in self.known:
            self.known[tensor.index] = self._fused(op, depth)
        return self.known[tensor.index]

    def _fused(self, op: Op, depth: int) -> Bounds:
        word = activation(op)
        if word in _BOUNDED_WORDS:
            return BOTH
        bounds = self._made(op, depth)
        return Bounds(True, bounds.above) if word == "RELU" or op.type == "RELU" else bounds

    def _made(self, op: Op, depth: int) -> Bounds:
        """Before a fused activation."""
        if op.type in _FREE:
            return NEITHER
        tensors = (tensor for tensor in map(self.view.tensor, op.inputs) if tensor is not None)
        computed = [tensor for tensor in tensors if not self.view.is_constant(tensor)]
        if op.type in _SUMS and len(computed) > 1:
            return NEITHER
        parts = [self.bounds(tensor, depth + 1) for tensor in computed] if op.type in _FOLLOWED else []
        low, high = [part.below for part in parts], [part.above for part in parts]
        if op.type == "MINIMUM":
            return Bounds(all(low), any(high) or len(parts) < 2)
        if op.type == "MAXIMUM":
            return Bounds(any(low) or len(parts) < 2, all(high))
        bounds = Bounds(all(low), all(high))
        if op.type in _PRODUCTS:  # a negative factor turns the bounds round
            return bounds if bounds == BOTH else NEITHER
        turned = op.type == "SUB" and self.view.is_constant(self.view.input(op, 0))
        return Bounds(bounds.above, bounds.below) if turned else bounds
