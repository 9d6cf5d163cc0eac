"""From the pixels of a picture to the numbers a tensor holds, and back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from maistudio.errors import UsageError
from maistudio.imaging.picture import Pixels
from maistudio.runtime.protocol import TensorSpec

STORED = "stored"
COUNTS = "counts"
EXAMPLES = f"0..1, 0..255, -1..1, {COUNTS} or {STORED}"
LARGEST_VALUE = 1e6


@dataclass(frozen=True, slots=True)
class Values:
    """Which numbers stand for black and white: a pixel ``p`` in 0..1 becomes ``p * gain + offset``.

    ``gains`` and ``offsets`` hold one number, or one for each channel. With ``stored``, a quantized tensor holds these
    numbers themselves: its scale and zero point are left aside. With ``counts``, the gain is the picture's own white,
    so that its numbers stay as they are in the file.
    """

    text: str
    gains: tuple[float, ...] = (255.0,)
    offsets: tuple[float, ...] = (0.0,)
    stored: bool = False
    counts: bool = False

    def at_white(self, white: float) -> Values:
        """The same for pictures with this white."""
        return replace(self, gains=(white,)) if self.counts else self


UNIT = Values("0..1", (1.0,))
BYTES = Values("0..255", (255.0,))
SIGNED = Values("-1..1", (2.0,), (-1.0,))
AS_STORED = Values(STORED, stored=True)
RAW_COUNTS = Values(COUNTS, counts=True)


def parse_values(text: str) -> Values:
    """Values from "0..1", "-1..1", any other "LOW..HIGH", "counts" and "stored". Raises UsageError."""
    for named in (AS_STORED, RAW_COUNTS):
        if text == named.text:
            return named
    low, separator, high = text.partition("..")
    try:
        black, white = float(low), float(high)
    except ValueError:
        black = white = 0.0
    if not separator or "_" in text or not isfinite(black + white) or not black < white:
        raise UsageError(f"--values {text}: give the numbers of black and white, such as {EXAMPLES}")
    if max(-black, white) > LARGEST_VALUE:
        raise UsageError(f"--values {text}: give numbers up to {LARGEST_VALUE:,.0f}")
    return between(black, white)


def between(black: float, white: float) -> Values:
    """Values with black and white at these numbers."""
    return Values(f"{black:g}..{white:g}", (white - black,), (black,))


def normalised(means: tuple[float, ...], deviations: tuple[float, ...]) -> Values:
    """Values of a model that takes ``(v - mean) / deviation`` of pixels ``v`` in 0..255, as metadata states it."""
    gains = tuple(255.0 / deviation for deviation in deviations)
    offsets = tuple(0.0 - mean / deviation for mean, deviation in zip(means, deviations, strict=True))
    if len(set(gains)) == 1 and len(set(offsets)) == 1:
        return between(round(offsets[0], 6), round(offsets[0] + gains[0], 6))
    return Values("normalised per channel", gains, offsets)


def to_tensor(pixels: Pixels, white: float, values: Values, spec: TensorSpec) -> NDArray[Any]:
    """H×W×C pixels with this white as the numbers of a tensor, H×W×C of its type.

    A quantized tensor holds ``round(real / scale) + zero_point``, clipped to its type; one of integers without a
    scale the rounded numbers themselves.
    """
    if pixels.dtype != np.uint8 or len(values.gains) > 1:
        return _quantized(_reals(pixels, white, values), values, spec)
    # 256 numbers are worked out instead of millions
    levels = np.arange(256, dtype=np.uint8)
    table = _quantized(_reals(levels[:, None, None], white, values), values, spec).reshape(256)
    return pixels if np.array_equal(table, levels) and table.dtype == np.uint8 else table[pixels]


def from_tensor(array: NDArray[Any], values: Values, spec: TensorSpec, white: float, dtype: DTypeLike) -> NDArray[Any]:
    """What a tensor holds as pixels with this white: rounded to the nearest integer, half to even, and clipped.

    Floats are neither rounded nor clipped. What is no number (NaN) becomes black.
    """
    kind = np.dtype(dtype)

    def as_pixels(stored: NDArray[Any]) -> NDArray[Any]:
        return _pixels(_unquantized(stored, values, spec), white, values, kind)

    if array.dtype.itemsize > 1 or len(values.gains) > 1:
        return as_pixels(array)
    return _by_table(array, as_pixels)


def _by_table(array: NDArray[Any], as_pixels: Callable[[NDArray[Any]], NDArray[Any]]) -> NDArray[Any]:
    levels = np.arange(256, dtype=np.uint8)
    table = as_pixels(levels.view(array.dtype)[:, None, None]).reshape(256)
    places = array.view(np.uint8)
    return places if np.array_equal(table, levels) and table.dtype == np.uint8 else table[places]


def _reals(pixels: Pixels, white: float, values: Values) -> NDArray[np.float32]:
    factors = np.array([gain / white for gain in values.at_white(white).gains], np.float32)
    return pixels.astype(np.float32) * factors + np.array(values.offsets, np.float32)


def _quantized(reals: NDArray[np.float32], values: Values, spec: TensorSpec) -> NDArray[Any]:
    dtype = np.dtype(spec.dtype)
    if dtype.kind == "f":
        return reals.astype(dtype, copy=False)
    levels = reals
    if spec.scale and not values.stored:
        levels = reals / np.float32(spec.scale) + np.float32(spec.zero_point)
    bounds = np.iinfo(dtype)
    return np.clip(np.rint(levels), bounds.min, bounds.max).astype(dtype)


def _unquantized(stored: NDArray[Any], values: Values, spec: TensorSpec) -> NDArray[np.float32]:
    reals = stored.astype(np.float32)
    if stored.dtype.kind != "f" and spec.scale and not values.stored:
        reals = (reals - np.float32(spec.zero_point)) * np.float32(spec.scale)
    return reals


def _pixels(reals: NDArray[np.float32], white: float, values: Values, dtype: np.dtype[Any]) -> NDArray[Any]:
    if any(values.offsets):
        reals = reals - np.array(values.offsets, np.float32)
    factors = np.array([white / gain for gain in values.at_white(white).gains], np.float32)
    if np.any(factors != 1):
        reals = reals * factors
    if dtype.kind == "f":
        return reals.astype(dtype, copy=False)
    if np.isnan(reals.min()):
        reals = np.nan_to_num(reals, nan=0.0)
    return np.clip(np.rint(reals), 0, white).astype(dtype)
