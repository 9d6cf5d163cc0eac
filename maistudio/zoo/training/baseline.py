"""What a network has to beat: the result without it, by plain means."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from maistudio.imaging.resize import imresize
from maistudio.zoo.training.camera import LARGEST_COUNT
from maistudio.zoo.training.developed import developed
from maistudio.zoo.training.lesson import Task
from maistudio.zoo.training.values import WHITE, eight_bits, on_range

Floats = NDArray[np.float32]

TITLES = {
    Task.SR: "bicubic enlargement",
    Task.VIDEO: "bicubic enlargement of each frame",
    Task.DENOISE: "the noisy input",
    Task.ISP: "bilinear demosaic, white balance, colour matrix and tone curve",
}


def baseline(task: Task, given: Floats, *, scale: int = 1, white: float = WHITE) -> Floats:
    """The target as it is found without a network: ``given`` is an input of h×w×C as ``example`` makes it.

    In the target's range and shape. Enlargements are MATLAB's bicubic, rounded to 8 bits.
    """
    match task:
        case Task.SR | Task.VIDEO:
            return on_range(imresize(eight_bits(given, white), scale), white)
        case Task.DENOISE:
            return given
        case Task.ISP:
            return developed(given * np.float32(LARGEST_COUNT / white))
