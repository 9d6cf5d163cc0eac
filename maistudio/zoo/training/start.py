"""Random weights made fit to learn from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from maistudio.zoo.training.calls import calls_of

Floats = NDArray[np.float32]

FIRST_FACTORS = (1.0, 0.3, 0.1, 0.03, 0.01)
MOST_GAIN = 2**0.5
"""A rectifier halves the mean square of what it gets: with this gain, it stays the same from layer to layer."""


def begin_gently(model: keras.Model, answer: Callable[[Floats], Floats], inputs: Floats, targets: Floats) -> None:
    """Scale random weights down: those of layers that enlarge what they get, then the last layer's to fit best.

    Branches add up, and a dozen blocks of them make numbers without a measure. And many networks add to an enlarged
    input: random weights add far too much, and while that is unlearned, the rectifiers go silent. What then comes out
    is the enlarged input alone, for ever. ``answer`` is what the model makes of inputs.
    """
    again, calls = calls_of(model)
    trained = [call for call in calls if _kernels(call.layer)]
    for call in trained:
        around = keras.Model(again.inputs, [call.given[0], call.made[0]])
        _calm(call.layer, *(np.asarray(values) for values in around(inputs[:1], training=False)))
    last, losses = trained[-1].layer, {}
    first = _values(last)
    for factor in FIRST_FACTORS:
        _scale(last, first, factor)
        losses[factor] = float(np.abs(answer(inputs) - targets).mean())
    _scale(last, first, min(losses, key=losses.__getitem__))


def _calm(layer: Any, given: Floats, made: Floats) -> None:
    """Scale a layer down until it makes no more than ``MOST_GAIN`` times what it is given, as a root mean square."""
    most, found = MOST_GAIN * _size(given), _size(made)
    if found > most > 0:
        _scale(layer, _values(layer), most / found)


def _size(values: Floats) -> float:
    return float(np.sqrt(np.mean(np.square(values, dtype=np.float64))))


def _kernels(layer: Any) -> list[Any]:
    return [weight for weight in layer.trainable_weights if len(weight.shape) > 1]


def _values(layer: Any) -> list[Floats]:
    return [np.asarray(weight) for weight in _kernels(layer)]


def _scale(layer: Any, first: list[Floats], factor: float) -> None:
    for weight, value in zip(_kernels(layer), first, strict=True):
        weight.assign(value * np.float32(factor))
