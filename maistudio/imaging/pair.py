"""Two pictures made ready to be measured against each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import DTypeLike

from maistudio.errors import MeasureError
from maistudio.imaging.conventions import Colour, Convention
from maistudio.imaging.ranges import Array, check_floats, levels, white_of

Tile = tuple[slice, slice]
"""Rows and columns."""

TILE_ROWS, TILE_COLUMNS = 64, 1024
"""Pixels measured at a time: what is worked out of them stays in the processor's cache, whatever the picture's size."""


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """Two pictures of one size under a convention, checked and shaved: H×W or H×W×3 each, views of the given ones."""

    a: Array
    b: Array
    convention: Convention

    @property
    def height(self) -> int:
        return int(self.a.shape[0])

    @property
    def width(self) -> int:
        return int(self.a.shape[1])

    def read(self, tile: Tile, dtype: DTypeLike) -> tuple[Array, Array]:
        """What is measured of a part of both: see ``ranges.levels``."""
        return levels(self.a[tile], self.convention, dtype), levels(self.b[tile], self.convention, dtype)

    def channels(self) -> list[Pair]:
        """A pair for each channel that is measured: one for luma and for grey, three for RGB."""
        if self.a.ndim == 2 or self.convention.colour is Colour.LUMA:
            return [self]
        return [replace(self, a=self.a[:, :, channel], b=self.b[:, :, channel]) for channel in range(3)]


def pair_of(a: Array, b: Array, convention: Convention) -> Pair:
    """Two pictures ready to be measured.

    ``a`` and ``b`` are H×W, H×W×1 or H×W×3; uint8, uint16, or float32 or float64 on 0..peak. Raises MeasureError
    where they don't match, have other channels or types, nothing is left after the shave, or hold values that are
    not finite or evidently on another range.
    """
    first, second = _without_channel(a, "first"), _without_channel(b, "second")
    if first.ndim != second.ndim:
        raise MeasureError("one picture is grey and the other has three channels: convert one of them first")
    if first.shape != second.shape:
        raise MeasureError(
            f"the pictures differ in size, {_size(first)} and {_size(second)} pixels: resize or crop one of them first"
        )
    for picture in (first, second):
        white_of(picture.dtype, convention.peak)
    border = convention.border
    height, width = first.shape[:2]
    if min(height, width) <= 2 * border:
        cut = f" once {border} pixels are cut off each side" if border else ""
        raise MeasureError(f"nothing is left of {_size(first)} pixels{cut}: measure larger pictures")
    inside = slice(border, height - border), slice(border, width - border)
    pair = Pair(first[inside], second[inside], convention)
    check_floats((pair.a, pair.b), convention.peak)
    return pair


def tiles(height: int, width: int, rows: int = TILE_ROWS, columns: int = TILE_COLUMNS) -> Iterator[Tile]:
    """Parts of at most ``rows`` × ``columns`` that cover ``height`` × ``width``."""
    for top in range(0, height, rows):
        for left in range(0, width, columns):
            yield slice(top, min(height, top + rows)), slice(left, min(width, left + columns))


def _without_channel(picture: Array, place: str) -> Array:
    if not isinstance(picture, np.ndarray):
        raise MeasureError(f"the {place} picture is no array: give one of H×W, H×W×1 or H×W×3")
    if picture.ndim == 2 or (picture.ndim == 3 and picture.shape[2] == 3):
        return picture
    if picture.ndim == 3 and picture.shape[2] == 1:
        return picture[:, :, 0]
    shape = "×".join(map(str, picture.shape)) or "no dimension"
    raise MeasureError(f"the {place} picture is an array of {shape}: give H×W, H×W×1 or H×W×3")


def _size(picture: Array) -> str:
    return f"{picture.shape[1]}×{picture.shape[0]}"
