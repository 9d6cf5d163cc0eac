"""The tensors of an op as Vela, Arm's compiler for the Ethos-U, knows them: feature maps, weights and biases.

Vela takes the file's own shapes, with 1 for a first size that the file leaves open, whatever shapes are asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from types import MappingProxyType

from maistudio.targets.facts import OpFacts
from maistudio.tflite.model import Tensor

MAP_INPUTS: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {
        "SPLIT": (1,),
        "TRANSPOSE_CONV": (2,),
        **dict.fromkeys(
            (
                "ABS", "ARG_MAX", "AVERAGE_POOL_2D", "CONV_2D", "DEPTHWISE_CONV_2D", "ELU", "EXP", "FULLY_CONNECTED",
                "GELU", "HARD_SWISH", "LEAKY_RELU", "LOG", "LOGISTIC", "MAX_POOL_2D", "MEAN", "MIRROR_PAD", "NEG",
                "PAD", "PADV2", "PRELU", "QUANTIZE", "REDUCE_MAX", "REDUCE_MIN", "RELU", "RELU6", "RELU_0_TO_1",
                "RELU_N1_TO_1", "RESHAPE", "RESIZE_BILINEAR", "RESIZE_NEAREST_NEIGHBOR", "REVERSE_V2", "RSQRT", "SLICE",
                "SOFTMAX", "SPLIT_V", "STRIDED_SLICE", "SUM", "TANH", "TILE", "TRANSPOSE",
                "UNIDIRECTIONAL_SEQUENCE_LSTM",
            ),
            (0,),
        ),
    }
)  # fmt: skip
"""The inputs that are feature maps; all of them for ops that aren't named. tflite_mapping.cpp:408-676."""

WEIGHTS: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {
        **dict.fromkeys(("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED", "TRANSPOSE_CONV"), (1,)),
        "UNIDIRECTIONAL_SEQUENCE_LSTM": (1,),
    }
)
FOLLOWS_INPUTS = frozenset(
    {"ABS", "GELU", "ELU", "LEAKY_RELU", "NEG", "QUANTIZE", "ADD", "SUB", "MUL", "MINIMUM", "MAXIMUM"}
)
"""Ops whose output takes the inputs' shape where the file states none. tflite_reader.cpp:338-357."""


def maps_of(op: OpFacts) -> tuple[Tensor, ...]:
    """The feature maps, in and out."""
    return (*map_inputs_of(op), *op.outputs)


def map_inputs_of(op: OpFacts) -> tuple[Tensor, ...]:
    """The inputs that are feature maps."""
    places = MAP_INPUTS.get(op.op.type)
    return op.inputs if places is None else inputs_at(op, places)


def inputs_at(op: OpFacts, places: Sequence[int]) -> tuple[Tensor, ...]:
    """The inputs at these places that are there."""
    return tuple(tensor for place in places if (tensor := op.input(place)) is not None)


def bias_of(op: OpFacts) -> Tensor | None:
    """The bias of a convolution or a fully connected layer."""
    return op.input(3 if op.op.type == "TRANSPOSE_CONV" else 2)


def is_quantized(tensor: Tensor) -> bool:
    """Whether it has scales and zero points, as Vela reads them only together."""
    found = tensor.quantization
    return found is not None and bool(found.scales) and bool(found.zero_points)


def vela_shape(op: OpFacts, tensor: Tensor | None) -> tuple[int, ...] | None:
    """The shape Vela reads: the signature's, 1 for its first size if open; of a constant single value, (1,)."""
    if tensor is None:
        return None
    if tensor.shape_signature:
        first, *rest = tensor.shape_signature
        return (1 if first == -1 else first, *rest)
    if tensor.shape:
        return tensor.shape
    if tensor.constant:
        return (1,)
    if op.op.type in FOLLOWS_INPUTS and tensor in op.outputs:
        shapes = [each.shape_signature or each.shape for each in map_inputs_of(op)]
        return max(shapes, key=prod) if shapes and all(shapes) else ()
    return ()


def shape_of_four(op: OpFacts, tensor: Tensor | None) -> tuple[int, ...] | None:
    """The shape, with ones in front up to rank 4."""
    shape = vela_shape(op, tensor)
    return None if shape is None else padded_to_four(shape)


def padded_to_four(shape: Sequence[int]) -> tuple[int, ...]:
    """With ones in front, up to rank 4."""
    return (1,) * (4 - len(shape)) + tuple(shape)


def kernel_of(op: OpFacts) -> tuple[int, int]:
    """Height and width: of the weights, or the window of a pool."""
    if "filter_height" in op.op.options:
        return count_of(op, "filter_height"), count_of(op, "filter_width")
    shape = (1, 1, 1, *(vela_shape(op, op.input(1)) or ()))
    return shape[-3], shape[-2]


def is_padded(op: OpFacts) -> bool:
    """Whether padding "SAME" adds anything."""
    shape = vela_shape(op, op.input(0))
    if op.option("padding") != "SAME" or not shape or len(shape) < 3:
        return False
    sizes = zip(shape[-3:-1], kernel_of(op), ("h", "w"), strict=True)
    return any(
        (-(-size // count_of(op, f"stride_{side}")) - 1) * count_of(op, f"stride_{side}")
        + (kernel - 1) * count_of(op, f"dilation_{side}_factor")
        + 1
        > size
        for size, kernel, side in sizes
    )


def order_of(op: OpFacts) -> tuple[int, ...] | None:
    """The order of axes in input 1; None where it is computed."""
    order = op.input(1)
    values = None if order is None else op.values(order)
    return None if values is None else tuple(int(value) for value in values)


def count_of(op: OpFacts, name: str) -> int:
    """An option that counts from 1 up."""
    value = op.option(name)
    return value if isinstance(value, int) and value > 0 else 1
