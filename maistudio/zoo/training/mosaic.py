"""A photograph brought back to what a sensor may have counted: the inverse of a plain pipeline.

In this order, with the numbers of ``camera``:

1. the tone curve is undone: 8-bit sRGB becomes linear light, 0..1;
2. the colour matrix is undone: linear sRGB becomes the camera's colours;
3. the white balance is undone: red and blue are divided by their gains. White in the photograph is so the largest
   that can come out, and no highlight is blown in the counts;
4. of each pixel the one colour is kept that an RGGB mosaic has there, and the four pixels of a cell become channels,
   B, G, R, G, in the challenge's order;
5. noise is added (``with_noise``);
6. black goes to its count, white to 1023; counts are rounded and clipped to 0..1023.

Not undone: sharpening, local tone mapping, the noise reduction and demosaicing of the photograph's own camera. There
is no lens shading and no defective pixel.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from maistudio.imaging.picture import Pixels
from maistudio.zoo.training.camera import (
    BLACK_COUNT,
    GAINS,
    LARGEST_COUNT,
    NOISE,
    ORDER,
    PATTERN,
    TO_SRGB,
    linear,
)
from maistudio.zoo.training.noise import Noise, with_noise

Floats = NDArray[np.float32]

COLOURS = "RGB"


def counts_of(picture: Pixels, random: np.random.Generator, noise: Noise | None = NOISE) -> Floats:
    """2h×2w×3 of uint8 sRGB as whole counts of h×w×4, 0..1023; no noise where it is None."""
    light = np.take(_light(), picture)
    shares = _shares()
    channels = zip(ORDER.positions, ORDER.colours(PATTERN), strict=True)
    planes = [light[row::2, column::2] @ shares[COLOURS.index(colour)] for (row, column), colour in channels]
    brightness = np.stack(planes, axis=-1)
    if noise is not None:
        brightness = with_noise(brightness, random, noise)
    return np.clip(np.rint(brightness * (LARGEST_COUNT - BLACK_COUNT) + BLACK_COUNT), 0, LARGEST_COUNT)


@cache
def _light() -> Floats:
    """Linear light of each 8-bit value."""
    return linear(np.arange(256) / 255).astype(np.float32)


@cache
def _shares() -> Floats:
    """What of linear red, green and blue the camera's red, green and blue each see, before white balance."""
    gains = np.array([[GAINS[colour]] for colour in COLOURS])
    return (np.linalg.inv(TO_SRGB) / gains).astype(np.float32)
