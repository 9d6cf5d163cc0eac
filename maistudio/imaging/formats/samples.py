"""What the formats do alike with the samples of pixels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from maistudio.imaging.formats.undecoded import Unreadable

ALPHA_DROPPED = "alpha channel dropped: every pixel is opaque"


def refuse_transparent(found: bool) -> None:
    if found:
        raise Unreadable("has transparent pixels: flatten it onto a background first")


def unpacked(rows: NDArray[np.uint8], bits: int, columns: int) -> NDArray[np.uint8]:
    """N×``columns`` samples of 1, 2, 4 or 8 bits from N rows of bytes that start with their highest bits."""
    shifts = np.arange(8 - bits, -1, -bits, dtype=np.uint8)
    samples = (rows[:, :, None] >> shifts) & np.uint8(2**bits - 1)
    return samples.reshape(len(rows), -1)[:, :columns]
