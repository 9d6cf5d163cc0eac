"""Conditions on the types and scales of an op's tensors that data alone can't state. ``of`` names tensors."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import isfinite, prod
from types import MappingProxyType

from maistudio.targets.facts import OpFacts
from maistudio.targets.predicates.arguments import Arguments, meant, number, whole
from maistudio.tflite.model import QuantizationKind, Tensor

EIGHT_BITS: Mapping[str, tuple[int, int]] = MappingProxyType({"INT8": (-128, 127), "UINT8": (0, 255)})
"""The range of zero points."""
SMALLEST_NORMAL = 2.0**-126
"""Of float32: what is nearer to 0 XNNPACK doesn't take."""


def one_scale(op: OpFacts, arguments: Arguments) -> str:
    """Whether the 8-bit tensors have one scale each, which stands for their first dimension."""
    for name, tensor in meant(op, arguments, "of"):
        if tensor.type in EIGHT_BITS and not has_one_scale(tensor):
            quantization = tensor.quantization
            if quantization is None or not quantization.scales:
                return f"{name} is {tensor.type} without a scale: one for the whole tensor is taken"
            if len(quantization.scales) > 1:
                return f"{name} is quantized per channel: one scale for the whole tensor is taken"
            return f"{name} has its scale on dimension {quantization.axis}: dimension 0 is taken"
    return ""


def weight_scales(op: OpFacts, arguments: Arguments) -> str:
    """Whether int8 weights have one scale, or one for each of the output channels, and uint8 weights one.

    The channels are dimension ``axis``, counted from the end where it is negative; ``swapped_by`` names an option
    that swaps the last two dimensions. ``checks_zero`` says that the first of several zero points must be 0.
    """
    for name, tensor in meant(op, arguments, "of"):
        if tensor.type not in ("INT8", "INT4", "INT2", "UINT8"):
            continue
        quantization = tensor.quantization
        if quantization is None or quantization.kind is QuantizationKind.CUSTOM:
            return f"{name} is {tensor.type} without scales"
        if quantization.kind is QuantizationKind.BLOCKWISE:
            if quantization.block_size % 32:
                return f"{name} has blocks of {quantization.block_size}: multiples of 32 are taken"
            continue
        if not quantization.scales:
            return f"{name} is {tensor.type} without a scale"
        count, axis = len(quantization.scales), _channel_axis(op, arguments, tensor)
        if tensor.type == "UINT8" and not has_one_scale(tensor):
            return f"{name} is UINT8 with {count} scales: one for the whole tensor is taken"
        if count > 1 and (quantization.axis != axis or not 0 <= axis < len(tensor.shape)):
            return f"{name} has a scale per index of dimension {quantization.axis}: dimension {axis} is taken"
        if count > 1 and tensor.shape[axis] != count:
            return f"{name} has {count} scales for {tensor.shape[axis]} channels"
        if count > 1 and any(quantization.zero_points[:1]) and arguments.get("checks_zero") is True:
            return f"{name} is quantized per channel with the zero point {quantization.zero_points[0]}: 0 is taken"
    return ""


def _channel_axis(op: OpFacts, arguments: Arguments, tensor: Tensor) -> int:
    axis = whole(arguments, "axis")
    if axis >= 0:
        return axis
    swapped = arguments.get("swapped_by")
    return len(tensor.shape) + (axis - 1 if isinstance(swapped, str) and op.option(swapped) is True else axis)


def blocks_fit(op: OpFacts, arguments: Arguments) -> str:
    """Whether weights quantized blockwise are INT4, with a scale for each block."""
    for name, tensor in meant(op, arguments, "of"):
        quantization = tensor.quantization
        if quantization is None or quantization.kind is not QuantizationKind.BLOCKWISE:
            continue
        if tensor.type != "INT4":
            return f"{name} is {tensor.type} quantized blockwise: INT4 is taken"
        scales = op.around.tensor(quantization.scales_tensor)
        if scales is not None and prod(scales.shape) * quantization.block_size != prod(tensor.shape):
            return f"{name} has {prod(scales.shape)} scales for blocks of {quantization.block_size}"
    return ""


def channel_zero_points(op: OpFacts, arguments: Arguments) -> str:
    """Whether all zero points of weights quantized per channel are 0, or 8 for INT4."""
    for name, tensor in meant(op, arguments, "of"):
        quantization = tensor.quantization
        if quantization is None or len(quantization.scales) < 2:
            continue
        taken = (0, 8) if tensor.type == "INT4" else (0,)
        odd = next((zero for zero in quantization.zero_points if zero not in taken), None)
        if odd is not None:
            return f"{name} is quantized per channel with the zero point {odd}: {' or '.join(map(str, taken))} is taken"
    return ""


def bias_like_weights(op: OpFacts, arguments: Arguments) -> str:
    """Whether of an 8-bit layer weights and ``bias`` are both quantized per channel, or both per tensor."""
    for (_, filter_), (name, bias) in zip(meant(op, arguments, "of"), meant(op, arguments, "bias"), strict=False):
        schemes = op.scheme(filter_), op.scheme(bias)
        if bias.type == "INT32" and filter_.type in EIGHT_BITS and schemes[0] != schemes[1]:
            return f"{name} is quantized {' and the weights '.join(each.replace('_', ' ') for each in schemes[::-1])}"
    return ""


def types_together(op: OpFacts, arguments: Arguments) -> str:
    """Whether the types of the tensors ``of`` stand together in one of the rows ``are``; "*" stands for any."""
    return _together(op, arguments, lambda tensor: tensor.type)


def xnnpack_types_together(op: OpFacts, arguments: Arguments) -> str:
    """The same with weights as XNNPACK reads them: float16 where only matrix products use what DEQUANTIZE makes."""
    left = op.around.left_float16
    return _together(op, arguments, lambda tensor: "FLOAT16" if tensor.index in left else tensor.type)


def _together(op: OpFacts, arguments: Arguments, type_of: Callable[[Tensor], str]) -> str:
    found = [(name, type_of(tensor)) for name, tensor in meant(op, arguments, "of")]
    rows = arguments["are"]
    assert isinstance(rows, Sequence)
    if any(all(word in ("*", each) for word, (_, each) in zip(row, found, strict=False)) for row in rows):
        return ""
    return f"{' and '.join(f'{name} is {each}' for name, each in found)}: these types don't go together"


def scale_ratio(op: OpFacts, arguments: Arguments) -> str:
    """Whether the scale of ``of``, or the product of several, over that of ``to`` is ``least`` to ``most``.

    ``below`` is a bound that is not reached. The largest of several scales counts. Tensors of different types, and
    floats, pass.
    """
    above, below = list(meant(op, arguments, "of")), list(meant(op, arguments, "to"))
    types = {tensor.type for _, tensor in (*above, *below)}
    if len(types) != 1 or types.isdisjoint(EIGHT_BITS):
        return ""
    found = [tensor.quantization.scales if tensor.quantization else () for _, tensor in (*above, *below)]
    if not all(found):
        return ""
    *over, under = (max(scales) for scales in found)
    ratio = prod(over) / under if under else float("inf")
    least = number(arguments, "least", 0.0)
    most, reached = number(arguments, "most", float("inf")), number(arguments, "below", float("inf"))
    if least <= ratio <= most and ratio < reached:
        return ""
    names = " times ".join(name for name, _ in above)
    bound = f"{least:.3g} to {most:.3g}" if reached > most else f"{least:.3g} to less than {reached:.3g}"
    return f"the scale of {names} over the output's is {ratio:.3g}: {bound} is taken"


def leaky_slope(op: OpFacts, _: Arguments) -> str:
    """Whether the slope of a LEAKY_RELU is one XNNPACK takes, for 8-bit tensors at their scales too."""
    slope = op.option("alpha")
    if not isinstance(slope, float) or not isfinite(slope) or abs(slope) < SMALLEST_NORMAL:
        return f"its slope is {slope}: 0 and numbers too near to it are not taken"
    source, result = op.input(0), op.output(0)
    if source is None or result is None or source.type not in EIGHT_BITS or result.type not in EIGHT_BITS:
        return ""
    above, below = scale_of(source), scale_of(result)
    if not above or not below or min(above, below) < SMALLEST_NORMAL:
        return ""
    ratio = above / below
    if not 1 / 256 <= ratio <= 128:
        return f"its input's scale over its output's is {ratio:.3g}: 1/256 to 128 is taken"
    if not -127.99609375 <= ratio * slope <= 128 or abs(ratio * slope) < 1 / 256:
        return f"its slope times the ratio of the scales is {ratio * slope:.3g}: 1/256 to 128 is taken"
    return ""


def zero_points_fit(op: OpFacts, arguments: Arguments) -> str:
    """Whether 8-bit tensors have a sound scale and a zero point in range; ``and_int32``: the scales of int32 too."""
    for name, tensor in meant(op, arguments, "of"):
        quantization = tensor.quantization
        judged = tensor.type in EIGHT_BITS or (tensor.type == "INT32" and arguments.get("and_int32") is True)
        if not judged or quantization is None or len(quantization.scales) != 1:
            continue
        low, high = EIGHT_BITS.get(tensor.type, (-(2**31), 2**31))
        odd = next((zero for zero in quantization.zero_points[:1] if not low <= zero <= high), None)
        if odd is not None:
            return f"{name} has the zero point {odd}, outside the range of {tensor.type}"
        if not SMALLEST_NORMAL <= quantization.scales[0] < float("inf"):
            return f"{name} has the scale {quantization.scales[0]:.3g}"
    return ""


def product_below_output(op: OpFacts, _: Arguments) -> str:
    """Whether the input's scale times the filter's is below the output's, as NNAPI before 1.2 wants of uint8."""
    scales = [scale_of(tensor) for tensor in (op.input(0), op.input(1), op.output(0)) if tensor is not None]
    if len(scales) != 3 or None in scales:
        return ""
    source, weights, result = (scale for scale in scales if scale is not None)
    return "" if source * weights < result else "its input's scale times its filter's is not below its output's"


def has_one_scale(tensor: Tensor) -> bool:
    """Whether a tensor has one scale, which stands for its first dimension."""
    quantization = tensor.quantization
    return quantization is not None and len(quantization.scales) == 1 and quantization.axis == 0


def scale_of(tensor: Tensor) -> float | None:
    """The one scale of a tensor; None where it has none or several."""
    quantization = tensor.quantization
    return quantization.scales[0] if quantization is not None and len(quantization.scales) == 1 else None
