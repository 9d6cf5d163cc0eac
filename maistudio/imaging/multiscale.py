"""MS-SSIM: SSIM at five scales.

Wang, Simoncelli, Bovik: Multi-scale structural similarity for image quality assessment, Asilomar 2003. Contrast and
structure at the four finer scales, SSIM as a whole at the coarsest; each scale is the mean of 2×2 pixels of the one
before, the last row and column repeated where its size is odd.
"""

from __future__ import annotations

import math

import numpy as np

from maistudio.imaging.conventions import Convention
from maistudio.imaging.pair import Pair, Tile, tiles
from maistudio.imaging.ranges import Array
from maistudio.imaging.structural import Levels, levels_of, mean_of, smallest_side, terms

WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
"""From the finest to the coarsest scale."""


def smallest_side_at_all_scales(convention: Convention) -> int:
    """The height and width in pixels, border included, that leave room for the window at the coarsest scale.

    161 and the border for windows whose map starts 5 pixels inside: 161, 81, 41, 21, 11.
    """
    inside = smallest_side(convention.window)
    for _ in WEIGHTS[:-1]:
        inside = 2 * inside - 1
    return inside + 2 * convention.border


def multiscale(pair: Pair) -> float:
    """The mean over the channels; a channel with a term below zero at any scale counts as 0."""
    return float(np.mean([_of_channel(channel) for channel in pair.channels()]))


def _of_channel(channel: Pair) -> float:
    convention = channel.convention
    source = levels_of(channel)
    factors: list[float] = []
    for _ in WEIGHTS[:-1]:
        factors.append(mean_of(part.contrast for part in terms(source, convention)))
        source = _halved(source)
    factors.append(mean_of(part.similarity for part in terms(source, convention)))
    return float(math.prod(max(0.0, factor) ** weight for factor, weight in zip(factors, WEIGHTS, strict=True)))


def _halved(source: Levels) -> Levels:
    height, width = (source.height + 1) // 2, (source.width + 1) // 2
    a, b = np.empty((height, width), np.float32), np.empty((height, width), np.float32)
    for tile in tiles(height, width):
        rows, columns = tile
        doubled = slice(2 * rows.start, 2 * rows.stop), slice(2 * columns.start, 2 * columns.stop)
        a[tile], b[tile] = (_mean_of_four(values) for values in source.read(doubled))

    def read(tile: Tile) -> tuple[Array, Array]:
        return a[tile], b[tile]

    return Levels(height, width, read)


def _mean_of_four(values: Array) -> Array:
    height, width = values.shape
    even = np.pad(values, ((0, height % 2), (0, width % 2)), mode="edge")
    total: Array = even[::2, ::2] + even[1::2, ::2] + even[::2, 1::2] + even[1::2, 1::2]
    return total / 4
