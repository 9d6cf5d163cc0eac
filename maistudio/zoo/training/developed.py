"""Counts developed by a plain pipeline: what a learned one has to beat."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from maistudio.imaging.channel_orders import CELL, Position
from maistudio.imaging.packing import unpack_bayer
from maistudio.zoo.training.camera import (
    BLACK_COUNT,
    GAINS,
    LARGEST_COUNT,
    ORDER,
    PATTERN,
    TO_SRGB,
    encoded,
)

Floats = NDArray[np.float32]


def developed(counts: Floats) -> Floats:
    """Counts of h×w×4 as a picture of 2h×2w×3 on 0..1: black level, white balance, demosaic, matrix, tone curve.

    The camera's own numbers are known to it; it does nothing about noise.
    """
    mosaic = (unpack_bayer(counts, ORDER) - np.float32(BLACK_COUNT)) / np.float32(LARGEST_COUNT - BLACK_COUNT)
    for (row, column), colour in zip(CELL, PATTERN, strict=True):
        mosaic[row::2, column::2] *= np.float32(GAINS[colour])
    return encoded(demosaicked(mosaic) @ TO_SRGB.T.astype(np.float32))


def demosaicked(mosaic: Floats) -> Floats:
    """Bilinear: a colour that a pixel of an RGGB mosaic lacks is the mean of its nearest neighbours that have it.

    H×W, both even, becomes H×W×3. Beyond the border the mosaic is mirrored about its outermost pixels, which keeps
    the pattern.
    """
    framed = np.pad(mosaic, 1, mode="reflect")
    half = np.float32(0.5)
    mean_across = (framed[:, :-2] + framed[:, 2:]) * half
    across, down = mean_across[1:-1], (framed[:-2, 1:-1] + framed[2:, 1:-1]) * half
    diagonal, beside = (mean_across[:-2] + mean_across[2:]) * half, (across + down) * half
    picture = np.empty((*mosaic.shape, 3), np.float32)
    # Position in the cell: what red, green and blue are there
    found: dict[Position, tuple[Floats, Floats, Floats]] = {
        (0, 0): (mosaic, beside, diagonal),
        (0, 1): (across, mosaic, down),
        (1, 0): (down, mosaic, across),
        (1, 1): (diagonal, beside, mosaic),
    }
    for (row, column), colours in found.items():
        for channel, values in enumerate(colours):
            picture[row::2, column::2, channel] = values[row::2, column::2]
    return picture
