"""Conditions of the rules of NNAPI and Core ML that data alone can't state. ``of`` names tensors."""

from __future__ import annotations

from math import prod

from maistudio.targets.facts import OpFacts
from maistudio.targets.predicates.arguments import Arguments, meant, whole
from maistudio.tflite.options import int_option, ints_option
from maistudio.tflite.text import shape_text


def broadcasts_like_core_ml(op: OpFacts, _: Arguments) -> str:
    """Whether Core ML broadcasts the two inputs: whole height and width, or channels, from 1; batches only scalars."""
    first, second = op.input(0), op.input(1)
    shapes = [op.shape(tensor) for tensor in (first, second) if tensor is not None]
    if first is None or second is None or None in shapes:
        return ""
    if any(len(shape) > 4 for shape in shapes if shape is not None):
        return "its inputs have more than 4 dimensions"
    one, other = ((1,) * (4 - len(shape)) + shape for shape in shapes if shape is not None)
    scalar = any(tensor.constant and prod(tensor.shape) == 1 for tensor in (first, second))
    if one[0] != other[0] and not scalar:
        return f"its inputs have batches of {one[0]} and {other[0]}"
    if one[1:3] != other[1:3] and (1, 1) not in (one[1:3], other[1:3]):
        return f"its inputs are {shape_text(one[1:3])} and {shape_text(other[1:3])} in height and width"
    if one[3] != other[3] and 1 not in (one[3], other[3]):
        return f"its inputs have {one[3]} and {other[3]} channels"
    return ""


def only_last_dimension(op: OpFacts, arguments: Arguments) -> str:
    """Whether all dimensions but the last are 1."""
    for name, tensor in meant(op, arguments, "of"):
        shape = op.shape(tensor)
        if shape is not None and prod(shape[:-1]) != 1:
            return f"{name} has the shape {shape_text(shape)}: a batch of 1 is taken"
    return ""


def axis_is_not_last(op: OpFacts, arguments: Arguments) -> str:
    """Whether the op's axis is neither -1 nor the last dimension; of what it makes, where ``made`` is true."""
    source, axis = op.input(0), int_option(op.op, "axis", 0)
    rank = None if source is None else op.rank(source)
    if rank is None or axis not in (-1, rank if arguments.get("made") is True else rank - 1):
        return ""
    return "its axis is the last dimension"


def split_leaves_no_nothing(op: OpFacts, _: Arguments) -> str:
    """Whether no piece of a SPLIT_V is empty."""
    sizes = None if (tensor := op.input(1)) is None else op.values(tensor)
    if sizes is not None and 0 in sizes:
        return "one of its pieces is empty"
    empty = next((shape for tensor in op.outputs if (shape := op.shape(tensor)) is not None and 0 in shape), None)
    return "" if empty is None else "one of its pieces is empty"


def none_of_size_zero(op: OpFacts, arguments: Arguments) -> str:
    """Whether the tensors have elements."""
    for name, tensor in meant(op, arguments, "of"):
        shape = op.shape(tensor)
        if shape is not None and 0 in shape:
            return f"{name} has no elements"
    return ""


def small_window(op: OpFacts, arguments: Arguments) -> str:
    """Whether a pooling window has at most ``most`` values."""
    height, width = int_option(op.op, "filter_height", 0), int_option(op.op, "filter_width", 0)
    most = whole(arguments, "most")
    return "" if height * width <= most else f"its window is {height}×{width}: at most {most} values are taken"


def one_group(op: OpFacts, _: Arguments) -> str:
    """Whether a convolution's filter has as many channels as its input."""
    source, weights = op.input(0), op.input(1)
    shape = None if source is None else op.shape(source)
    if shape is None or weights is None or len(shape) != 4 or len(weights.shape) != 4:
        return ""
    return (
        "" if shape[3] == weights.shape[3] else f"its input has {shape[3]} channels and its filter {weights.shape[3]}"
    )


def square_output(op: OpFacts, _: Arguments) -> str:
    """Whether an output is as high as it is wide."""
    result = op.output(0)
    shape = None if result is None else op.shape(result)
    if shape is None or len(shape) < 3 or shape[1] == shape[2]:
        return ""
    return f"its output is {shape[1]} high and {shape[2]} wide"


def squeezes_named_dimensions(op: OpFacts, _: Arguments) -> str:
    """Whether a SQUEEZE names the dimensions it drops."""
    return "" if ints_option(op.op, "squeeze_dims") else "it names no dimensions to drop: name them, or use RESHAPE"


def pads_only_height_and_width(op: OpFacts, _: Arguments) -> str:
    """Whether a padding of four dimensions leaves batch and channels as they are."""
    paddings = None if (tensor := op.input(1)) is None else op.values(tensor)
    if paddings is None or len(paddings) != 8:
        return "its paddings can't be told before it runs"
    return "it pads the batch or the channels" if any(paddings[:2]) or any(paddings[6:]) else ""
