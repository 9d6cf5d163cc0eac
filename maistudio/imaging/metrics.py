"""PSNR, SSIM and MS-SSIM of two pictures, under a convention that says how they are measured.

All take arrays of H×W, H×W×1 or H×W×3 of uint8, uint16, float32 or float64. Integers carry their range, 0..255 or
0..65535, and are brought to the convention's peak; floats must be on 0..peak. The two may differ in type. Grey
pictures are measured as they are under every convention, also one of luma. Nothing is written to, and memory beyond
the pictures stays small whatever their size; MS-SSIM alone takes some 3 bytes a pixel.

MeasureError says which of this two pictures don't keep to, and what to do.
"""

from __future__ import annotations

import math

import cv2
import numpy as np

from maistudio.imaging.conventions import DEFAULT, Colour, Convention
from maistudio.imaging.multiscale import multiscale, smallest_side_at_all_scales
from maistudio.imaging.pair import Pair, pair_of, tiles
from maistudio.imaging.ranges import STEPS, Array
from maistudio.imaging.structural import check_room, levels_of, map_size, mean_of, terms

MEAN_OF_THREE = np.full((1, 3), 1 / 3)


def psnr(a: Array, b: Array, convention: Convention = DEFAULT) -> float:
    """10 log10(peak² / MSE) in dB, the MSE over all measured pixels and channels; infinite where nothing differs."""
    pair = pair_of(a, b, convention)
    error, peak = (_squared_steps(pair), STEPS) if _are_steps(pair) else (_squared_error(pair), convention.peak)
    if error == 0:
        return math.inf
    count = pair.a.size if _is_colour(pair) else pair.height * pair.width
    return 10 * math.log10(peak * peak * count / error)


def ssim(a: Array, b: Array, convention: Convention = DEFAULT) -> float:
    """The mean of SSIM's map over pixels and channels, at most 1; exact to 1e-7 on photographs, to 1e-4 on any.

    Wang, Bovik, Sheikh, Simoncelli, IEEE TIP 13(4), 2004, with the window and covariance of the convention.
    """
    pair = pair_of(a, b, convention)
    check_room(pair)
    return mean_of(part.similarity for part in terms(levels_of(pair), convention))


def ssim_map(a: Array, b: Array, convention: Convention = DEFAULT) -> Array:
    """SSIM at each pixel, the mean of its channels, as float32; its mean is ``ssim``.

    It is smaller than the pictures by the convention's border and its window's margin on each side.
    """
    pair = pair_of(a, b, convention)
    check_room(pair)
    similarity = np.empty(map_size(pair.height, pair.width, convention.window), np.float32)
    for part in terms(levels_of(pair), convention):
        values = part.similarity
        similarity[part.tile] = values if values.ndim == 2 else cv2.transform(values, MEAN_OF_THREE)
    return similarity


def ms_ssim(a: Array, b: Array, convention: Convention = DEFAULT) -> float | None:
    """SSIM at five scales, 0 to 1, or None for pictures too small for it: see ``smallest_for_ms_ssim``.

    Wang, Simoncelli, Bovik, Asilomar 2003, with their weights, for each channel, then their mean. A channel whose
    mean contrast or similarity is below zero at any scale counts as 0.
    """
    pair = pair_of(a, b, convention)
    if min(a.shape[:2]) < smallest_for_ms_ssim(convention):
        return None
    return multiscale(pair)


def smallest_for_ms_ssim(convention: Convention = DEFAULT) -> int:
    """The height and width in pixels from which on pictures have an MS-SSIM: 163 under the default convention."""
    return smallest_side_at_all_scales(convention)


def _is_colour(pair: Pair) -> bool:
    return pair.a.ndim == 3 and pair.convention.colour is Colour.RGB


def _are_steps(pair: Pair) -> bool:
    """Whether both are measured in steps of 8 bits just as they are, so that integers do."""
    as_they_are = pair.a.ndim == 2 or pair.convention.colour is Colour.RGB
    return as_they_are and pair.a.dtype == np.uint8 and pair.b.dtype == np.uint8


def _squared_steps(pair: Pair) -> float:
    """The sum of squared differences of 8-bit pictures: exact, far as it is from 2^53."""
    return sum(cv2.norm(pair.a[tile], pair.b[tile], cv2.NORM_L2SQR) for tile in tiles(pair.height, pair.width))


def _squared_error(pair: Pair) -> float:
    total = 0.0
    for tile in tiles(pair.height, pair.width):
        a, b = pair.read(tile, np.float64)
        total += float(np.sum(np.square(a - b)))
    return total
