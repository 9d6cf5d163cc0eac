"""The values a picture is measured by: which range its array is on, and how that becomes the convention's."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import DTypeLike, NDArray

from maistudio.errors import MeasureError
from maistudio.imaging.conventions import Colour, Convention, Rounding

Array: TypeAlias = NDArray[Any]

STEPS = 255.0
"""White as an 8-bit value."""

LUMA_OFFSET = 16.0
LUMA_WEIGHTS = (65.481, 128.553, 24.966)
"""ITU-R BT.601: luma in 16..235 of R, G, B in 0..1."""

OVERSHOOT = 1.5
"""A float picture with no value above this, and some that aren't whole, is one on 0..1: in 0..255 it would be black.
A network's output on 0..1 may overshoot white by half."""

BEYOND = 2.0
EVIDENT = 0.1
"""A float picture is on a larger range than 0..peak where more than this part of its values is above BEYOND times
the peak. A network's overshoot stays far below."""

BAND = 1 << 20
"""Values looked at at a time, so that a test of a large picture takes no large memory."""


def white_of(dtype: np.dtype[Any], peak: float) -> float:
    """The value of white in arrays of this type: 255, 65535, or for floats the convention's ``peak``.

    Raises MeasureError for a type other than uint8, uint16, float32 and float64.
    """
    native = dtype.newbyteorder("=")
    if native == np.uint8:
        return 255.0
    if native == np.uint16:
        return 65535.0
    if native in (np.float32, np.float64):
        return peak
    raise MeasureError(f"values of type {dtype} can't be measured: give uint8, uint16, float32 or float64")


def check_floats(pictures: tuple[Array, Array], peak: float) -> None:
    """That the float arrays among two pictures hold finite numbers on 0..peak, as far as their values tell.

    Raises MeasureError for NaN and infinity, and for a range that is evidently another: see OVERSHOOT and BEYOND.
    A float picture that seems to be on 0..1 is let through where the other is made of integers and as dark.
    """
    first, second = pictures
    for picture, other, place in ((first, second, "first"), (second, first, "second")):
        if picture.dtype.kind != "f":
            continue
        low, high = float(picture.min()), float(picture.max())
        if not (isfinite(low) and isfinite(high)):
            raise MeasureError(f"the {place} picture holds NaN or infinite values: replace them before measuring")
        if high > BEYOND * peak and _part_above(picture, BEYOND * peak) > EVIDENT:
            raise MeasureError(
                f"the {place} picture's values reach {high:g} where white is {peak:g}: bring them to 0..{peak:g}, or "
                "choose a convention with their peak"
            )
        if peak >= STEPS and high <= OVERSHOOT and _has_fractions(picture) and not _is_dark(other, peak):
            raise MeasureError(
                f"the {place} picture's values lie in 0..1 (the largest is {high:g}) where white is {peak:g}: multiply "
                f"them by {peak:g}, or choose a convention whose peak is 1"
            )


def levels(tile: Array, convention: Convention, dtype: DTypeLike) -> Array:
    """A part of a picture as what is measured: on 0..peak, rounded or clipped, in the colour of the convention.

    ``tile`` is H×W or H×W×3 of uint8, uint16 or floats on 0..peak; so is what comes back, of ``dtype``, but for
    RGB under a convention of luma, which becomes H×W. Half a step is rounded to the even neighbour, as NumPy does.
    Grey is measured as it is: it is taken for the luma it may be.
    """
    if tile.dtype == np.uint8 and convention.peak == STEPS:
        values: Array = tile.astype(dtype, order="C")
    else:
        values = _on_peak(tile, convention)
    if convention.colour is Colour.LUMA and values.ndim == 3:
        values = _luma(values.astype(np.float64), convention.peak)
    return values.astype(dtype, copy=False)


def _on_peak(tile: Array, convention: Convention) -> Array:
    white = white_of(tile.dtype, convention.peak)
    values = np.clip(tile.astype(np.float64, order="C"), 0.0, white)
    if convention.rounding is Rounding.UINT8:
        return np.rint(values * (STEPS / white)) * (convention.peak / STEPS)
    return values * (convention.peak / white)


def _luma(rgb: Array, peak: float) -> Array:
    weights = np.array([[weight / STEPS for weight in LUMA_WEIGHTS] + [LUMA_OFFSET * peak / STEPS]])
    height, width = rgb.shape[:2]
    return cv2.transform(rgb, weights).reshape(height, width)


def _is_dark(picture: Array, peak: float) -> bool:
    """Whether an array of integers would be black beside one that reaches 1 where white is ``peak``."""
    return picture.dtype.kind == "u" and float(picture.max()) * peak / white_of(picture.dtype, peak) <= OVERSHOOT


def _part_above(picture: Array, limit: float) -> float:
    return sum(int(np.count_nonzero(band > limit)) for band in _bands(picture)) / picture.size


def _has_fractions(picture: Array) -> bool:
    return any(bool(np.any(band != np.rint(band))) for band in _bands(picture))


def _bands(picture: Array) -> Iterator[Array]:
    values = picture.reshape(-1) if picture.flags.c_contiguous else picture
    step = max(1, BAND * len(values) // values.size)
    for start in range(0, len(values), step):
        yield values[start : start + step]
