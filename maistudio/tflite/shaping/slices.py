"""What SLICE and STRIDED_SLICE take from each dimension."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from maistudio.tflite.model import Op
from maistudio.tflite.options import int_option
from maistudio.tflite.shaping.call import MisfitError, Shape, text_of


class Cut(NamedTuple):
    """Elements ``start``, ``start + step``, ... of one dimension, ``size`` of them; ``kept`` in the result's shape."""

    start: int
    step: int
    size: int
    kept: bool = True


def slice_shape(data: Shape, begin: Sequence[int], size: Sequence[int]) -> Shape:
    """The shape SLICE gives; a size of -1 reaches to the end."""
    return tuple(cut.size for cut in slice_cuts(data, begin, size))


def slice_cuts(data: Shape, begin: Sequence[int], size: Sequence[int]) -> list[Cut]:
    """What SLICE takes. Raises MisfitError where that lies outside ``data``."""
    if not len(data) == len(begin) == len(size):
        raise MisfitError(f"a slice of {len(begin)} and {len(size)} numbers does not go with {text_of(data)}")
    cuts = []
    for whole, start, wanted in zip(data, begin, size, strict=True):
        count = whole - start if wanted == -1 else wanted
        if start < 0 or count < 0 or start + count > whole:
            raise MisfitError(f"a slice from {list(begin)} of {list(size)} lies outside {text_of(data)}")
        cuts.append(Cut(start, 1, count))
    return cuts


def strided_shape(op: Op, data: Shape, begin: Sequence[int], end: Sequence[int], strides: Sequence[int]) -> Shape:
    """The shape STRIDED_SLICE gives."""
    _, shape = strided_cuts(op, data, begin, end, strides)
    return shape


def strided_cuts(
    op: Op, data: Shape, begin: Sequence[int], end: Sequence[int], strides: Sequence[int]
) -> tuple[list[Cut], Shape]:
    """What STRIDED_SLICE takes of each dimension of ``data``, and the shape of the result.

    The masks read as in TensorFlow's tf.strided_slice: bit i speaks of entry i of ``begin``, ``end``, ``strides``.
    """
    if not len(begin) == len(end) == len(strides):
        raise MisfitError(f"its begin, end and strides have {len(begin)}, {len(end)} and {len(strides)} numbers")
    ellipsis, new_axis = int_option(op, "ellipsis_mask", 0), int_option(op, "new_axis_mask", 0)
    taken = sum(not (ellipsis | new_axis) >> entry & 1 for entry in range(len(begin)))
    cuts: list[Cut] = []
    shape: list[int] = []

    def take(cut: Cut) -> None:
        cuts.append(cut)
        if cut.kept:
            shape.append(cut.size)

    for entry in range(len(begin)):
        if ellipsis >> entry & 1:
            for size in data[len(cuts) : len(cuts) + len(data) - taken]:
                take(Cut(0, 1, size))
        elif new_axis >> entry & 1:
            shape.append(1)
        else:
            if len(cuts) >= len(data):
                raise MisfitError(f"it cuts more dimensions than {text_of(data)} has")
            take(_cut(op, entry, data[len(cuts)], begin[entry], end[entry], strides[entry]))
    for size in data[len(cuts) :]:
        take(Cut(0, 1, size))
    return cuts, tuple(shape)


def _cut(op: Op, entry: int, size: int, begin: int, end: int, stride: int) -> Cut:
    def masked(name: str) -> bool:
        return bool(int_option(op, name, 0) >> entry & 1)

    if stride == 0:
        raise MisfitError("a stride is 0")
    if op.options.get("offset"):
        end += begin
    if masked("shrink_axis_mask"):
        start = begin + size if begin < 0 else begin
        if not 0 <= start < size:
            raise MisfitError(f"index {begin} lies outside a dimension of {size}")
        return Cut(start, 1, 1, kept=False)
    lowest, highest = (0, size) if stride > 0 else (-1, size - 1)

    def clamped(place: int) -> int:
        return min(max(place + size if place < 0 else place, lowest), highest)

    start = (lowest if stride > 0 else highest) if masked("begin_mask") else clamped(begin)
    stop = (highest if stride > 0 else lowest) if masked("end_mask") else clamped(end)
    return Cut(start, stride, max(0, -((start - stop) // stride)))
