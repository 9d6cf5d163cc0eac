"""What Vela asks of single types of ops, beyond what conditions of a target file can say."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from math import prod
from types import MappingProxyType

from maistudio.targets.facts import OpFacts
from maistudio.targets.predicates.vela_tensors import (
    order_of,
    shape_of_four,
    vela_shape,
)
from maistudio.tflite.text import shape_text

Predicate = Callable[[OpFacts, Mapping[str, object]], str]
MOST_MEAN_ELEMENTS: Mapping[str, int] = MappingProxyType({"INT8": 1 << 24, "UINT8": 1 << 23, "INT16": 1 << 16})
MOST_MEAN_AXIS = 64 * 64
SIDE = 1 << 16
"""The largest height, width and depth of most feature maps."""


def resize_fits(op: OpFacts, arguments: Mapping[str, object]) -> str:
    """Height and width grow by one factor of 2, 4 or 8; only 2 with half-pixel centres when bilinear."""
    source, result = shape_of_four(op, op.input(0)), shape_of_four(op, op.output(0))
    centred = op.op.type == "RESIZE_BILINEAR" and op.option("half_pixel_centers") is True
    if source is None or result is None or source[1:3] == (1, 1):
        return ""
    if source[1:3] == result[1:3]:
        return "it keeps the size, with half-pixel centres" if centred else ""
    less = 1 if op.option("align_corners") is True else 0
    tall, wide = (
        1.0 if less and result[place] == 1 else (result[place] - less) / max(source[place] - less, 1)
        for place in (1, 2)
    )
    most = 2 if centred else 8
    flat = not centred and ((result[1] == 1 and tall == 1) or (result[2] == 1 and wide == 1))
    grows = max(tall, wide)
    if (tall == wide or flat) and grows in (2, 4, 8) and grows <= most:
        return ""
    taken = "2" if centred else "2, 4 or 8"
    return f"it grows {tall:.4g} times in height and {wide:.4g} times in width: {taken} times in both is taken"


def transpose_fits(op: OpFacts, arguments: Mapping[str, object]) -> str:
    """The order of axes is one the hardware knows for maps of this type and size."""
    source, order = op.input(0), order_of(op)
    if source is None or order is None:
        return ""
    shape = vela_shape(op, source) or ()
    if source.type == "INT32":
        return _wide_transpose(shape, order)
    if order == tuple(range(len(order))) or not shape:
        return ""
    if len(shape) <= 3 or (prod(shape[:-3]) == 1 and order[: len(order) - 3] == tuple(range(len(order) - 3))):
        return "" if max(shape[-3:]) <= SIDE else f"a side of {shape_text(shape)} is above {SIDE}"
    rest = max(prod(shape) // (one * other) for one, other in combinations(shape, 2)) if min(shape) > 0 else 0
    return (
        "" if rest <= SIDE else f"all but two sizes of {shape_text(shape)} multiply to {rest}: at most {SIDE} is taken"
    )


def _wide_transpose(shape: Sequence[int], order: tuple[int, ...]) -> str:
    if len(shape) > 4:
        return f"it moves int32 of rank {len(shape)}: at most 4 is taken"
    batch, height, width, depth = (1,) * (4 - len(shape)) + tuple(shape)
    moved = tuple(range(4 - len(order))) + tuple(place + 4 - len(order) for place in order)
    fits: Mapping[tuple[int, ...], bool] = {
        (0, 1, 2, 3): depth <= 1 << 15,
        (0, 2, 1, 3): batch <= 1 and max(height, width) <= SIDE and depth <= 1 << 14,
        (0, 1, 3, 2): max(batch * height, width, depth) <= SIDE,
    }
    return "" if fits.get(moved, False) else "it moves int32 in an order, or of a size, that isn't taken"


def axis_is_last(op: OpFacts, arguments: Mapping[str, object]) -> str:
    """It works along the last axis (input 1)."""
    source, axis = op.input(0), op.input(1)
    values = None if axis is None else op.values(axis)
    rank = None if source is None else len(vela_shape(op, source) or ())
    return (
        "" if values is None or values[0] in (-1, (rank or 0) - 1) else f"it works along axis {values[0]}, not the last"
    )


def mean_fits(op: OpFacts, arguments: Mapping[str, object]) -> str:
    """One picture; few enough values are summed; over the channels only where another side is 1."""
    source, axes = op.input(0), op.input(1)
    shape = shape_of_four(op, source)
    found = None if axes is None else op.values(axes)
    if source is None or shape is None or found is None:
        return ""
    if shape[0] > 1:
        return f"it has a batch of {shape[0]}: 1 is taken"
    rank = len(vela_shape(op, source) or ())
    summed = {int(axis) % max(rank, 1) + len(shape) - rank for axis in found}
    if len(shape) - 1 in summed and 1 not in shape[1:4]:
        return f"it averages the channels of {shape_text(shape)}: a height, width or depth of 1 is taken"
    if max(shape[axis] for axis in summed) > MOST_MEAN_AXIS:
        return f"it averages along more than {MOST_MEAN_AXIS} values"
    count, most = prod(shape[axis] for axis in summed), MOST_MEAN_ELEMENTS.get(source.type, 1)
    return "" if count <= most else f"it averages {count} values: at most {most} of {source.type} is taken"


def softmax_fits(op: OpFacts, arguments: Mapping[str, object]) -> str:
    """Height times width is at most 65,536."""
    shape = shape_of_four(op, op.input(0))
    return "" if shape is None or shape[-3] * shape[-2] <= SIDE else f"{shape[-3]}×{shape[-2]} places are above {SIDE}"


def slices_volume(op: OpFacts, arguments: Mapping[str, object]) -> str:
    """Steps are positive, and 1 but for height and width."""
    source, steps = op.input(0), op.input(3)
    found = None if steps is None else op.values(steps)
    if source is None or found is None:
        return ""
    rank = len(vela_shape(op, source) or ())
    free = {rank - 3, rank - 2}
    if any(step < 0 for step in found):
        return "it steps backwards"
    odd = next((place for place, step in enumerate(found) if step != 1 and place not in free), None)
    return "" if odd is None else f"it steps by {found[odd]} along axis {odd}: only height and width may be stepped"


def outputs_are_splits(op: OpFacts, arguments: Mapping[str, object]) -> str:
    """It states as many pieces as it has outputs."""
    stated, there = op.option("num_splits"), len(op.op.outputs)
    return "" if stated == there else f"it states {stated or 0} pieces and has {there} outputs"


def lstm_gates(op: OpFacts, arguments: Mapping[str, object]) -> str:
    """All gates have weights, and there is neither a peephole nor a projection nor a normalization."""
    present = [op.input(place) is not None for place in range(24)]
    if not all(present[1:9]):
        return "a gate has no weights"
    for words, places in (("peephole", (9, 10, 11)), ("projection", (16, 17)), ("normalization", (20, 21, 22, 23))):
        if any(present[place] for place in places):
            return f"it has a {words}"
    return ""


OF_SINGLE_OPS: Mapping[str, Predicate] = MappingProxyType(
    {
        "vela_resize_fits": resize_fits,
        "vela_transpose_fits": transpose_fits,
        "vela_axis_is_last": axis_is_last,
        "vela_mean_fits": mean_fits,
        "vela_softmax_fits": softmax_fits,
        "vela_slices_volume": slices_volume,
        "vela_outputs_are_splits": outputs_are_splits,
        "vela_lstm_gates": lstm_gates,
    }
)
"""By the names target files call them."""
