"""8-bit values on the range that a network works in, and back."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from maistudio.imaging.picture import Pixels
from maistudio.zoo.training.lesson import Task

Floats = NDArray[np.float32]

WHITE = 255.0


def output_white(task: Task, white: float) -> float:
    """White in a network's output, ``white`` being the largest value of its input: 1 for ISP, whose input is counts."""
    return 1.0 if task is Task.ISP else white


def on_range(pixels: Pixels, white: float) -> Floats:
    """Values of 0..255, of any type, on 0..``white``."""
    values = pixels.astype(np.float32)
    if white != WHITE:
        values *= np.float32(white / WHITE)
    return values


def eight_bits(values: Floats, white: float) -> Pixels:
    """Values on 0..``white`` as uint8, rounded and clipped."""
    return np.clip(np.rint(values * np.float32(WHITE / white)), 0, WHITE).astype(np.uint8)
