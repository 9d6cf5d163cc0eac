"""The fixed patches that a training is measured on while it runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from maistudio.errors import PictureError, UsageError
from maistudio.zoo.training.batches import stacked
from maistudio.zoo.training.lesson import Lesson
from maistudio.zoo.training.patches import plain_patch, size_cut
from maistudio.zoo.training.pictures import photograph_of, usable
from maistudio.zoo.training.shelf import kept

Floats = NDArray[np.float32]

COUNT = 32
SEED = 2022
"""Not the lesson's, so that lessons of other seeds are measured on the same patches."""


def held_out(lesson: Lesson, pictures: Sequence[Path | str], count: int = COUNT) -> tuple[Floats, Floats]:
    """``count`` inputs of h×w×C, h = w = ``lesson.patch``, and their targets; ``pictures`` are ``lesson.validation``.

    Each photograph gives as many as any other, from random places that depend on its place in the list alone, flat
    ones too, neither turned nor mirrored. Of more than ``count``, those are taken that lie evenly in the list. One
    photograph is in memory at a time. Raises UsageError where none can be used.
    """
    found, skipped = usable(pictures, size_cut(lesson))
    chosen = [found[place * len(found) // count] for place in range(min(count, len(found) * count))]
    pairs = list(_patches(lesson, [each.path for each in chosen]))
    if not pairs:
        why = f": {skipped[0].reason}" if skipped else ""
        raise UsageError(f"none of {len(pictures)} pictures to validate on can be used{why}")
    return stacked(iter([pairs[place % len(pairs)] for place in range(count)]), count)


def _patches(lesson: Lesson, paths: Sequence[str]) -> Iterator[tuple[Floats, Floats]]:
    """A patch for each path; equal paths follow each other, and each is read once."""
    last, source = "", None
    for place, path in enumerate(paths):
        if path != last:
            last = path
            try:
                source = kept(lesson.task, lesson.scale, photograph_of(path))
            except PictureError:
                source = None
        if source is not None:
            yield plain_patch(lesson, source, np.random.default_rng((SEED, place)))
