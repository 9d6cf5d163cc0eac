"""SSIM's terms over a picture, tile by tile.

Wang, Bovik, Sheikh, Simoncelli: Image quality assessment: from error visibility to structural similarity, IEEE TIP
13(4), 2004. With s = a + b and d = a - b, the sums and products of the paper's means, variances and covariance are
those of s and d, so that four blurs do instead of five:

    luminance = (E[s]² - E[d]² + 2 C1) / (E[s]² + E[d]² + 2 C1)
    contrast  = (V[s] - V[d] + 2 C2) / (V[s] + V[d] + 2 C2)

with C1 = (K1 peak)², C2 = (K2 peak)²; ``contrast`` is the paper's contrast times its structure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from maistudio.errors import MeasureError
from maistudio.imaging.conventions import Convention, Window
from maistudio.imaging.pair import TILE_COLUMNS, TILE_ROWS, Pair, Tile, tiles
from maistudio.imaging.ranges import Array

K1, K2 = 0.01, 0.03
SAMPLE_PIXELS = 121
"""N of the sample covariance, whatever the window: scikit-image's, which never counts more than 11×11."""


@dataclass(frozen=True, slots=True, eq=False)
class Levels:
    """Two pictures as values on 0..peak: ``read`` gives a part of both, as float32."""

    height: int
    width: int
    read: Callable[[Tile], tuple[Array, Array]]


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """SSIM's two factors at each pixel of ``tile``, counted within the map: H×W or H×W×3, float32."""

    tile: Tile
    luminance: Array
    contrast: Array

    @property
    def similarity(self) -> Array:
        return self.luminance * self.contrast


def levels_of(pair: Pair) -> Levels:
    return Levels(pair.height, pair.width, lambda tile: pair.read(tile, np.float32))


def smallest_side(window: Window) -> int:
    """The height and width in pixels from which on a picture has a map at all."""
    return max(2 * window.margin + 1, 1)


def check_room(pair: Pair) -> None:
    """Raises MeasureError where the pictures are too small for the window."""
    smallest = smallest_side(pair.convention.window)
    if min(pair.height, pair.width) < smallest:
        border = pair.convention.border
        raise MeasureError(
            f"SSIM needs pictures of {smallest + 2 * border}×{smallest + 2 * border} pixels or more, these have "
            f"{pair.width + 2 * border}×{pair.height + 2 * border}: measure larger ones"
        )


def map_size(height: int, width: int, window: Window) -> tuple[int, int]:
    return height - 2 * window.margin, width - 2 * window.margin


def terms(
    source: Levels, convention: Convention, rows: int = TILE_ROWS, columns: int = TILE_COLUMNS
) -> Iterator[Terms]:
    """The map's tiles of at most ``rows`` × ``columns``, worked out one by one."""
    window = convention.window
    kernel = cv2.getGaussianKernel(window.taps, window.sigma, cv2.CV_32F)
    for tile in tiles(*map_size(source.height, source.width, window), rows, columns):
        seen, kept = _reach(tile, source, window)
        a, b = source.read(seen)
        luminance, contrast = _factors(a, b, kernel, kept, convention)
        yield Terms(tile, luminance, contrast)


def mean_of(parts: Iterable[Array]) -> float:
    """The mean of all values of a map's parts."""
    total, count = 0.0, 0
    for values in parts:
        total += float(np.sum(values, dtype=np.float64))
        count += values.size
    return total / count


def _reach(tile: Tile, source: Levels, window: Window) -> tuple[Tile, Tile]:
    """The part of the picture that a tile of the map depends on, and where the tile lies in it."""
    radius = window.taps // 2
    seen: list[slice] = []
    kept: list[slice] = []
    for span, size in zip(tile, (source.height, source.width), strict=True):
        start, stop = span.start + window.margin, span.stop + window.margin
        first = max(0, start - radius)
        seen.append(slice(first, min(size, stop + radius)))
        kept.append(slice(start - first, stop - first))
    return (seen[0], seen[1]), (kept[0], kept[1])


def _factors(a: Array, b: Array, kernel: Array, kept: Tile, convention: Convention) -> tuple[Array, Array]:
    peak = convention.peak

    def blurred(values: Array) -> Array:
        # The border mirrors only at the picture's own edges: elsewhere its reach is cut off with the rest.
        return cv2.sepFilter2D(values, -1, kernel, kernel, borderType=cv2.BORDER_REFLECT)[kept]

    # Both centred, so that the squares of float32 leave room for the variances of flat areas.
    total, total_centre = _centred(a + b)
    difference, difference_centre = _centred(a - b)
    mean_total, mean_difference = blurred(total), blurred(difference)
    variance_total = blurred(np.square(total, out=total)) - np.square(mean_total)
    variance_difference = blurred(np.square(difference, out=difference)) - np.square(mean_difference)
    if convention.sample_covariance:
        variance_total *= SAMPLE_PIXELS / (SAMPLE_PIXELS - 1)
        variance_difference *= SAMPLE_PIXELS / (SAMPLE_PIXELS - 1)
    square_total = np.square(_plus(mean_total, total_centre))
    square_difference = np.square(_plus(mean_difference, difference_centre))
    luminance = _ratio(square_total, square_difference, 2 * (K1 * peak) ** 2)
    return luminance, _ratio(variance_total, variance_difference, 2 * (K2 * peak) ** 2)


def _centred(values: Array) -> tuple[Array, Array]:
    """The values less the mean of each channel, and these means, as float32 holds them."""
    centre = np.asarray(cv2.mean(values), np.float32).astype(np.float64)
    return _plus(values, -centre), centre


def _plus(values: Array, constants: Array) -> Array:
    """Each channel and its constant. Beside 4×1 values of one channel, OpenCV would take the four for values too."""
    return values + np.float32(constants[0]) if values.ndim == 2 else cv2.add(values, constants)


def _ratio(total: Array, difference: Array, constant: float) -> Array:
    """(total - difference + constant) / (total + difference + constant); ``total`` is overwritten."""
    total += constant
    ratio: Array = np.divide(total - difference, total + difference)
    return ratio
