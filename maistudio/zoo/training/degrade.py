"""A photograph degraded as its task has it: what goes into a network, and what is to come out.

Photographs are H×W×3 sRGB of uint8. They are taken for clean and sharp: what one holds of its own camera's noise, of
compression and of sharpening counts as part of the picture.

- SR: MATLAB's bicubic shrinks it, rounded to 8 bits, as DIV2K's pairs were made.
- VIDEO: a pan over it makes the frames (``pans``), each shrunk as above.
- DENOISE: noise is added to its 8-bit values (``noise``).
- ISP: it is brought back to a sensor's counts of 10 bits (``mosaic``).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from maistudio.errors import UsageError
from maistudio.imaging.packing import pack_frames
from maistudio.imaging.picture import Pixels
from maistudio.imaging.resize import imresize
from maistudio.zoo.training.camera import LARGEST_COUNT
from maistudio.zoo.training.lesson import Task
from maistudio.zoo.training.mosaic import counts_of
from maistudio.zoo.training.noise import noisy
from maistudio.zoo.training.pans import clip, room
from maistudio.zoo.training.values import WHITE, on_range, output_white

Floats = NDArray[np.float32]

CELL_SIDE = 2


def example(
    task: Task, picture: Pixels, random: np.random.Generator, *, scale: int = 1, frames: int = 1, white: float = WHITE
) -> tuple[Floats, Floats]:
    """The input, h×w×C on 0..``white``, and the target, H×W×C on 0..``output_white``: 0..1 for ISP, else the same.

    ``picture`` is a photograph or a part of one. What exceeds a multiple of ``scale``, or of 2 for ISP, is cut off at
    the bottom and right; the frames of a pan lie within it, smaller as ``photograph_size`` says. SR draws nothing
    from ``random``. The largest count of ISP is ``white``. Raises UsageError for a picture too small for any input.
    """
    least = photograph_size(task, 1, 1, scale=scale, frames=frames)
    if picture.shape[0] < least[0] or picture.shape[1] < least[1]:
        raise UsageError(f"a picture of {picture.shape[1]}×{picture.shape[0]} is too small: give {least[1]}×{least[0]}")
    match task:
        case Task.SR:
            large = whole_blocks(picture, scale)
            return on_range(imresize(large, 1 / scale), white), on_range(large, white)
        case Task.VIDEO:
            low, high = clip(picture, random, frames, scale)
            return on_range(pack_frames(low), white), on_range(pack_frames(high), white)
        case Task.DENOISE:
            return on_range(noisy(picture, random), white), on_range(picture, white)
        case Task.ISP:
            even = whole_blocks(picture, CELL_SIDE)
            counts = counts_of(even, random) * np.float32(white / LARGEST_COUNT)
            return counts, on_range(even, output_white(task, white))


def photograph_size(task: Task, height: int, width: int, *, scale: int = 1, frames: int = 1) -> tuple[int, int]:
    """Height and width of the photograph, or the part of one, that gives an input of ``height`` × ``width``."""
    match task:
        case Task.SR:
            return scale * height, scale * width
        case Task.VIDEO:
            return scale * height + room(scale, frames), scale * width + room(scale, frames)
        case Task.DENOISE:
            return height, width
        case Task.ISP:
            return CELL_SIDE * height, CELL_SIDE * width


def whole_blocks(picture: Pixels, side: int) -> Pixels:
    """The picture cut at the bottom and right to whole blocks of ``side`` × ``side``."""
    height, width = picture.shape[:2]
    return picture[: height - height % side, : width - width % side]
