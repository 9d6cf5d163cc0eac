"""What Vela asks of convolutions, pools and products of matrices."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import prod
from types import MappingProxyType

from maistudio.targets.facts import OpFacts
from maistudio.targets.predicates.vela_tensors import (
    count_of,
    is_padded,
    kernel_of,
    vela_shape,
)
from maistudio.tflite.text import shape_text

Predicate = Callable[[OpFacts, Mapping[str, object]], str]
SIDE = 1 << 16
"""The largest height, width and depth of most feature maps."""


def strides_within(op: OpFacts, arguments: Mapping[str, object]) -> str:
    """Strides are at most 3."""
    across, down = count_of(op, "stride_w"), count_of(op, "stride_h")
    return "" if max(across, down) <= 3 else f"its stride is {down}×{across}: at most 3×3 is taken"


def strides_unroll(op: OpFacts, arguments: Mapping[str, object]) -> str:
    """Strides are at most 3, or nothing is padded and dilated, or so little is left that there is no next step."""
    across, down = count_of(op, "stride_w"), count_of(op, "stride_h")
    left = (1, 1, *(vela_shape(op, op.output(0)) or (2, 2, 1)))[-3:-1]
    if (across <= 3 or left[1] == 1) and (down <= 3 or left[0] == 1):
        return ""
    if not is_padded(op) and count_of(op, "dilation_w_factor") == count_of(op, "dilation_h_factor") == 1:
        return ""
    return f"its stride is {down}×{across}: above 3 it must be without padding and dilation"


def average_window(op: OpFacts, arguments: Mapping[str, object]) -> str:
    """A padded window is at most 8×8, one that isn't padded at most 256 high and of 65,536 values."""
    width, height = count_of(op, "filter_width"), count_of(op, "filter_height")
    if is_padded(op):
        return "" if max(width, height) <= 8 else f"its padded window is {height}×{width}: at most 8×8 is taken"
    return _large_window(width, height)


def largest_window(op: OpFacts, arguments: Mapping[str, object]) -> str:
    """The window is at most 256 high and of 65,536 values."""
    return _large_window(count_of(op, "filter_width"), count_of(op, "filter_height"))


def _large_window(width: int, height: int) -> str:
    fits = 1 <= height <= 256 and height * width <= SIDE
    return "" if fits else f"its window is {height}×{width}: at most 256 high and of {SIDE} values is taken"


def transposed_fits(op: OpFacts, arguments: Mapping[str, object]) -> str:
    """The output of a transposed convolution is the input times the stride, and the kernel's rest without padding."""
    source, result, size = vela_shape(op, op.input(2)), vela_shape(op, op.output(0)), kernel_of(op)
    if source is None or result is None or len(source) != 4 or len(result) != 4:
        return ""
    for place, name, kernel in ((1, "stride_h", size[0]), (2, "stride_w", size[1])):
        stride = count_of(op, name)
        rest = 0 if op.option("padding") == "SAME" else max(kernel - stride, 0)
        if source[place] * stride + rest != result[place]:
            return f"its output is {shape_text(result)}, not its input {shape_text(source)} times its stride"
    return ""


def transposed_strides(op: OpFacts, arguments: Mapping[str, object]) -> str:
    """Strides are 1×1 or 2×2, or 2 along the one side of flat inputs and kernels."""
    across, down = count_of(op, "stride_w"), count_of(op, "stride_h")
    source, (height, width) = vela_shape(op, op.input(2)) or (1, 1, 1, 1), kernel_of(op)
    fits = (
        {across, down} <= {1, 2}
        and (across == down or across == 2 or (source[-2] == 1 and width == 1))
        and (across == down or down == 2 or (source[-3] == 1 and height == 1))
    )
    return "" if fits else f"its stride is {down}×{across}: 1×1 or 2×2 is taken"


def matmul_fits(op: OpFacts, arguments: Mapping[str, object]) -> str:
    """A product of computed matrices is of int8, the summed axis and the output's last one at most 65,536 long."""
    if op.op.type == "FULLY_CONNECTED" and (weights := op.input(1)) is not None and weights.constant:
        return ""
    source, result = op.input(0), vela_shape(op, op.output(0)) or ()
    if source is None:
        return ""
    shape = vela_shape(op, source) or ()
    axis = -2 if op.option("adj_x") else -1
    if max(shape[axis:][:1], default=1) > SIDE or max(result[-1:], default=1) > SIDE:
        return f"it sums or makes more than {SIDE} values along one axis"
    return "" if source.type == "INT8" else f"{source.label} is {source.type}: INT8 is taken"


def few_weight_axes(op: OpFacts, arguments: Mapping[str, object]) -> str:
    """Weights of a fully connected layer have no more than an output and an input axis."""
    shape = vela_shape(op, op.input(1)) or ()
    fits = len(shape) >= 2 and prod(shape) == shape[0] * shape[-1]
    return "" if fits else f"its weights have the shape {shape_text(shape)}: outputs by inputs is taken"


OF_WINDOWS: Mapping[str, Predicate] = MappingProxyType(
    {
        "vela_strides_within": strides_within,
        "vela_strides_unroll": strides_unroll,
        "vela_average_window": average_window,
        "vela_largest_window": largest_window,
        "vela_transposed_fits": transposed_fits,
        "vela_transposed_strides": transposed_strides,
        "vela_matmul_fits": matmul_fits,
        "vela_few_weight_axes": few_weight_axes,
    }
)
"""By the names target files call them."""
