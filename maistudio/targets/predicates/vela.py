"""What Vela asks of all ops, and of all ops with weights, beyond what conditions of a target file can say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import prod
from types import MappingProxyType

from maistudio.targets.facts import OpFacts
from maistudio.targets.predicates.vela_tensors import (
    WEIGHTS,
    bias_of,
    inputs_at,
    is_quantized,
    map_inputs_of,
    maps_of,
    vela_shape,
)
from maistudio.tflite.text import shape_text

Predicate = Callable[[OpFacts, Mapping[str, object]], str]
MOST_WEIGHT_SUM = 127 * (1 << 16)
MOST_BIAS = (1 << 40) - 1


def maps_of_type(op: OpFacts, arguments: Mapping[str, object]) -> str:
    """Feature maps are of one of ``types``."""
    types = arguments["types"]
    assert isinstance(types, list)
    odd = next((tensor for tensor in maps_of(op) if tensor.type not in types), None)
    return "" if odd is None else f"{odd.label} is {odd.type}: {' or '.join(types)} is taken"


def shapes_known(op: OpFacts, arguments: Mapping[str, object]) -> str:
    """Every tensor has a shape, and only first sizes are open; there is an input and an output."""
    if not map_inputs_of(op) or not op.outputs:
        return "it has no input or no output"
    for tensor in (*op.inputs, *op.outputs):
        shape = vela_shape(op, tensor)
        if not shape:
            return f"{tensor.label} has no shape, or is a single number that is computed"
        if min(shape) < 0:
            return f"{tensor.label} has sizes that are unknown until it runs: {shape_text(shape)}"
    return ""


def maps_quantized(op: OpFacts, arguments: Mapping[str, object]) -> str:
    """Feature maps and weights have a scale and a zero point; plain int32 ones need none, but those of QUANTIZE do."""
    for tensor in maps_of(op):
        plain = tensor.type in ("INT64", "BOOL") or (tensor.type == "INT32" and op.op.type != "QUANTIZE")
        if not plain and not is_quantized(tensor):
            return f"{tensor.label} is not quantized"
    odd = next((each for each in inputs_at(op, WEIGHTS.get(op.op.type, ())) if not is_quantized(each)), None)
    return "" if odd is None else f"{odd.label} is not quantized"


def one_scale_each(op: OpFacts, arguments: Mapping[str, object]) -> str:
    """No tensor has more than one scale or zero point."""
    for tensor in (*op.inputs, *op.outputs):
        found = tensor.quantization
        if found is not None and is_quantized(tensor) and max(len(found.scales), len(found.zero_points)) > 1:
            return f"{tensor.label} is quantized per channel: quantized per tensor is taken"
    return ""


def zero_points_fit(op: OpFacts, arguments: Mapping[str, object]) -> str:
    """The zero point of 32-bit feature maps is 0, that of unsigned ones not negative."""
    for tensor in maps_of(op):
        for zero_point in tensor.quantization.zero_points if tensor.quantization and is_quantized(tensor) else ():
            if (tensor.type == "INT32" and zero_point) or (tensor.type.startswith("UINT") and zero_point < 0):
                return f"{tensor.label} is {tensor.type} with the zero point {zero_point}"
    return ""


def alike_quantized(op: OpFacts, arguments: Mapping[str, object]) -> str:
    """Feature maps, in and out, are quantized alike."""
    kinds = {
        (tuple(map(float, each.quantization.scales)), each.quantization.zero_points)
        if each.quantization and is_quantized(each)
        else None
        for each in maps_of(op)
    }
    return "" if len(kinds) <= 1 else "its inputs and its output are not quantized alike"


def weights_8_bit(op: OpFacts, arguments: Mapping[str, object]) -> str:
    """Weights are of 8 bits."""
    odd = next(
        (each for each in inputs_at(op, WEIGHTS[op.op.type]) if each.type not in ("INT8", "UINT8", "BOOL")), None
    )
    return "" if odd is None else f"its weights are {odd.type}: INT8 or UINT8 is taken"


def weight_sum(op: OpFacts, arguments: Mapping[str, object]) -> str:
    """So few weights make one output value that their sum can't be too large, whatever they are."""
    for weights in inputs_at(op, WEIGHTS[op.op.type]):
        shape = vela_shape(op, weights)
        if weights.constant and shape:
            parts = shape[-1] if op.op.type == "DEPTHWISE_CONV_2D" else shape[0]
            each = prod(shape) // max(parts, 1)
            if 255 * each >= MOST_WEIGHT_SUM:
                return f"{each} weights make one value: whether their sum is below {MOST_WEIGHT_SUM} isn't looked up"
    return ""


def bias_fits(op: OpFacts, arguments: Mapping[str, object]) -> str:
    """A bias is a constant of int32 or int64 along the channels."""
    bias = bias_of(op)
    if bias is None:
        return ""
    shape = vela_shape(op, bias) or ()
    if shape and prod(shape) > shape[-1]:
        return f"its bias has the shape {shape_text(shape)}: one value per channel is taken"
    if not bias.constant:
        return "its bias is computed: a constant is taken"
    return "" if bias.type in ("INT32", "INT64") else f"its bias is {bias.type}: INT32 or INT64 is taken"


def wide_bias_small(op: OpFacts, arguments: Mapping[str, object]) -> str:
    """No value of an int64 bias needs more than 40 bits."""
    bias = bias_of(op)
    if bias is None or bias.type != "INT64":
        return ""
    large = max(op.values(bias) or (0,))
    return "" if large <= MOST_BIAS else f"its bias holds {large:.0f}: at most {MOST_BIAS} is taken"


def wide_bias_seen(op: OpFacts, arguments: Mapping[str, object]) -> str:
    """An int64 bias is short enough to be looked into."""
    bias = bias_of(op)
    seen = bias is None or bias.type != "INT64" or op.values(bias) is not None
    return "" if seen else "whether every value of its int64 bias fits 40 bits isn't looked up"


OF_ALL_OPS: Mapping[str, Predicate] = MappingProxyType(
    {
        "vela_maps_of_type": maps_of_type,
        "vela_shapes_known": shapes_known,
        "vela_maps_quantized": maps_quantized,
        "vela_one_scale_each": one_scale_each,
        "vela_zero_points_fit": zero_points_fit,
        "vela_alike_quantized": alike_quantized,
        "vela_weights_8_bit": weights_8_bit,
        "vela_weight_sum": weight_sum,
        "vela_bias_fits": bias_fits,
        "vela_wide_bias_small": wide_bias_small,
        "vela_wide_bias_seen": wide_bias_seen,
    }
)
"""By the names target files call them."""
