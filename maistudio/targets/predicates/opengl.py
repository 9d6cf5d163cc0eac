"""What the OpenGL shaders of the TFLite GPU delegate ask beyond its parsers; unknown shapes and values hold.

The places are the ``GenerateCode`` functions under ``tflite/delegates/gpu/gl/kernels`` of LiteRT.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from maistudio.targets.facts import OpFacts
from maistudio.targets.predicates.gpu_shapes import LAYOUTS, Bhwc, bhwc
from maistudio.tflite.model import Tensor
from maistudio.tflite.text import shape_text

Arguments = Mapping[str, object]
BLOCK = 4
"""Channels that a shader reads at once."""


def _sizes(op: OpFacts, tensor: Tensor | None) -> Bhwc | None:
    shape = None if tensor is None else op.shape(tensor)
    return None if shape is None else bhwc(shape)


def gl_batch(op: OpFacts, arguments: Arguments) -> str:
    """All that is computed has one batch size. A tensor's first dimension is its batch, whatever its rank."""
    computed = (*op.runtime_inputs, *(each for each in op.outputs if not op.is_constant(each)))
    batches = {sizes[0] for each in computed if (sizes := _sizes(op, each)) is not None}
    if len(batches) < 2:
        return ""
    return f"its tensors have the batch sizes {' and '.join(map(str, sorted(batches)))}: OpenGL takes one for all"


def gl_operands(op: OpFacts, arguments: Arguments) -> str:
    """Two operands have one shape, or the second is spread over the first as its op's shader can."""
    runtime = op.runtime_inputs
    if len(runtime) == 1 and len(op.inputs) == 2:
        return _gl_constant(op)
    sizes = [_sizes(op, each) for each in runtime]
    if len(runtime) != 2 or sizes[0] is None or sizes[1] is None:
        return ""
    first, second = sizes[0], sizes[1]
    swaps = op.op.type in ("ADD", "ADD_N", "MUL")
    if swaps and first[1] <= second[1] and first[2] <= second[2] and first[3] == second[3]:
        first, second = second, first
    if op.op.type == "MUL":
        fits = all(small == large or (small == 1 and large != 1) for large, small in zip(first, second, strict=True))
        taken = "one shape, or a second operand with 1 where it differs"
    else:
        fits = first == second or second[1:] == (1, 1, first[3])
        taken = "one shape, or a value per channel as the second operand"
    return "" if fits else f"its operands are {shape_text(sizes[0])} and {shape_text(sizes[1])}: OpenGL takes {taken}"


def _gl_constant(op: OpFacts) -> str:
    """ADD and MUL read pictures of constants too, the other ops only values per channel."""
    shape = op.shape(op.constant_inputs[0]) if op.constant_inputs else None
    if shape is None or op.op.type in ("ADD", "ADD_N", "MUL") or set(shape[:-1]) <= {1}:
        return ""
    return f"its constant is {shape_text(shape)}: OpenGL takes one value, or one per channel"


def gl_groups(op: OpFacts, arguments: Arguments) -> str:
    """CONV_2D in one group, with a filter per channel, which is a depthwise convolution, or pointwise in fours."""
    groups = _groups(op)
    if groups < 2 or _pointwise_in_fours(op, groups):
        return ""
    return f"it has {groups} groups: OpenGL has a shader neither for them nor for the SPLIT that replaces them"


def gl_pointwise_groups(op: OpFacts, arguments: Arguments) -> str:
    """No pointwise CONV_2D in groups of fours: its shader, the first that is tried, doesn't look at groups."""
    groups = _groups(op)
    if groups < 2 or not _pointwise_in_fours(op, groups):
        return ""
    return (
        f"it has {groups} groups: OpenGL's shader for 1×1 kernels passes over groups, so that what comes out is not "
        "known; use one group"
    )


def _groups(op: OpFacts) -> int:
    """The groups of a convolution by constant weights, 1 for a depthwise one and where they aren't known."""
    source, made = _sizes(op, op.input(0)), _sizes(op, op.output(0))
    weights = op.input(1)
    kernel = None if weights is None else op.shape(weights)
    if source is None or made is None or kernel is None or len(kernel) != 4 or len(op.runtime_inputs) != 1:
        return 1
    if kernel[3] == source[3] or (kernel[3] == 1 and source[3] == made[3]):
        return 1
    return source[3] // max(kernel[3], 1)


def _pointwise_in_fours(op: OpFacts, groups: int) -> bool:
    """Whether kernels are 1×1 with steps of 1, and groups take and make channels in fours."""
    weights = op.input(1)
    kernel = None if weights is None else op.shape(weights)
    if kernel is None or tuple(kernel[1:3]) != (1, 1):
        return False
    steps = ("stride_h", "stride_w", "dilation_h_factor", "dilation_w_factor")
    return all(op.option(name) == 1 for name in steps) and kernel[3] % BLOCK == 0 == kernel[0] // groups % BLOCK


def gl_mean(op: OpFacts, arguments: Arguments) -> str:
    """MEAN over height and width of four dimensions."""
    source, axes = op.input(0), op.input(1)
    rank = None if source is None else op.rank(source)
    values = None if axes is None else op.values(axes)
    if rank is None or values is None:
        return ""
    layout = LAYOUTS.get(rank, ())
    reduced = {layout[int(axis)] for axis in values if -rank <= axis < rank and layout}
    return "" if reduced == {1, 2} else "it is not over height and width: OpenGL averages over just these"


def gl_padding(op: OpFacts, arguments: Arguments) -> str:
    """Paddings of four dimensions that leave the batch alone, none negative."""
    paddings = op.input(1)
    shape = None if paddings is None else op.shape(paddings)
    if paddings is None or shape is None:
        return ""
    if tuple(shape) == (3, 2):
        return "paddings of three dimensions pad the batch: OpenGL can't"
    values = op.values(paddings)
    if values is None:
        return ""
    if any(values[:2]):
        return "it pads the batch: OpenGL can't"
    return "a padding is negative: OpenGL can't cut" if min(values) < 0 else ""


def gl_enlarges(op: OpFacts, arguments: Arguments) -> str:
    """Resizing makes neither height nor width smaller."""
    source, made = _sizes(op, op.input(0)), _sizes(op, op.output(0))
    if source is None or made is None or (source[1] <= made[1] and source[2] <= made[2]):
        return ""
    return f"it shrinks {source[1]}×{source[2]} to {made[1]}×{made[2]}: OpenGL only enlarges"


def gl_joins(op: OpFacts, arguments: Arguments) -> str:
    """Tensors are joined along height, width or channels."""
    made = _sizes(op, op.output(0))
    sizes = [_sizes(op, each) for each in op.inputs]
    if made is None or len(sizes) < 2:
        return ""
    if op.op.type == "PACK":
        return _gl_packs(op)
    grows = any(each is None or each[1:] != made[1:] for each in sizes)
    return "" if grows else "it joins along the batch: OpenGL can't"


def _gl_packs(op: OpFacts) -> str:
    made, axis = op.output(0), op.option("axis")
    rank = None if made is None else op.rank(made)
    if rank is None or not isinstance(axis, int) or not -rank <= axis < rank or rank not in LAYOUTS:
        return ""
    return "it packs along the batch: OpenGL can't" if LAYOUTS[rank][axis] == 0 else ""


OPENGL: Mapping[str, Callable[[OpFacts, Arguments], str]] = MappingProxyType(
    {
        "gl_batch": gl_batch,
        "gl_operands": gl_operands,
        "gl_groups": gl_groups,
        "gl_pointwise_groups": gl_pointwise_groups,
        "gl_mean": gl_mean,
        "gl_padding": gl_padding,
        "gl_enlarges": gl_enlarges,
        "gl_joins": gl_joins,
    }
)
