"""Which values a model works with, by what it makes of a picture: shrunk again, a good result is the picture fed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf, log10
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maistudio.errors import UsageError
from maistudio.imaging.picture import Pixels
from maistudio.imaging.resize import imresize
from maistudio.jobs.feeding.choice import Choice
from maistudio.jobs.feeding.values import EXAMPLES, Values, from_tensor
from maistudio.runtime.protocol import TensorSpec

Reals = NDArray[np.float32]

LEAD_DB = 3.0
GOOD_DB = 40.0
GOOD_LEAD_DB = 1.5
"""By how much one range must be nearer to the picture than the next, also where it all but reproduces the picture."""
FAIR_DB = 30.0
"""From here on, a result may well be of the picture."""
SAME_DB = 45.0
"""Beyond this, two pictures are the same to the eye."""
UNTOLD = f"which range of values it takes can't be told: say it with --values, one of {EXAMPLES}"
LARGEST_SIDE = 256
"""Pixels of the part of a picture that is compared."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of feeding a picture on one range: the range its output fits best, how well in dB, and as pixels."""

    values: Values
    output: Values
    decibels: float
    result: Reals


def tried(picture: Reals, values: Values, output: NDArray[Any], spec: TensorSpec, ranges: Sequence[Values]) -> Trial:
    """How well an output fits the H×W×C picture, in 0..1, that was fed as ``values``, on the best of ``ranges``.

    The first of them is kept where it is no evident misfit: in a dark picture, a smaller number always comes nearer.
    """
    small, large = _parts(picture, output)
    trials = []
    for each in ranges:
        result = np.clip(from_tensor(large, each, spec, 1.0, np.float32), 0, 1)
        trials.append(Trial(values, each, _nearness(result, small), result))
    best = max(trials, key=lambda trial: trial.decibels)
    return trials[0] if trials[0].decibels >= FAIR_DB else best


def decided(trials: Sequence[Trial]) -> tuple[Choice, Choice]:
    """The values of input and output that the trials speak for.

    Raises UsageError, which names ``--values``, where they speak for none.
    """
    first, second, *_ = sorted(trials, key=lambda trial: -trial.decibels)
    outcomes = ", ".join(f"{trial.values.text} {_text(trial.decibels)}" for trial in trials)
    if first.decibels >= second.decibels + (GOOD_LEAD_DB if first.decibels >= GOOD_DB else LEAD_DB):
        why = f"by trial: how near the shrunk output came to the picture: {outcomes}"
        return Choice(first.values, why), Choice(first.output, "by the same trial")
    if all(_decibels(trial.result, trials[0].result) >= SAME_DB for trial in trials):
        why = "by trial: the usual ranges give the same picture"
        return Choice(trials[0].values, why), Choice(trials[0].output, "by the same trial")
    raise UsageError(f"{UNTOLD} (by how near the shrunk output came to the picture: {outcomes})")


def contradicted(stated: Values, trials: Sequence[Trial]) -> Iterator[str]:
    """A note where the trials speak for other values than those stated."""
    try:
        choice, _ = decided(trials)
    except UsageError:
        return
    if stated != choice.values and stated in [trial.values for trial in trials]:
        yield f"--values {choice.values.text} suits this model better than the challenge's {stated.text}, {choice.why}"


def _parts(picture: Reals, output: NDArray[Any]) -> tuple[Reals, NDArray[Any]]:
    """The middle of the picture and of the output, cut at the same places, in the three channels in the middle."""
    height, width = picture.shape[:2]
    top, left = (max(0, side - LARGEST_SIDE) // 2 for side in (height, width))
    bottom, right = min(height, top + LARGEST_SIDE), min(width, left + LARGEST_SIDE)

    def placed(row: int, column: int) -> tuple[int, int]:
        return row * output.shape[0] // height, column * output.shape[1] // width

    (first_row, first_column), (last_row, last_column) = placed(top, left), placed(bottom, right)
    small = _middle(picture)[top:bottom, left:right]
    large = _middle(output)[first_row:last_row, first_column:last_column]
    return small, large


def _middle(pixels: Pixels) -> Pixels:
    first = pixels.shape[2] // 6 * 3
    return pixels if pixels.shape[2] <= 3 else pixels[..., first : first + 3]


def _nearness(result: Reals, small: Reals) -> float:
    """How near a result is to the picture once it has its size; by their mean colours where only one is grey."""
    if result.shape[2] != small.shape[2]:
        result, small = (each.mean(axis=2, keepdims=True) for each in (result, small))
    shrunk = result if result.shape == small.shape else imresize(result, size=small.shape[:2])
    return _decibels(shrunk, small)


def _decibels(first: NDArray[Any], second: NDArray[Any]) -> float:
    """PSNR of values in 0..1."""
    error = float(np.mean((first.astype(np.float64) - second) ** 2))
    return inf if error == 0 else -10 * log10(error)


def _text(decibels: float) -> str:
    return "exactly" if decibels == inf else f"{decibels:.1f} dB"
