"""Conditions on the shapes and sizes of an op's tensors that data alone can't state. ``of`` names tensors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from maistudio.targets.facts import OpFacts
from maistudio.targets.predicates.arguments import Arguments, meant, stated_sizes, whole
from maistudio.tflite.options import int_option, ints_option, word_option
from maistudio.tflite.text import shape_text

_WINDOW: Mapping[str, str] = MappingProxyType({"h": "filter_height", "w": "filter_width"})
_SIDES: Mapping[str, str] = MappingProxyType({"h": "window's height", "w": "window's width"})


def stated_shape(op: OpFacts, arguments: Arguments) -> str:
    """Whether the shapes the file states have ``least`` to ``most`` dimensions, none of them empty."""
    least, most = whole(arguments, "least"), whole(arguments, "most")
    for name, tensor in meant(op, arguments, "of"):
        shape = stated_sizes(op, tensor)
        if not least <= len(shape) <= most:
            taken = f"rank {least}" if least == most else f"rank {least} to {most}"
            return f"{name} has rank {len(shape)} in the file: {taken} is taken"
        if shape and min(shape) <= 0:
            return f"{name} has the shape {shape_text(shape)} in the file: no empty dimension is taken"
    return ""


def pool_fits(op: OpFacts, _: Arguments) -> str:
    """Whether a pooling window is no smaller than its stride, and no single value taken with a stride."""
    for side in ("h", "w"):
        size, stride = int_option(op.op, _WINDOW[side], 0), int_option(op.op, f"stride_{side}", 0)
        if min(size, stride) <= 0 or stride > size:
            return f"its {_SIDES[side]} is {size} with stride {stride}: strides up to the window's size are taken"
    return ""


def groups_fit(op: OpFacts, _: Arguments) -> str:
    """Whether a convolution's input has at least the channels of its filter."""
    return _channels(op, lambda channels, of_filter: channels >= of_filter)


def groups_divide(op: OpFacts, _: Arguments) -> str:
    """Whether the channels of a convolution's input are a multiple of its filter's."""
    return _channels(op, lambda channels, of_filter: channels % of_filter == 0)


def _channels(op: OpFacts, fit: Callable[[int, int], bool]) -> str:
    source, weights = op.input(0), op.input(1)
    if source is None or weights is None:
        return ""
    channels, of_filter = stated_sizes(op, source)[-1:], weights.shape[-1:]
    if not channels or not of_filter or of_filter[0] <= 0 or fit(channels[0], of_filter[0]):
        return ""
    return f"its input has {channels[0]} channels and its filter {of_filter[0]}"


def multiplier_divides(op: OpFacts, _: Arguments) -> str:
    """Whether the depth multiplier is above 0 and divides the channels of the filter."""
    weights, multiplier = op.input(1), int_option(op.op, "depth_multiplier", 0)
    if weights is None or not weights.shape or (multiplier > 0 and weights.shape[-1] % multiplier == 0):
        return ""
    return f"its depth multiplier is {multiplier} with {weights.shape[-1]} output channels"


def transpose_conv_fits(op: OpFacts, _: Arguments) -> str:
    """Whether a transposed convolution's sizes agree: the filter at least the stride, the channels those stated."""
    size, weights, source = op.input(0), op.input(1), op.input(2)
    if size is None or weights is None or source is None or len(weights.shape) != 4:
        return ""
    wanted, given = op.values(size), stated_sizes(op, source)
    if wanted is None or len(wanted) != 4 or len(given) != 4:
        return ""
    if weights.shape[0] != wanted[3] or weights.shape[3] != given[3]:
        return "the channels of its filter are not those of its input and output"
    same = word_option(op.op, "padding", "SAME") == "SAME"
    for axis, side in ((1, "h"), (2, "w")):
        kernel, stride = weights.shape[axis], int_option(op.op, f"stride_{side}", 0)
        if same and kernel < stride:
            return f"its filter is {kernel} wide with stride {stride}: filters of at least the stride are taken"
        if same and stride > 0 and -(-wanted[axis] // stride) != given[axis]:
            return f"its input of {given[axis]} doesn't come out at {wanted[axis]:.0f} with stride {stride}"
        if not same and kernel > wanted[axis]:
            return f"its filter of {kernel} is larger than its output of {wanted[axis]:.0f}"
    return ""


def one_per_dimension(op: OpFacts, arguments: Arguments) -> str:
    """Whether the tensors ``of`` are lists with one value for each dimension of input 0."""
    source = op.input(0)
    if source is None:
        return ""
    rank = len(stated_sizes(op, source))
    for name, tensor in meant(op, arguments, "of"):
        if tensor.shape != (rank,):
            return f"{name} has the shape {shape_text(tensor.shape)} for an input of rank {rank}"
    return ""


def block_divides(op: OpFacts, _: Arguments) -> str:
    """Whether the block size divides height and width of the input."""
    source, block = op.input(0), int_option(op.op, "block_size", 0)
    shape = () if source is None else stated_sizes(op, source)
    odd = next((size for size in shape[1:3] if block > 0 and size % block), None)
    return "" if odd is None else f"its input has a side of {odd}: multiples of the block size {block} are taken"


def channels_fill_blocks(op: OpFacts, _: Arguments) -> str:
    """Whether the channels of a DEPTH_TO_SPACE fill whole blocks."""
    source, block = op.input(0), int_option(op.op, "block_size", 0)
    channels = () if source is None else stated_sizes(op, source)[-1:]
    if not channels or block <= 0 or channels[0] % block**2 == 0:
        return ""
    return f"its input has {channels[0]} channels for blocks of {block}×{block}"


def new_shape_is_given(op: OpFacts, _: Arguments) -> str:
    """Whether a RESHAPE says its new shape, as an input or an option; into a scalar it needn't."""
    result = op.output(0)
    if op.input(1) is not None or ints_option(op.op, "new_shape") or result is None or not result.shape:
        return ""
    return "it doesn't say its new shape"


def axis_within(op: OpFacts, arguments: Arguments) -> str:
    """Whether the op's axis is one of the dimensions the file states of the tensors."""
    axis = int_option(op.op, "axis", 0)
    for name, tensor in meant(op, arguments, "of"):
        rank = len(stated_sizes(op, tensor))
        if axis >= rank:
            return f"{name} has rank {rank} in the file: dimension {axis} is none of them"
    return ""


def each_dimension_once(op: OpFacts, arguments: Arguments) -> str:
    """Whether a permutation names each dimension once."""
    for name, tensor in meant(op, arguments, "of"):
        values = op.values(tensor)
        if values is not None and len({value % len(values) for value in values}) != len(values):
            return f"{name} doesn't name each dimension once"
    return ""
