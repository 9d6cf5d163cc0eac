"""Photographs to learn from: read as 8-bit RGB; those that can't be used are told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from maistudio.errors import PictureError
from maistudio.imaging.picture import Picture, Pixels
from maistudio.imaging.probe import probe
from maistudio.imaging.reading import load
from maistudio.zoo.training.values import eight_bits

MOST = 255
COLOURS = 3


@dataclass(frozen=True, slots=True)
class Found:
    """A picture file whose header says that it can be used."""

    path: str
    height: int
    width: int

    @property
    def size(self) -> int:
        """Bytes of it as 8-bit RGB."""
        return COLOURS * self.height * self.width


@dataclass(frozen=True, slots=True)
class Skipped:
    """A picture file that can't be used, and why: a sentence that names it."""

    path: str
    reason: str


def photograph_of(path: Path | str) -> Pixels:
    """A picture file as H×W×3 of uint8, sRGB: grey as three equal channels, deeper values rounded to 8 bits.

    A colour profile other than sRGB is not followed. Raises PictureError for a file that can't be read.
    """
    picture = load(path)
    pixels = _eight_bits(picture)
    return np.ascontiguousarray(np.broadcast_to(pixels, (*pixels.shape[:2], COLOURS)))


def usable(pictures: Sequence[Path | str], least: tuple[int, int]) -> tuple[tuple[Found, ...], tuple[Skipped, ...]]:
    """Those whose header can be read and whose height and width reach ``least``, and the others."""
    found: list[Found] = []
    skipped: list[Skipped] = []
    for path in pictures:
        try:
            height, width = probe(path).shown_size
        except PictureError as error:
            skipped.append(Skipped(str(path), str(error)))
            continue
        if height < least[0] or width < least[1]:
            wanted = f"{least[1]}×{least[0]}"
            skipped.append(Skipped(str(path), f"{path}: is {width}×{height}, smaller than a patch takes ({wanted})"))
        else:
            found.append(Found(str(path), height, width))
    return tuple(found), tuple(skipped)


def _eight_bits(picture: Picture) -> Pixels:
    if picture.pixels.dtype == np.uint8:
        return picture.pixels
    return eight_bits(picture.pixels.astype(np.float32), picture.white)
