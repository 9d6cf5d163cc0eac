"""A network that learns: L1 by Adam, a batch at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from maistudio.zoo.training.checkpoint import Arrays
from maistudio.zoo.training.lesson import Lesson, Task
from maistudio.zoo.training.start import begin_gently
from maistudio.zoo.training.values import output_white

Floats = NDArray[np.float32]


class Pupil:
    """``model`` and the state of its Adam. Inputs are N×h×w×C of float32, targets N×H×W×C."""

    def __init__(self, model: keras.Model, lesson: Lesson) -> None:
        self.model = model
        self._peak = output_white(lesson.task, lesson.white)
        self._one_by_one = lesson.task is Task.VIDEO
        self._adam = keras.optimizers.Adam(lesson.learning_rate)
        self._adam.build(model.trainable_variables)
        self._step = tf.function(self._learned)
        self._answer = tf.function(lambda inputs: self._called(inputs, training=False))
        self._observe = tf.function(lambda inputs: self._called(inputs, training=True))

    def learn(self, inputs: Floats, targets: Floats, rate: float) -> float:
        """One step. Returns the loss, the mean distance from the targets of which white is 1."""
        self._adam.learning_rate.assign(rate)
        return float(self._step(tf.constant(inputs), tf.constant(targets)))

    def answer(self, inputs: Floats) -> Floats:
        """What the network makes of N×h×w×C."""
        return np.asarray(self._answer(tf.constant(inputs)))

    def observe(self, inputs: Floats) -> None:
        """Let ranges follow a batch; nothing is learned."""
        self._observe(tf.constant(inputs))

    def state(self) -> tuple[Arrays, Arrays]:
        """The weights, and what Adam remembers."""
        return _values(self.model.weights), _values(self._adam.variables)

    def restore(self, weights: Arrays, optimizer: Arrays) -> None:
        """Put back what ``state`` gave. Raises ValueError for another network's."""
        for variable, value in zip(self.model.weights, weights, strict=True):
            variable.assign(value)
        for variable, value in zip(self._adam.variables, optimizer, strict=True):
            variable.assign(value)

    def begin_gently(self, inputs: Floats, targets: Floats) -> None:
        """Make the random weights fit to learn from, by one batch."""
        begin_gently(self.model, self.answer, inputs, targets)

    def _learned(self, inputs: tf.Tensor, targets: tf.Tensor) -> tf.Tensor:
        weights = self.model.trainable_variables
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.abs(self._called(inputs, training=True) - targets)) / self._peak
        self._adam.apply(tape.gradient(loss, weights), weights)
        return loss

    def _called(self, inputs: tf.Tensor, training: bool) -> tf.Tensor:
        """Networks for video take one clip at a time: the frames are their batch."""
        if not self._one_by_one:
            return self.model(inputs, training=training)
        clips = tf.split(inputs, inputs.shape[0])
        return tf.concat([self.model(clip, training=training) for clip in clips], axis=0)


def _values(variables: Sequence[Any]) -> Arrays:
    return [np.asarray(variable) for variable in variables]
