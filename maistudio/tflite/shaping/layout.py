"""Shape rules of ops that rearrange, join, cut and look up."""

from __future__ import annotations

from math import ceil, prod

from maistudio.tflite.options import int_option, ints_option
from maistudio.tflite.shaping.call import (
    Call,
    MisfitError,
    Rule,
    Rules,
    Shape,
    UnknownError,
    axis_in,
    broadcast,
    text_of,
)
from maistudio.tflite.shaping.slices import slice_shape, strided_shape


def _reshape(call: Call) -> list[Shape]:
    """The wanted shape is the second input, or an option in files without one; one -1 takes what is left."""
    wanted = call.ints(1) if call.has(1) else ints_option(call.op, "new_shape")
    if not call.has(1) and wanted == (0,):
        wanted = ()
    data = call.shape(0)
    count = prod(data)
    fixed = prod(size for size in wanted if size != -1)
    if -1 not in wanted:
        if fixed != count:
            raise MisfitError(f"{text_of(data)} does not reshape to {text_of(wanted)}")
        return [wanted]
    if wanted.count(-1) > 1 or fixed < 1 or count % fixed:
        raise MisfitError(f"{text_of(data)} does not reshape to {text_of(wanted)}".replace("-1", "?"))
    return [tuple(count // fixed if size == -1 else size for size in wanted)]


def _transpose(call: Call) -> list[Shape]:
    data, order = call.shape(0), call.ints(1)
    axes = [axis_in(axis, len(data)) for axis in order]
    if sorted(axes) != list(range(len(data))):
        raise MisfitError(f"{list(order)} does not order {len(data)} dimensions")
    return [tuple(data[axis] for axis in axes)]


def _squeeze(call: Call) -> list[Shape]:
    data = call.shape(0)
    named = ints_option(call.op, "squeeze_dims")
    axes = {axis_in(axis, len(data)) for axis in named} or {axis for axis, size in enumerate(data) if size == 1}
    if any(data[axis] != 1 for axis in axes):
        raise MisfitError(f"it drops dimensions {sorted(axes)} of {text_of(data)}, which are not all 1")
    return [tuple(size for axis, size in enumerate(data) if axis not in axes)]


def _expand_dims(call: Call) -> list[Shape]:
    data = call.shape(0)
    place = axis_in(call.scalar(1), len(data) + 1)
    return [(*data[:place], 1, *data[place:])]


def _concatenation(call: Call) -> list[Shape]:
    shapes = [call.shape(place) for place in range(len(call.op.inputs))]
    return [_joined(shapes, int_option(call.op, "axis", 0))]


def _stablehlo_concatenate(call: Call) -> list[Shape]:
    shapes = [call.shape(place) for place in range(len(call.op.inputs))]
    return [_joined(shapes, int_option(call.op, "dimension", 0))]


def _joined(shapes: list[Shape], axis: int) -> Shape:
    if not shapes:
        raise UnknownError
    first = shapes[0]
    axis = axis_in(axis, len(first))
    rest = (*first[:axis], *first[axis + 1 :])
    for shape in shapes:
        if len(shape) != len(first) or (*shape[:axis], *shape[axis + 1 :]) != rest:
            raise MisfitError(f"{text_of(first)} and {text_of(shape)} do not join along dimension {axis}")
    return (*first[:axis], sum(shape[axis] for shape in shapes), *first[axis + 1 :])


def _split(call: Call) -> list[Shape]:
    data, parts = call.shape(1), len(call.op.outputs)
    axis = axis_in(call.scalar(0), len(data))
    if not parts or data[axis] % parts:
        raise MisfitError(f"dimension {axis} of {text_of(data)} does not split into {parts}")
    return [(*data[:axis], data[axis] // parts, *data[axis + 1 :])] * parts


def _split_sizes(call: Call) -> list[Shape]:
    """SPLIT_V: one size may be -1, for what is left."""
    data, sizes = call.shape(0), call.ints(1)
    axis = axis_in(call.scalar(2), len(data))
    left = data[axis] - sum(size for size in sizes if size != -1)
    parts = [left if size == -1 else size for size in sizes]
    if sizes.count(-1) > 1 or left < 0 or sum(parts) != data[axis] or len(parts) != len(call.op.outputs):
        raise MisfitError(f"dimension {axis} of {text_of(data)} does not split into {list(sizes)}".replace("-1", "?"))
    return [(*data[:axis], part, *data[axis + 1 :]) for part in parts]


def _pack(call: Call) -> list[Shape]:
    shapes = {call.shape(place) for place in range(len(call.op.inputs))}
    if len(shapes) != 1:
        raise MisfitError(" and ".join(map(text_of, sorted(shapes))) + " do not pack together")
    data = shapes.pop()
    axis = axis_in(int_option(call.op, "axis", 0), len(data) + 1)
    return [(*data[:axis], len(call.op.inputs), *data[axis:])]


def _unpack(call: Call) -> list[Shape]:
    data = call.shape(0)
    axis = axis_in(int_option(call.op, "axis", 0), len(data))
    if data[axis] != len(call.op.outputs):
        raise MisfitError(f"dimension {axis} of {text_of(data)} does not unpack into {len(call.op.outputs)}")
    return [(*data[:axis], *data[axis + 1 :])] * len(call.op.outputs)


def _pad(call: Call) -> list[Shape]:
    data, paddings = call.shape(0), call.ints(1)
    if len(paddings) != 2 * len(data):
        raise MisfitError(f"{len(paddings)} paddings do not go with {len(data)} dimensions")
    return [
        tuple(before + size + after for size, before, after in zip(data, paddings[::2], paddings[1::2], strict=True))
    ]


def _slice(call: Call) -> list[Shape]:
    return [slice_shape(call.shape(0), call.ints(1), call.ints(2))]


def _strided_slice(call: Call) -> list[Shape]:
    return [strided_shape(call.op, call.shape(0), call.ints(1), call.ints(2), call.ints(3))]


def _tile(call: Call) -> list[Shape]:
    data, times = call.shape(0), call.ints(1)
    if len(times) != len(data):
        raise MisfitError(f"{len(times)} repeats do not go with {len(data)} dimensions")
    return [tuple(size * count for size, count in zip(data, times, strict=True))]


def _gather(call: Call) -> list[Shape]:
    data, indices = call.shape(0), call.shape(1)
    axis = axis_in(int_option(call.op, "axis", 0), len(data))
    batch = int_option(call.op, "batch_dims", 0)
    batch = axis_in(batch, len(indices) + 1) if batch else 0
    if batch > axis or data[:batch] != indices[:batch]:
        raise MisfitError(f"indices {text_of(indices)} do not share {batch} leading dimensions with {text_of(data)}")
    return [(*data[:axis], *indices[batch:], *data[axis + 1 :])]


def _gather_nd(call: Call) -> list[Shape]:
    data, indices = call.shape(0), call.shape(1)
    if not indices or indices[-1] > len(data):
        raise MisfitError(f"indices {text_of(indices)} reach beyond {text_of(data)}")
    return [(*indices[:-1], *data[indices[-1] :])]


def _embedding_lookup(call: Call) -> list[Shape]:
    return [(*call.shape(0), *call.shape(1)[1:])]


def _as_wanted(place: int) -> Rule:
    """The result's shape is what the input at ``place`` holds."""

    def rule(call: Call) -> list[Shape]:
        return [call.ints(place)]

    return rule


def _broadcast_to(call: Call) -> list[Shape]:
    wanted = call.ints(1)
    if broadcast(call.shape(0), wanted) != wanted:
        raise MisfitError(f"{text_of(call.shape(0))} does not broadcast to {text_of(wanted)}")
    return [wanted]


def _range(call: Call) -> list[Shape]:
    start, limit, step = call.number(0), call.number(1), call.number(2)
    if step == 0:
        raise MisfitError("its step is 0")
    return [(max(0, ceil((limit - start) / step)),)]


def _one_hot(call: Call) -> list[Shape]:
    indices, depth = call.shape(0), call.scalar(1)
    axis = axis_in(int_option(call.op, "axis", -1), len(indices) + 1)
    return [(*indices[:axis], depth, *indices[axis:])]


def _matrix_diag(call: Call) -> list[Shape]:
    data = call.shape(0)
    if not data:
        raise MisfitError("a scalar has no diagonal")
    return [(*data, data[-1])]


def _non_max_suppression(call: Call) -> list[Shape]:
    """V4 gives indices and their number, V5 indices, scores and their number."""
    most = call.scalar(2)
    return [*([(most,)] * (len(call.op.outputs) - 1)), ()]


def _multinomial(call: Call) -> list[Shape]:
    return [(call.ranked(0, 2)[0], call.scalar(1))]


def _stablehlo_transpose(call: Call) -> list[Shape]:
    data, order = call.shape(0), ints_option(call.op, "permutation")
    if sorted(order) != list(range(len(data))):
        raise MisfitError(f"{list(order)} does not order {len(data)} dimensions")
    return [tuple(data[axis] for axis in order)]


RULES: Rules = {
    "RESHAPE": _reshape,
    "TRANSPOSE": _transpose,
    "SQUEEZE": _squeeze,
    "EXPAND_DIMS": _expand_dims,
    "CONCATENATION": _concatenation,
    "SPLIT": _split,
    "SPLIT_V": _split_sizes,
    "PACK": _pack,
    "UNPACK": _unpack,
    "PAD": _pad,
    "PADV2": _pad,
    "MIRROR_PAD": _pad,
    "SLICE": _slice,
    "STRIDED_SLICE": _strided_slice,
    "TILE": _tile,
    "GATHER": _gather,
    "GATHER_ND": _gather_nd,
    "EMBEDDING_LOOKUP": _embedding_lookup,
    "FILL": _as_wanted(0),
    "RANDOM_UNIFORM": _as_wanted(0),
    "RANDOM_STANDARD_NORMAL": _as_wanted(0),
    "SPARSE_TO_DENSE": _as_wanted(1),
    "SCATTER_ND": _as_wanted(2),
    "BROADCAST_TO": _broadcast_to,
    "BROADCAST_ARGS": lambda call: [(max(prod(call.shape(0)), prod(call.shape(1))),)],
    "RANGE": _range,
    "ONE_HOT": _one_hot,
    "SHAPE": lambda call: [(len(call.shape(0)),)],
    "RANK": lambda _: [()],
    "MATRIX_DIAG": _matrix_diag,
    "NON_MAX_SUPPRESSION_V4": _non_max_suppression,
    "NON_MAX_SUPPRESSION_V5": _non_max_suppression,
    "MULTINOMIAL": _multinomial,
    "STABLEHLO_CONCATENATE": _stablehlo_concatenate,
    "STABLEHLO_TRANSPOSE": _stablehlo_transpose,
}
