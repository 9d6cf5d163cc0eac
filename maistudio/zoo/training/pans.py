"""A clip made of one photograph: a window that moves over it at constant speed, by parts of pixels.

Not a video: nothing moves for itself, nothing is hidden or blurred by motion, and every frame is as sharp and as
free of noise as the photograph. What a network can learn of it is to use the sub-pixel shifts between frames.
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from maistudio.imaging.picture import Pixels
from maistudio.imaging.resize import imresize

Floats = NDArray[np.float32]

FASTEST = 6.0
"""Pixels of the photograph from frame to frame, down and across each: 1.5 of a ×4 network's input."""

LOBES = 4
"""Of the windowed sinc that shifts by a part of a pixel; it has twice as many taps."""


def margin(scale: int) -> int:
    """Pixels on each side of a frame that are filtered with it and cut off: no border is seen in the frames."""
    return 2 * scale + LOBES


def room(scale: int, frames: int) -> int:
    """By how many pixels a photograph must exceed the frames of a clip, in height and width."""
    return 2 * margin(scale) + int(np.ceil(FASTEST * (frames - 1)))


def clip(photograph: Pixels, random: np.random.Generator, frames: int, scale: int) -> tuple[Floats, Floats]:
    """Frames of N×h×w×3 and of N×h·scale×w·scale×3, whole numbers on 0..255; the first are the second ones shrunk.

    ``photograph`` is uint8 of H×W×3, and the larger frames are smaller by ``room``, cut to a multiple of ``scale``.
    """
    height, width = ((side - room(scale, frames)) // scale * scale for side in photograph.shape[:2])
    border = 2 * scale
    low = np.empty((frames, height // scale, width // scale, 3), np.float32)
    high = np.empty((frames, height, width, 3), np.float32)
    for place, (top, left) in enumerate(path(random, frames)):
        framed = _window(photograph, top, left, height + 2 * border, width + 2 * border)
        low[place] = shrunk(framed, scale)
        high[place] = framed[border:-border, border:-border]
    return low, high


def path(random: np.random.Generator, frames: int) -> list[tuple[float, float]]:
    """Where each window starts, from ``LOBES`` pixels on: steps of one length, their path in the middle of the room."""
    speed = random.uniform(-FASTEST, FASTEST, 2)
    middle = LOBES + FASTEST * (frames - 1) / 2
    return [tuple((middle + speed * (place - (frames - 1) / 2)).tolist()) for place in range(frames)]


def shrunk(framed: Floats, scale: int) -> Floats:
    """A frame as ``imresize`` shrinks 8-bit pictures, without the ``2 · scale`` pixels on each side of ``framed``.

    ``framed`` is H×W×3 of whole numbers. The values are those of ``imresize`` where ``scale`` is a power of two, as
    all sums are exact then; else one may be a step off.
    """
    low = _shrunk_rows(_shrunk_rows(framed, scale).swapaxes(0, 1), scale)
    return low.swapaxes(0, 1)


def _shrunk_rows(framed: Floats, scale: int) -> Floats:
    """One pass: the sum over the taps one after the other, which BLAS would spread over threads that TensorFlow has."""
    rows = np.ascontiguousarray(framed).reshape(len(framed), -1)
    count = len(rows) // scale - 4
    total = np.zeros((count, rows.shape[1]), np.float32)
    product = np.empty_like(total)
    for place, weight in _taps(scale):
        np.multiply(rows[place : place + count * scale : scale], weight, out=product)
        total += product
    return _rounded(total).reshape(count, *framed.shape[1:])


@lru_cache(maxsize=8)
def _taps(scale: int) -> tuple[tuple[int, np.float32], ...]:
    """What goes into a shrunk pixel, as imresize has it: places from ``2 · scale`` before its own on, and weights."""
    pulses = np.eye(9 * scale)
    weights = imresize(pulses, scale=(1 / scale, 1.0))[4, 2 * scale :]
    return tuple((int(place), np.float32(weights[place])) for place in np.flatnonzero(weights))


def _window(photograph: Pixels, top: float, left: float, height: int, width: int) -> Floats:
    """A part of the photograph that starts between its pixels, by a windowed sinc, rounded to whole numbers."""
    row, column = int(top), int(left)
    around = photograph[row + 1 - LOBES : row + height + LOBES, column + 1 - LOBES : column + width + LOBES]
    before = (LOBES - 1, LOBES - 1)
    shifted = cv2.sepFilter2D(
        np.ascontiguousarray(around), cv2.CV_32F, _sinc(left - column), _sinc(top - row), anchor=before
    )
    inner = shifted[LOBES - 1 : LOBES - 1 + height, LOBES - 1 : LOBES - 1 + width]
    return _rounded(np.array(inner, np.float32, order="C"))


def _sinc(part: float) -> NDArray[np.float64]:
    """Taps of a sinc under a wider sinc (Lanczos) that shift by ``part`` of a pixel, 0 to 1; their sum is 1."""
    distances = np.arange(1 - LOBES, LOBES + 1) - part
    taps = np.sinc(distances) * np.sinc(distances / LOBES)
    return taps / taps.sum()


def _rounded(values: Floats) -> Floats:
    """Half a step up, as imresize rounds, within 0..255."""
    values += 0.5
    np.floor(values, out=values)
    return np.clip(values, 0, 255, out=values)
