"""A picture file degraded as a challenge's task has it: what a model gets, what it should make of it, the baseline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from maistudio.challenges.challenge import Challenge
from maistudio.errors import PictureError
from maistudio.imaging.packing import unpack_frames
from maistudio.imaging.picture import Pixels
from maistudio.jobs.feeding.channels import Packed
from maistudio.jobs.tasks import task_of
from maistudio.zoo.training.baseline import baseline
from maistudio.zoo.training.camera import LARGEST_COUNT
from maistudio.zoo.training.degrade import example, photograph_size
from maistudio.zoo.training.lesson import Task
from maistudio.zoo.training.pictures import photograph_of
from maistudio.zoo.training.values import WHITE, eight_bits

SEED = 2021
"""Of noise and pans. Those of a picture depend on its name, too, not on the pictures beside it."""
DEGRADATIONS = {
    Task.SR: "shrunk by MATLAB's bicubic, ×{scale}",
    Task.VIDEO: "{frames} frames of a sub-pixel pan over each, no video, shrunk by MATLAB's bicubic, ×{scale}",
    Task.DENOISE: "with Poisson-Gaussian noise of about σ 25/255",
    Task.ISP: "as raw counts of 10 bits, by an inverse pipeline",
}
LEAST_SIDE = 16
"""Of an input, in pixels: enough for SSIM's window on what comes out."""


@dataclass(frozen=True, slots=True, eq=False)
class Degraded:
    """What goes in, and H×W×3 frames of what is to come out and of the baseline: uint8, or floats on 0..1 for ISP."""

    given: Packed
    truth: Sequence[Pixels]
    baseline: Sequence[Pixels]
    notes: tuple[str, ...]


def degraded(path: Path, challenge: Challenge) -> Degraded:
    """A picture of a file, and what is made of it. Raises PictureError for one that can't be used."""
    task, scale, frames = task_of(challenge), challenge.scale, challenge.model.frames
    photograph, notes = _photograph(path, challenge)
    random = np.random.default_rng([SEED, crc32(path.name.encode())])
    white = float(LARGEST_COUNT) if task is Task.ISP else WHITE
    given, target = example(task, photograph, random, scale=scale, frames=frames, white=white)
    plain = baseline(task, given, scale=scale, white=white)
    dtype = np.uint16 if task is Task.ISP else np.uint8
    return Degraded(
        Packed(np.rint(given).astype(dtype), white, notes),
        _frames(target, task, frames),
        _frames(plain, task, frames),
        notes,
    )


def _photograph(path: Path, challenge: Challenge) -> tuple[Pixels, tuple[str, ...]]:
    """The picture, or the middle of it where a clip's frames need no more. Raises PictureError for a small one."""
    task, scale, frames = task_of(challenge), challenge.scale, challenge.model.frames
    picture = photograph_of(path)
    size = picture.shape[:2]
    least = photograph_size(task, LEAST_SIDE, LEAST_SIDE, scale=scale, frames=frames)
    if size[0] < least[0] or size[1] < least[1]:
        raise PictureError(path, f"is {size[1]}×{size[0]}, and {least[1]}×{least[0]} are needed: choose larger ones")
    if task is not Task.VIDEO:
        return picture, ()
    most = photograph_size(task, *challenge.model.input[1:3], scale=scale, frames=frames)
    height, width = min(size[0], most[0]), min(size[1], most[1])
    top, left = (size[0] - height) // 2, (size[1] - width) // 2
    note = f"the clip pans over the middle {width}×{height} of the picture"
    return picture[top : top + height, left : left + width], () if (height, width) == size else (note,)


def _frames(values: NDArray[np.float32], task: Task, frames: int) -> Sequence[Pixels]:
    if task is Task.ISP:
        return [np.clip(values, 0, 1)]
    pixels = eight_bits(values, WHITE)
    return list(unpack_frames(pixels)) if frames > 1 else [pixels]
