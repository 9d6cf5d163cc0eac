"""Patches cut from photographs, turned and mirrored, and degraded."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from maistudio.imaging.picture import Pixels
from maistudio.zoo.training.degrade import example, photograph_size
from maistudio.zoo.training.lesson import Lesson, Task
from maistudio.zoo.training.shelf import Kept
from maistudio.zoo.training.values import on_range

Floats = NDArray[np.float32]

FLAT = 3.0
"""Steps of 8 bits between neighbours, down and across together, below which a patch counts as flat."""
TRIES = 3
"""A photograph and a place in it are chosen anew where the patch is flat, so often at the most: what is sky, a wall or
out of focus is drawn, but less often."""
WAYS = 8
GREEN = 1


def any_patch(lesson: Lesson, sources: Sequence[Kept], random: np.random.Generator) -> tuple[Floats, Floats]:
    """An input and its target, from a photograph, a place in it and in one of eight ways, all drawn from ``random``.

    Photographs are turned before they are degraded, so that a mosaic keeps its pattern, and all frames of a clip
    alike. SR's patches are turned with their shrunk ones: of these, turned a quarter, columns were shrunk first.
    """
    for _ in range(TRIES):
        source = sources[int(random.integers(len(sources)))]
        top, left = _place(lesson, source, random)
        if detail(_looked_at(lesson, source, top, left)) >= FLAT:
            break
    return _degraded(lesson, source, top, left, int(random.integers(WAYS)), random)


def plain_patch(lesson: Lesson, source: Kept, random: np.random.Generator) -> tuple[Floats, Floats]:
    """An input and its target from any place, flat or not, as it stands in the photograph."""
    top, left = _place(lesson, source, random)
    return _degraded(lesson, source, top, left, 0, random)


def turned(pixels: Pixels, way: int) -> Pixels:
    """H×W×C turned by ``way % 4`` quarters, from 4 on mirrored, too: a view of the same values."""
    quarters = np.rot90(pixels, way % 4)
    return quarters[:, ::-1] if way >= 4 else quarters


def detail(pixels: Pixels) -> float:
    """The mean difference of neighbours in green, down and across together."""
    green = pixels[..., GREEN].astype(np.int16)
    return float(np.abs(np.diff(green, axis=0)).mean() + np.abs(np.diff(green, axis=1)).mean())


def _place(lesson: Lesson, source: Kept, random: np.random.Generator) -> tuple[int, int]:
    """Where a patch starts in what it is cut from, every place equally likely."""
    pixels, (height, width) = _cut_from(lesson, source)
    return int(random.integers(pixels.shape[0] - height + 1)), int(random.integers(pixels.shape[1] - width + 1))


def _looked_at(lesson: Lesson, source: Kept, top: int, left: int) -> Pixels:
    pixels, (height, width) = _cut_from(lesson, source)
    return pixels[top : top + height, left : left + width]


def _cut_from(lesson: Lesson, source: Kept) -> tuple[Pixels, tuple[int, int]]:
    """The picture that the place of a patch is chosen in, and the patch's size there."""
    if source.small is not None:
        return source.small, (lesson.patch, lesson.patch)
    return source.photograph, size_cut(lesson)


def size_cut(lesson: Lesson) -> tuple[int, int]:
    """Height and width of the part of a photograph that a patch is made of."""
    return photograph_size(lesson.task, lesson.patch, lesson.patch, scale=lesson.scale, frames=lesson.frames)


def _degraded(
    lesson: Lesson, source: Kept, top: int, left: int, way: int, random: np.random.Generator
) -> tuple[Floats, Floats]:
    if lesson.task is Task.SR:
        assert source.small is not None
        low, high = (
            pixels[scale * top : scale * (top + lesson.patch), scale * left : scale * (left + lesson.patch)]
            for pixels, scale in ((source.small, 1), (source.photograph, lesson.scale))
        )
        return on_range(turned(low, way), lesson.white), on_range(turned(high, way), lesson.white)
    part = np.ascontiguousarray(turned(_looked_at(lesson, source, top, left), way))
    return example(lesson.task, part, random, scale=lesson.scale, frames=lesson.frames, white=lesson.white)
