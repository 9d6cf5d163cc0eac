"""What the formats do alike with decoded pixels."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from maistudio.imaging.formats.streams import DAMAGED
from maistudio.imaging.formats.undecoded import Unreadable
from maistudio.imaging.picture import Pixels

ALPHA_DROPPED = "alpha channel dropped: every pixel is opaque"

BAND = 2**17
"""Pixels worked on at a time: what a core's cache holds."""


def bands(height: int, width: int) -> Iterator[slice]:
    """The rows of a picture from top to bottom, as many at a time as make a band."""
    step = max(1, BAND // width)
    for first in range(0, height, step):
        yield slice(first, min(first + step, height))


def refuse_transparent(found: np.bool_ | bool) -> None:
    if found:
        raise Unreadable("has transparent pixels: flatten it onto a background first")


def from_palette(colours: Pixels, index: Pixels) -> Pixels:
    """The colours, N×3, of N×M×1 pixels. Raises Unreadable for numbers that have none."""
    if index.max() >= len(colours):
        raise Unreadable(f"has pixels of a colour that its palette lacks: {DAMAGED}")
    return colours[index[:, :, 0]]
