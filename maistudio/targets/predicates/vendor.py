"""Predicates of the vendors' targets, by the names their files call them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from maistudio.targets.facts import OpFacts
from maistudio.targets.predicates import vela, vela_ops, vela_reading, vela_windows
from maistudio.tflite.model import Tensor
from maistudio.tflite.text import shape_text

Predicate = Callable[[OpFacts, Mapping[str, object]], str]


def quantized_by_type(op: OpFacts, arguments: Mapping[str, object]) -> str:
    """Each tensor of a type that is named must be quantized in one of the ways listed for it."""
    for tensor in (*op.inputs, *op.outputs):
        taken = arguments.get(tensor.type)
        if isinstance(taken, list) and op.scheme(tensor) not in taken:
            return f"{tensor.label} is {tensor.type} and not quantized {' or '.join(map(_spoken, taken))}"
    return ""


def _spoken(scheme: object) -> str:
    return str(scheme).replace("_", " ")


def sizes_within(op: OpFacts, arguments: Mapping[str, object]) -> str:
    """No size is 0, and no input's behind the first is above ``most``."""
    most = _whole(arguments, "most")
    for tensor in (*op.inputs, *op.outputs):
        if 0 in (op.shape(tensor) or ()):
            return f"{tensor.label} is empty: it has a size of 0"
    for tensor in op.inputs:
        large = max((op.shape(tensor) or ())[1:], default=0)
        if large > most:
            return f"{tensor.label} has {large} in a dimension behind the first: at most {most} is taken"
    return ""


def dilated_kernel(op: OpFacts, arguments: Mapping[str, object]) -> str:
    """The kernel (input 1, height and width in dimensions 1 and 2), dilation and all, is at most ``most`` wide."""
    most = _whole(arguments, "most")
    shape = _shape(op, op.input(1))
    if shape is None or len(shape) != 4:
        return "its kernel's size is unknown"
    height, width = (
        (size - 1) * factor + 1
        for size, factor in (
            (shape[1], _option(op, "dilation_h_factor", 1)),
            (shape[2], _option(op, "dilation_w_factor", 1)),
        )
    )
    return "" if max(height, width) <= most else f"its kernel spans {height}×{width}: at most {most}×{most} is taken"


def groups_at_batch_1(op: OpFacts, arguments: Mapping[str, object]) -> str:
    """A convolution in groups is taken for one picture at a time."""
    source, weights = _shape(op, op.input(0)), _shape(op, op.input(1))
    if source is None or weights is None or len(source) != 4 or len(weights) != 4:
        return ""
    grouped = source[3] != weights[3]
    return f"it is in groups, with a batch of {source[0]}: a batch of 1 is taken" if grouped and source[0] != 1 else ""


def batch_kept(op: OpFacts, arguments: Mapping[str, object]) -> str:
    """Above rank 3 the first dimension of input and output is the same."""
    source, result = _shape(op, op.input(0)), _shape(op, op.output(0))
    if source is None or result is None or len(source) <= 3 or source[0] == result[:1][0]:
        return ""
    return f"it cuts the batch, from {shape_text(source)} to {shape_text(result)}"


def restricted_scales(op: OpFacts, arguments: Mapping[str, object]) -> str:
    """The scale of the input times that of the weights is below that of the output (the first of each)."""
    scales = [_first_scale(tensor) for tensor in (op.input(0), op.input(1), op.output(0))]
    source, weights, result = scales
    if source * weights < result:
        return ""
    return (
        f"its input's scale times its weights' is {source * weights:.6g}: less than the output's {result:.6g} is taken"
    )


def axis_not_last(op: OpFacts, arguments: Mapping[str, object]) -> str:
    """The new axis isn't the last one of the output."""
    axis, source = op.option("axis"), op.input(0)
    rank = None if source is None else op.rank(source)
    return "it stacks along the last axis" if axis == -1 or (rank is not None and axis == rank) else ""


def _first_scale(tensor: Tensor | None) -> float:
    """As TFLite's older parameters hold it: 0 where there is none."""
    return tensor.quantization.scales[0] if tensor and tensor.quantization and tensor.quantization.scales else 0.0


def _shape(op: OpFacts, tensor: Tensor | None) -> tuple[int, ...] | None:
    return None if tensor is None else op.shape(tensor)


def _option(op: OpFacts, name: str, default: int) -> int:
    value = op.option(name)
    return value if isinstance(value, int) else default


def _whole(arguments: Mapping[str, object], name: str) -> int:
    value = arguments[name]
    assert isinstance(value, int), f'"{name}" must be a whole number'
    return value


PREDICATES: Mapping[str, Predicate] = MappingProxyType(
    {
        "quantized_by_type": quantized_by_type,
        "sizes_within": sizes_within,
        "dilated_kernel": dilated_kernel,
        "groups_at_batch_1": groups_at_batch_1,
        "batch_kept": batch_kept,
        "restricted_scales": restricted_scales,
        "axis_not_last": axis_not_last,
        **vela.OF_ALL_OPS,
        **vela_windows.OF_WINDOWS,
        **vela_ops.OF_SINGLE_OPS,
        **vela_reading.WHILE_READING,
    }
)
LOOKS_AROUND: frozenset[str] = frozenset()
READS_VALUES: frozenset[str] = frozenset(
    {
        "vela_wide_bias_small",
        "vela_wide_bias_seen",
        "vela_transpose_fits",
        "vela_axis_is_last",
        "vela_mean_fits",
        "vela_slices_volume",
    }
)
READS_SCALES: frozenset[str] = frozenset(
    {"restricted_scales", "vela_zero_points_fit", "vela_alike_quantized", "vela_same_first_scale"}
)
