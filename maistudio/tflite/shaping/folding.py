"""The values of small tensors that ops compute from constants and shapes, as models with dynamic inputs do."""

from __future__ import annotations

import operator
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from math import ceil, floor, isfinite, prod

from maistudio.tflite.model import Model, Tensor
from maistudio.tflite.options import int_option, word_option
from maistudio.tflite.shaping.call import Call, Shape, UnknownError, Values, axis_in
from maistudio.tflite.shaping.slices import slice_cuts, strided_cuts

MOST_ELEMENTS = 512
"""Larger tensors hold data, not shape arithmetic, and are not followed."""

_FORMATS = {"INT64": "q", "INT32": "i", "INT16": "h", "INT8": "b", "UINT8": "B", "BOOL": "?", "FLOAT32": "f"}
_BOUNDS = {"INT64": 2**63, "INT32": 2**31, "INT16": 2**15, "INT8": 2**7}

_Fold = Callable[[Call, Sequence[Shape]], Sequence[Values]]
"""Gives the values of each result from those of the inputs; raises UnknownError or MisfitError."""


def is_small(shape: Shape) -> bool:
    """Whether a tensor's values are followed; an empty one can have huge dimensions and is not small then."""
    return prod(shape) <= MOST_ELEMENTS and max(shape, default=0) <= MOST_ELEMENTS


def constant_values(model: Model, tensor: Tensor) -> Values | None:
    """The elements of a small constant; None for one that is quantized, of another type, or not of its shape's size.

    Raises StaleFileError when the file changed on disk.
    """
    format_word = _FORMATS.get(tensor.type)
    if format_word is None or tensor.quantization is not None or tensor.sparsity is not None:
        return None
    span = model.buffers[tensor.buffer]
    count, left = divmod(span.size, struct.calcsize(format_word))
    if left or span.external or count != prod(tensor.shape) or not is_small(tensor.shape):
        return None
    return struct.unpack(f"<{count}{format_word}", model.source.read(span.offset, span.size))


def fold(call: Call, shapes: Sequence[Shape | None], types: Sequence[str]) -> list[Values | None]:
    """The values of an op's results of these shapes and types, None where they are not known.

    Raises MisfitError where the inputs contradict the op.
    """
    unknown: list[Values | None] = [None] * len(shapes)
    folder = FOLDERS.get(call.op.type)
    known = [shape for shape in shapes if shape is not None and is_small(shape)]
    if folder is None or not known or len(known) < len(shapes):
        return unknown
    try:
        results = folder(call, known)
    except (UnknownError, ArithmeticError):
        return unknown
    if len(results) != len(known):
        return unknown
    return [
        _as_type(values, element_type) if len(values) == prod(shape) else None
        for values, shape, element_type in zip(results, known, types, strict=True)
    ]


def _as_type(values: Values, element_type: str) -> Values | None:
    """The values as a tensor of this type holds them; None where one does not fit."""
    if element_type == "FLOAT32":
        try:
            return struct.unpack(f"<{len(values)}f", struct.pack(f"<{len(values)}f", *values))
        except OverflowError:
            return None
    if element_type == "BOOL":
        return tuple(bool(value) for value in values)
    reach = _BOUNDS.get(element_type)
    if reach is None or not all(-reach <= value < reach for value in values):
        return None
    return tuple(int(value) for value in values)


def _strides(shape: Shape) -> list[int]:
    """How far apart neighbours along each dimension lie in row-major order."""
    return [prod(shape[axis + 1 :]) for axis in range(len(shape))]


def _spread(values: Values, shape: Shape, result: Shape) -> Iterator[float]:
    """``values`` of ``shape`` broadcast to ``result``."""
    padded = (1,) * (len(result) - len(shape)) + shape
    if len(padded) > len(result) or any(size not in (1, wide) for size, wide in zip(padded, result, strict=True)):
        raise UnknownError
    steps = [0 if size == 1 else step for size, step in zip(padded, _strides(padded), strict=True)]
    offsets = ([number * step for number in range(size)] for size, step in zip(result, steps, strict=True))
    return (values[sum(place)] for place in product(*offsets))


def _elementwise(function: Callable[..., float], arguments: int = 2) -> _Fold:
    def folder(call: Call, shapes: Sequence[Shape]) -> list[Values]:
        fused = word_option(call.op, "fused_activation_function", "NONE")
        if fused != "NONE" or len(call.op.inputs) != arguments:
            raise UnknownError
        spread = [_spread(call.values(place), call.shape(place), shapes[0]) for place in range(arguments)]
        return [tuple(map(function, *spread))]

    return folder


def _same(call: Call, _: Sequence[Shape]) -> list[Values]:
    """Ops that change the shape alone, or the type."""
    return [call.values(0)]


def _divide(left: float, right: float) -> float:
    """DIV truncates integers towards zero."""
    if isinstance(left, int) and isinstance(right, int):
        quotient = abs(left) // abs(right)
        return quotient if (left < 0) == (right < 0) else -quotient
    return left / right


def _whole(function: Callable[[float], int]) -> Callable[[float], float]:
    """Rounding, of numbers that have a whole part."""

    def rounded(value: float) -> float:
        if not isfinite(value):
            raise UnknownError
        return function(value)

    return rounded


def _power(base: float, exponent: float) -> float:
    if abs(exponent) > 64 or base < 0:
        raise UnknownError
    return int(base**exponent) if isinstance(base, int) and exponent >= 0 else float(base**exponent)


def _concatenation(call: Call, shapes: Sequence[Shape]) -> list[Values]:
    axis = axis_in(int_option(call.op, "axis", 0), len(shapes[0]))
    parts = [(call.values(place), prod(call.shape(place)[axis:])) for place in range(len(call.op.inputs))]
    return [_interleaved(parts, prod(shapes[0][:axis]))]


def _pack(call: Call, shapes: Sequence[Shape]) -> list[Values]:
    axis = axis_in(int_option(call.op, "axis", 0), len(shapes[0]))
    length = prod(shapes[0][axis + 1 :])
    parts = [(call.values(place), length) for place in range(len(call.op.inputs))]
    return [_interleaved(parts, prod(shapes[0][:axis]))]


def _interleaved(parts: Sequence[tuple[Values, int]], times: int) -> Values:
    """Runs of each part in turn; a part comes with the length of its runs."""
    return tuple(
        value for turn in range(times) for values, run in parts for value in values[turn * run : (turn + 1) * run]
    )


def _unpack(call: Call, shapes: Sequence[Shape]) -> list[Values]:
    data = call.shape(0)
    axis = axis_in(int_option(call.op, "axis", 0), len(data))
    run, values = prod(data[axis + 1 :]), call.values(0)
    if not values:
        raise UnknownError
    starts = [range(part * run, len(values), run * data[axis]) for part in range(len(shapes))]
    return [tuple(value for start in of_part for value in values[start : start + run]) for of_part in starts]


def _gather(call: Call, _: Sequence[Shape]) -> list[Values]:
    """Along axis 0; shape arithmetic takes single entries of a vector."""
    data, values = call.shape(0), call.values(0)
    if int_option(call.op, "axis", 0) not in (0, -len(data)) or int_option(call.op, "batch_dims", 0) or not data:
        raise UnknownError
    inner = prod(data[1:])
    indices = call.ints(1)
    if any(not 0 <= index < data[0] for index in indices):
        raise UnknownError
    return [tuple(value for index in indices for value in values[index * inner : (index + 1) * inner])]


def _strided_slice(call: Call, _: Sequence[Shape]) -> list[Values]:
    cuts = strided_cuts(call.op, call.shape(0), call.ints(1), call.ints(2), call.ints(3))[0]
    return [_cut_out(call, [(cut.start, cut.step, cut.size) for cut in cuts])]


def _slice(call: Call, _: Sequence[Shape]) -> list[Values]:
    cuts = slice_cuts(call.shape(0), call.ints(1), call.ints(2))
    return [_cut_out(call, [(cut.start, cut.step, cut.size) for cut in cuts])]


def _cut_out(call: Call, cuts: Sequence[tuple[int, int, int]]) -> Values:
    values = call.values(0)
    steps = _strides(call.shape(0))
    offsets = [
        [(start + number * step) * apart for number in range(count)]
        for (start, step, count), apart in zip(cuts, steps, strict=True)
    ]
    return tuple(values[sum(place)] for place in product(*offsets))


def _transpose(call: Call, _: Sequence[Shape]) -> list[Values]:
    data, values = call.shape(0), call.values(0)
    steps = _strides(data)
    axes = [axis_in(axis, len(data)) for axis in call.ints(1)]
    if sorted(axes) != list(range(len(data))):
        raise UnknownError
    places = product(*([number * steps[axis] for number in range(data[axis])] for axis in axes))
    return [tuple(values[sum(place)] for place in places)]


def _reduction(combine: Callable[[Sequence[float]], float]) -> _Fold:
    def folder(call: Call, _: Sequence[Shape]) -> list[Values]:
        data, values = call.shape(0), call.values(0)
        dropped = {axis_in(axis, len(data)) for axis in call.ints(1)}
        steps = _strides(data)

        def offsets(axes: set[int]) -> list[int]:
            return [
                sum(place)
                for place in product(*([number * steps[axis] for number in range(data[axis])] for axis in sorted(axes)))
            ]

        within = offsets(dropped)
        kept = offsets(set(range(len(data))) - dropped)
        return [tuple(combine([values[start + step] for step in within]) for start in kept)]

    return folder


def _largest(values: Sequence[float]) -> float:
    if not values:
        raise UnknownError
    return max(values)


def _smallest(values: Sequence[float]) -> float:
    if not values:
        raise UnknownError
    return min(values)


def _range(call: Call, shapes: Sequence[Shape]) -> list[Values]:
    start, step = call.number(0), call.number(2)
    return [tuple(start + place * step for place in range(prod(shapes[0])))]


def _tile(call: Call, shapes: Sequence[Shape]) -> list[Values]:
    data, values = call.shape(0), call.values(0)
    steps, times = _strides(data), call.ints(1)
    if len(times) != len(data) or tuple(map(operator.mul, data, times)) != shapes[0]:
        raise UnknownError
    places = product(
        *(
            [number % size * step for number in range(size * count)]
            for size, count, step in zip(data, times, steps, strict=True)
        )
    )
    return [tuple(values[sum(place)] for place in places)]


def _broadcast_args(call: Call, _: Sequence[Shape]) -> list[Values]:
    left, right = call.ints(0), call.ints(1)
    rank = max(len(left), len(right))
    pairs = zip(*((1,) * (rank - len(side)) + side for side in (left, right)), strict=True)
    return [tuple(second if first == 1 else first for first, second in pairs)]


FOLDERS: Mapping[str, _Fold] = {
    "SHAPE": lambda call, _: [call.shape(0)],
    "RANK": lambda call, _: [(len(call.shape(0)),)],
    "RESHAPE": _same,
    "SQUEEZE": _same,
    "EXPAND_DIMS": _same,
    "CAST": _same,
    "CONCATENATION": _concatenation,
    "PACK": _pack,
    "UNPACK": _unpack,
    "GATHER": _gather,
    "STRIDED_SLICE": _strided_slice,
    "SLICE": _slice,
    "TRANSPOSE": _transpose,
    "TILE": _tile,
    "RANGE": _range,
    "FILL": lambda call, shapes: [call.values(1) * prod(shapes[0])],
    "ZEROS_LIKE": lambda _, shapes: [(0,) * prod(shapes[0])],
    "BROADCAST_TO": lambda call, shapes: [tuple(_spread(call.values(0), call.shape(0), shapes[0]))],
    "BROADCAST_ARGS": _broadcast_args,
    "ADD": _elementwise(operator.add),
    "SUB": _elementwise(operator.sub),
    "MUL": _elementwise(operator.mul),
    "DIV": _elementwise(_divide),
    "FLOOR_DIV": _elementwise(operator.floordiv),
    "FLOOR_MOD": _elementwise(operator.mod),
    "POW": _elementwise(_power),
    "MINIMUM": _elementwise(min),
    "MAXIMUM": _elementwise(max),
    "NEG": _elementwise(operator.neg, 1),
    "ABS": _elementwise(abs, 1),
    "FLOOR": _elementwise(_whole(floor), 1),
    "CEIL": _elementwise(_whole(ceil), 1),
    "ROUND": _elementwise(_whole(round), 1),
    "EQUAL": _elementwise(operator.eq),
    "NOT_EQUAL": _elementwise(operator.ne),
    "LESS": _elementwise(operator.lt),
    "LESS_EQUAL": _elementwise(operator.le),
    "GREATER": _elementwise(operator.gt),
    "GREATER_EQUAL": _elementwise(operator.ge),
    "LOGICAL_AND": _elementwise(lambda left, right: bool(left and right)),
    "LOGICAL_OR": _elementwise(lambda left, right: bool(left or right)),
    "LOGICAL_NOT": _elementwise(operator.not_, 1),
    "SELECT": _elementwise(lambda condition, chosen, other: chosen if condition else other, 3),
    "SELECT_V2": _elementwise(lambda condition, chosen, other: chosen if condition else other, 3),
    "SUM": _reduction(sum),
    "REDUCE_PROD": _reduction(prod),
    "REDUCE_MAX": _reduction(_largest),
    "REDUCE_MIN": _reduction(_smallest),
}
