"""Batches of patches, each told by its step alone, so that a training that goes on later sees what it would have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from maistudio.zoo.training.lesson import Lesson
from maistudio.zoo.training.patches import any_patch, size_cut
from maistudio.zoo.training.pictures import Skipped
from maistudio.zoo.training.shelf import MEMORY, Shelf, Tell

Floats = NDArray[np.float32]


class Batches:
    """What a lesson learns from at each step, cut from ``pictures``, the paths of photographs (``lesson.images``).

    Each photograph is as likely as any other, but for flat patches (``any_patch``). They are read at the first batch,
    which may take minutes for many: ``tell`` is called with how many were read of how many. ``memory`` is the most
    that is kept of them, in bytes.
    """

    def __init__(
        self, lesson: Lesson, pictures: Sequence[Path | str], memory: int = MEMORY, tell: Tell | None = None
    ) -> None:
        """Read the headers. Raises UsageError where no picture can be used."""
        self._lesson = lesson
        self._shelf = Shelf(pictures, lesson.task, lesson.scale, size_cut(lesson), lesson.seed, memory, tell)

    @property
    def skipped(self) -> tuple[Skipped, ...]:
        """Pictures that can't be used; those that can't be decoded are among them once they were to be read."""
        return self._shelf.skipped

    def at(self, step: int) -> tuple[Floats, Floats]:
        """Inputs of N×h×w×C and targets of N×H×W×C for a step, which counts from 0.

        The same for the same lesson, pictures and step, whatever was asked before. Raises UsageError where no picture
        can be decoded. Not for several threads at once.
        """
        random = np.random.default_rng((self._lesson.seed, step))
        sources = self._shelf.at(step)
        count = self._lesson.batch
        return stacked((any_patch(self._lesson, sources, random) for _ in range(count)), count)


def stacked(pairs: Iterator[tuple[Floats, Floats]], count: int) -> tuple[Floats, Floats]:
    """``count`` inputs and targets, at least one, as two arrays."""
    first = next(pairs)
    inputs, targets = (np.empty((count, *values.shape), np.float32) for values in first)
    inputs[0], targets[0] = first
    for place, (given, wanted) in enumerate(pairs, start=1):
        inputs[place], targets[place] = given, wanted
    return inputs, targets
