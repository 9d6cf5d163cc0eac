"""How a network does on pictures that it doesn't learn from."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from maistudio.imaging.metrics import psnr
from maistudio.zoo.training.baseline import baseline
from maistudio.zoo.training.held_out import held_out
from maistudio.zoo.training.lesson import Lesson
from maistudio.zoo.training.values import eight_bits, output_white

Floats = NDArray[np.float32]

COLOURS = 3
BEST = 100.0
"""dB, told where nothing differs."""


class Exam:
    """Fixed patches of the validation pictures, and the PSNR of the baseline on them."""

    def __init__(self, lesson: Lesson) -> None:
        """Raises UsageError where no picture can be used."""
        self._lesson = lesson
        self._inputs, self._targets = held_out(lesson, lesson.validation)
        plain = [baseline(lesson.task, given, scale=lesson.scale, white=lesson.white) for given in self._inputs]
        self.baseline_psnr = self._mean_psnr(np.stack(plain))

    def psnr(self, answer: Callable[[Floats], Floats]) -> float:
        """The mean over the patches, and over the frames of clips: RGB, rounded to 8 bits, one pixel shaved."""
        batch = self._lesson.batch
        answers = [answer(self._inputs[place : place + batch]) for place in range(0, len(self._inputs), batch)]
        return self._mean_psnr(np.concatenate(answers))

    def _mean_psnr(self, answers: Floats) -> float:
        white = output_white(self._lesson.task, self._lesson.white)
        values = [
            min(psnr(eight_bits(given[..., place:end], white), eight_bits(wanted[..., place:end], white)), BEST)
            for given, wanted in zip(answers, self._targets, strict=True)
            for place, end in ((start, start + COLOURS) for start in range(0, given.shape[-1], COLOURS))
        ]
        return float(np.mean(values))
