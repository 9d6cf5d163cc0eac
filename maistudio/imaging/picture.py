"""A picture as values: its pixels, their range, and what their channels mean."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Pixels: TypeAlias = NDArray[Any]
"""H×W×C, of uint8, uint16 or float32."""


class Meaning(StrEnum):
    """What the channels of a picture are."""

    RGB = "RGB"
    GREY = "grey"
    BAYER = "Bayer mosaic"


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """Pixels with their range and colour meaning.

    ``pixels`` is H×W×3 for RGB, H×W×1 for grey or a Bayer mosaic, never written to. Black is 0 and white is
    ``white`` in the pixels' own units: 255 for 8 bits, 65535 for 16 bits, 1.0 for floats, the sensor's white level
    for a mosaic. Values are as stored in the file: no gamma, no colour profile is applied. ``source`` names where it
    came from; ``notes`` say in a sentence each what was done to it or should be known about it.
    """

    pixels: Pixels
    meaning: Meaning
    white: float
    source: str
    notes: tuple[str, ...] = ()

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])

    @property
    def maximum(self) -> float:
        """The largest value measured in the pixels."""
        return float(np.max(self.pixels))
