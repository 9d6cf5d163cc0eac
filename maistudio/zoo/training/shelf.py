"""Photographs kept in memory, ready to cut patches from; where they are too many, in turns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from maistudio.errors import PictureError, UsageError
from maistudio.imaging.picture import Pixels
from maistudio.imaging.resize import imresize
from maistudio.zoo.training.degrade import whole_blocks
from maistudio.zoo.training.lesson import Task
from maistudio.zoo.training.pictures import Found, Skipped, photograph_of, usable

MEMORY = 2**31
"""Bytes of photographs that are kept at a time."""
STEPS_A_TURN = 1000
"""For so many steps the same photographs are kept, where not all of them can be."""

Tell = Callable[[int, int], None]
"""Called with how many photographs were read of how many."""


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """A photograph, H×W×3 of uint8; for SR cut to whole blocks, with all of it shrunk beside it."""

    photograph: Pixels
    small: Pixels | None = None


def kept(task: Task, scale: int, photograph: Pixels) -> Kept:
    """SR's patches are cut from both, so that they hold just what is in the shrunk whole, borders included."""
    if task is not Task.SR:
        return Kept(photograph)
    large = whole_blocks(photograph, scale)
    return Kept(large, imresize(large, 1 / scale))


class Shelf:
    """The photographs to cut patches from at each step.

    All at every step where they fit into ``memory``; else they are divided into turns by ``seed``, which follow each
    other every ``STEPS_A_TURN`` steps, each read when its time comes. ``skipped`` grows by those that can't be decoded.
    """

    def __init__(
        self,
        pictures: Sequence[Path | str],
        task: Task,
        scale: int,
        least: tuple[int, int],
        seed: int,
        memory: int = MEMORY,
        tell: Tell | None = None,
    ) -> None:
        found, self.skipped = usable(pictures, least)
        self._task, self._scale, self._tell = task, scale, tell
        self._turns = _turns(found, memory, seed)
        self._present: tuple[int, tuple[Kept, ...]] | None = None
        if not self._turns:
            raise UsageError(self._none_is_left(len(pictures)))

    def at(self, step: int) -> tuple[Kept, ...]:
        """At least one. Raises UsageError where none can be decoded."""
        wanted = step // STEPS_A_TURN % len(self._turns)
        if self._present is None or self._present[0] != wanted:
            self._present = None  # what was kept must be gone before more is read
            self._present = wanted, self._read(wanted)
        return self._present[1]

    def _read(self, wanted: int) -> tuple[Kept, ...]:
        """The photographs of a turn, or of the next one that has any."""
        for turn in (*self._turns[wanted:], *self._turns[:wanted]):
            present = []
            for place, each in enumerate(turn):
                if self._tell is not None:
                    self._tell(place, len(turn))
                try:
                    present.append(kept(self._task, self._scale, photograph_of(each.path)))
                except PictureError as error:
                    self._skip(Skipped(each.path, str(error)))
            if present:
                return tuple(present)
        raise UsageError(self._none_is_left(sum(map(len, self._turns))))

    def _skip(self, picture: Skipped) -> None:
        if picture not in self.skipped:
            self.skipped += (picture,)

    def _none_is_left(self, asked: int) -> str:
        if not self.skipped:
            return "there are no pictures to learn from: name a folder of photographs"
        return f"none of {asked} pictures can be used: {self.skipped[0].reason}"


def _turns(found: Sequence[Found], memory: int, seed: int) -> tuple[tuple[Found, ...], ...]:
    """The pictures in an order of ``seed``, as many in a turn as fit; one that is too large by itself is alone."""
    if sum(each.size for each in found) <= memory:
        return (tuple(found),) if found else ()
    turns: list[list[Found]] = []
    left = 0
    for place in np.random.default_rng(seed).permutation(len(found)):
        each = found[place]
        if not turns or each.size > left:
            turns.append([])
            left = memory
        turns[-1].append(each)
        left -= each.size
    return tuple(map(tuple, turns))
