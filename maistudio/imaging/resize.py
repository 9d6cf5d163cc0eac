"""Bicubic resizing as MATLAB's ``imresize(..., 'bicubic')`` does it: the baseline of super-resolution papers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from maistudio.errors import UsageError
from maistudio.imaging.picture import Pixels

Doubles: TypeAlias = NDArray[np.float64]

MAX_SIDE = 2**16
"""Rows or columns of a picture before and after."""
MAX_FACTOR = 2**12
"""Of a scale, and of its inverse; a size may shrink further, a side to one pixel."""
MAX_VALUES = 2**29
"""Pixels times channels of a result: 179 megapixels of RGB."""

KERNEL_WIDTH = 4.0
DTYPES = (np.uint8, np.uint16, np.float32, np.float64)

# A tile of the result and its product with one tap stay in a core's second-level cache.
TILE_COLUMNS = 2**13
TILE_VALUES = 2**15


@dataclass(frozen=True, slots=True, eq=False)
class Taps:
    """What each row of a result is the weighted sum of: ``indices`` of source rows and ``weights``, rows × taps."""

    indices: NDArray[np.intp]
    weights: Doubles


def imresize(image: Pixels, scale: float | Sequence[float] | None = None, size: Sequence[int] | None = None) -> Pixels:
    """``image`` resized by MATLAB's bicubic.

    ``image`` is H×W or H×W×C, of uint8, uint16, float32 or float64; the result has its type and channels. Exactly one
    of the two is given: ``scale``, a factor or a pair of them (rows, columns), makes ceil(scale · side) rows and
    columns; ``size`` is (rows, columns). The kernel is Keys' cubic with a = -0.5, widened by 1 / scale where the
    picture shrinks; pixel centres are aligned; beyond the border the picture is mirrored with its outermost pixels
    repeated. The side with the smaller factor is resized first, rows where both are equal. Integers are rounded half
    up and saturated after each of the two passes; float32 is rounded to float32 between them, floats aren't clipped,
    and a NaN spreads to whatever its taps reach.

    Source: the algorithm published as imresize.m in MATLAB's Image Processing Toolbox; R. G. Keys, Cubic convolution
    interpolation for digital image processing, IEEE TASSP 29(6), 1981.

    Raises UsageError for other types and shapes, no or two targets, a scale that is no number from 1 / MAX_FACTOR to
    MAX_FACTOR, pictures without pixels or with a side above MAX_SIDE, and results of more than MAX_VALUES values.
    """
    _check(image)
    rows, columns = image.shape[:2]
    factors, target = _wanted(rows, columns, scale, size)
    _check_target(target, image.size // (rows * columns))
    resized = np.ascontiguousarray(image, dtype=image.dtype.newbyteorder("="))
    for axis in sorted((0, 1), key=factors.__getitem__):
        resized = _resize_axis(resized, axis, _taps(resized.shape[axis], target[axis], factors[axis]))
    return resized


def _check(image: Pixels) -> None:
    if not isinstance(image, np.ndarray):
        raise UsageError(f"a picture to resize must be an array, not {type(image).__name__}: load it first")
    if image.dtype.newbyteorder("=") not in DTYPES:
        raise UsageError(f"pictures of {image.dtype} can't be resized: convert to uint8, uint16, float32 or float64")
    if image.ndim not in (2, 3):
        raise UsageError(f"a picture to resize must be H×W or H×W×C, not {_shown(image.shape)}")
    if image.size == 0:
        raise UsageError(f"a picture of {_shown(image.shape)} has no pixels to resize")
    if max(image.shape[:2]) > MAX_SIDE:
        raise UsageError(f"a picture of {_shown(image.shape)} can't be resized: a side has at most {MAX_SIDE:,} pixels")


def _wanted(
    rows: int, columns: int, scale: float | Sequence[float] | None, size: Sequence[int] | None
) -> tuple[tuple[float, float], tuple[int, int]]:
    """The factors of rows and columns, and the size of the result."""
    if (scale is None) == (size is None):
        raise UsageError("resizing takes either a scale or a size: give exactly one of them")
    if size is not None:
        target = _pair_of_sides(size)
        return (target[0] / rows, target[1] / columns), target
    factors = _pair_of_factors(scale)
    longest = max(rows * factors[0], columns * factors[1])
    if longest > MAX_SIDE:
        raise UsageError(f"scaled by {scale} the picture would have a side of {longest:.6g}: at most {MAX_SIDE:,}")
    return factors, (math.ceil(factors[0] * rows), math.ceil(factors[1] * columns))


def _pair_of_sides(size: Any) -> tuple[int, int]:
    sides = _listed(size)
    if len(sides) != 2 or not all(isinstance(side, Integral) and not isinstance(side, bool) for side in sides):
        raise UsageError(f"a size to resize to is a pair of whole numbers (rows, columns), not {size!r}")
    rows, columns = int(sides[0]), int(sides[1])
    if not (1 <= rows <= MAX_SIDE and 1 <= columns <= MAX_SIDE):
        raise UsageError(f"a picture can't be resized to {rows}×{columns}: a side has 1 to {MAX_SIDE:,} pixels")
    return rows, columns


def _pair_of_factors(scale: Any) -> tuple[float, float]:
    both = _listed(scale) or (scale, scale)
    if len(both) != 2 or not all(isinstance(one, Real) and not isinstance(one, bool) for one in both):
        raise UsageError(f"a scale is a number or a pair of numbers (rows, columns), not {scale!r}")
    # Written so that NaN fails as well.
    if not all(1 / MAX_FACTOR <= one <= MAX_FACTOR for one in both):
        raise UsageError(f"a picture can't be scaled by {scale}: give a number from 1/{MAX_FACTOR:,} to {MAX_FACTOR:,}")
    return float(both[0]), float(both[1])


def _listed(value: Any) -> tuple[Any, ...]:
    """The items of a sequence or array; none of anything else."""
    plain = value.tolist() if isinstance(value, np.ndarray) else value
    return tuple(plain) if isinstance(plain, tuple | list) else ()


def _check_target(target: tuple[int, int], channels: int) -> None:
    values = target[0] * target[1] * channels
    if values > MAX_VALUES:
        shape = f"{target[0]}×{target[1]}, {channels} channel{'s' * (channels != 1)}"
        raise UsageError(f"a result of {shape} is too large: at most {MAX_VALUES:,} values, here {values:,}")


def _shown(shape: tuple[int, ...]) -> str:
    return "×".join(str(side) for side in shape) or "no dimensions"


def _cubic(x: Doubles) -> Doubles:
    """Keys' kernel with a = -0.5, each term in the order of its formula, as rounding depends on it."""
    x = np.abs(x)
    x2 = x * x
    x3 = x2 * x
    near = 1.5 * x3 - 2.5 * x2 + 1.0
    far = -0.5 * x3 + 2.5 * x2 - 4.0 * x + 2.0
    return np.where(x <= 1.0, near, np.where(x <= 2.0, far, 0.0))


def _taps(length: int, target: int, factor: float) -> Taps:
    """The weighted source rows of each of ``target`` rows, for ``length`` source rows."""
    shrink = min(factor, 1.0)
    width = KERNEL_WIDTH / shrink
    count = math.ceil(width) + 2
    # Coordinates count from 1, as in MATLAB: rounding of the weights depends on their size.
    centres = np.arange(1, target + 1) / factor + 0.5 * (1.0 - 1.0 / factor)
    indices = np.floor(centres - width / 2.0)[:, np.newaxis] + np.arange(count)
    weights = shrink * _cubic(shrink * (centres[:, np.newaxis] - indices))
    total = np.zeros((target, 1))
    for tap in range(count):
        total += weights[:, tap : tap + 1]
    weights /= total
    used = weights.any(axis=0)
    return Taps(_mirrored(indices[:, used].astype(np.intp) - 1, length), weights[:, used])


def _mirrored(indices: NDArray[np.intp], length: int) -> NDArray[np.intp]:
    """Indices from 0 folded into a picture that continues mirrored, with period 2 · ``length``."""
    folded = indices % (2 * length)
    return np.minimum(folded, 2 * length - 1 - folded)


def _resize_axis(image: Pixels, axis: int, taps: Taps) -> Pixels:
    if axis == 0:
        return _resize_rows(image, taps)
    turned = np.ascontiguousarray(image.swapaxes(0, 1))
    return np.ascontiguousarray(_resize_rows(turned, taps).swapaxes(0, 1))


def _resize_rows(image: Pixels, taps: Taps) -> Pixels:
    """Each row of the result summed up from rows of ``image``, tile by tile."""
    rows = image.reshape(image.shape[0], -1)
    result = np.empty((len(taps.indices), rows.shape[1]), image.dtype)
    for left in range(0, rows.shape[1], TILE_COLUMNS):
        strip = np.ascontiguousarray(rows[:, left : left + TILE_COLUMNS])
        height = max(1, TILE_VALUES // strip.shape[1])
        for top in range(0, len(result), height):
            tile = slice(top, top + height)
            total = _weighted_sum(strip, taps.indices[tile], taps.weights[tile])
            result[tile, left : left + TILE_COLUMNS] = _stored(total, image.dtype)
    return result.reshape(-1, *image.shape[1:])


def _weighted_sum(rows: Pixels, indices: NDArray[np.intp], weights: Doubles) -> Doubles:
    """The sum over the taps one after the other: a dot product by BLAS or FMA would round exact halves otherwise."""
    total = np.zeros((len(indices), rows.shape[1]))
    product = np.empty_like(total)
    with np.errstate(invalid="ignore", over="ignore"):
        for tap in range(indices.shape[1]):
            np.copyto(product, rows[indices[:, tap]])
            product *= weights[:, tap : tap + 1]
            total += product
    return total


def _stored(total: Doubles, dtype: np.dtype[Any]) -> Pixels:
    """``total`` as ``dtype``, overwritten on the way: integers rounded half up and saturated."""
    if dtype.kind == "u":
        total += 0.5  # astype cuts the fraction off
        np.clip(total, 0, np.iinfo(dtype).max, out=total)
    with np.errstate(over="ignore"):
        return total.astype(dtype)
