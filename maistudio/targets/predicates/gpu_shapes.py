"""How the GPU delegates see shapes: batch, height, width, channels; and what a slice of such a shape leaves.

The order in which sizes of fewer than four dimensions are laid out is that of ``ExtractTensorShape`` in
``tflite/delegates/gpu/common/model_builder_helper.cc`` of LiteRT; slices follow its SliceOperationParser and
StridedSliceOperationParser, and those of the same names in ``ml_drift_delegate/tflite/model_builder.cc``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

Bhwc = tuple[int, int, int, int]

LAYOUTS: Mapping[int, tuple[int, ...]] = MappingProxyType({0: (), 1: (0,), 2: (0, 3), 3: (0, 2, 3), 4: (0, 1, 2, 3)})
"""By rank: which of batch 0, height 1, width 2, channels 3 each dimension is."""
WITHOUT_BATCH: Mapping[int, tuple[int, ...]] = MappingProxyType({1: (3,), 2: (2, 3), 3: (1, 2, 3)})
"""The same for a list with an entry for every dimension but the batch."""


def bhwc(shape: Sequence[int]) -> Bhwc | None:
    """The four sizes; None for more than four dimensions."""
    layout = LAYOUTS.get(len(shape))
    if layout is None:
        return None
    sizes = [1, 1, 1, 1]
    for axis, size in zip(layout, shape, strict=True):
        sizes[axis] = size
    return sizes[0], sizes[1], sizes[2], sizes[3]


def sliced(shape: Sequence[int], begins: Sequence[int], sizes: Sequence[int]) -> Bhwc | None:
    """What SLICE leaves; a size of -1 is the rest. None where the counts of entries are not taken."""
    whole = bhwc(shape)
    axes = LAYOUTS.get(len(shape))
    if len(shape) == 4 and len(begins) == 3:
        axes = WITHOUT_BATCH[3]
    if whole is None or axes is None or not len(axes) == len(begins) == len(sizes):
        return None
    left = list(whole)
    for axis, begin, size in zip(axes, begins, sizes, strict=True):
        end = whole[axis] if size == -1 else begin + size
        left[axis] = (end + whole[axis] if end < 0 else end) - begin
    return left[0], left[1], left[2], left[3]


def stepped(
    shape: Sequence[int],
    axes: Sequence[int],
    bounds: tuple[Sequence[int], Sequence[int], Sequence[int]],
    masks: tuple[frozenset[int], frozenset[int]],
) -> Bhwc | None:
    """What STRIDED_SLICE leaves with positive steps.

    ``axes`` are those of the entries of ``bounds`` (begins, ends, steps); ``masks`` are the axes whose begin, and
    whose end, doesn't count. Bounds are not cut to the shape. None where the counts of entries are not taken.
    """
    whole = bhwc(shape)
    if whole is None or not all(len(each) == len(axes) for each in bounds):
        return None
    left = list(whole)
    for axis, begin, end, step in zip(axes, *bounds, strict=True):
        size = whole[axis]
        first = 0 if axis in masks[0] else begin + size if begin < 0 else begin
        last = size if axis in masks[1] else end + size if end < 0 else end
        left[axis] = -(-(last - first) // step)
    return left[0], left[1], left[2], left[3]


def masked(mask: int, axes: Sequence[int]) -> frozenset[int]:
    """The axes whose bit is set."""
    return frozenset(axis for bit, axis in enumerate(axes) if mask >> bit & 1)
