"""A picture file whose header was read: what it holds, and how to get at its pixels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import DTypeLike

from maistudio.imaging.picture import Meaning, Pixels


class Unreadable(Exception):
    """A file that is refused; its text says what is wrong and what to do next, without the file's name."""


@dataclass(frozen=True, slots=True)
class Header:
    """What a file says of its picture before anything is decoded.

    ``height`` and ``width`` are those of the stored pixels, which ``orientation`` (1 to 8, as TIFF and EXIF number
    it) may turn. ``dtype`` is uint8, uint16 or float32. ``plain`` is true where the decoded numbers are the very ones
    in the file: no palette, no scaled bits, no inverted grey, no alpha. ``notes`` hold once the pixels are decoded.
    """

    format: str
    height: int
    width: int
    meaning: Meaning
    dtype: DTypeLike
    orientation: int = 1
    plain: bool = True
    notes: tuple[str, ...] = ()

    @property
    def shown_size(self) -> tuple[int, int]:
        """Height and width after turning."""
        return (self.width, self.height) if self.orientation > 4 else (self.height, self.width)

    def empty(self) -> Pixels:
        """An array for the stored pixels: H×W×3 for RGB, H×W×1 for grey."""
        return np.empty((self.height, self.width, 3 if self.meaning is Meaning.RGB else 1), self.dtype)


@dataclass(frozen=True, slots=True)
class Undecoded:
    """A header, and a function that decodes the stored pixels, not turned.

    ``decode`` needs the file still open. It raises Unreadable where the data is damaged, cut short or transparent.
    """

    header: Header
    decode: Callable[[], Pixels]
