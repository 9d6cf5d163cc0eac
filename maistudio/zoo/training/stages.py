"""The two parts of a training: first with floats and all branches, then, for full int8, with int8 in the loop."""

from __future__ import annotations

from dataclasses import dataclass

import keras

from maistudio.zoo.fuse import fuse
from maistudio.zoo.networks import NETWORKS
from maistudio.zoo.training.batches import Batches
from maistudio.zoo.training.checkpoint import Checkpoint
from maistudio.zoo.training.lesson import Lesson
from maistudio.zoo.training.pupil import Pupil
from maistudio.zoo.training.quantized import quantization_aware
from maistudio.zoo.training.values import output_white

FIRST_RANGES = 8
"""Batches by which int8's ranges are found before anything is learned with them."""


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """``pupil`` learns; ``submitted`` is the network in its inference form, of the same weights when int8 is in."""

    pupil: Pupil
    submitted: keras.Model
    int8: bool = False


def stage_of(lesson: Lesson, batches: Batches, state: Checkpoint | None) -> Stage:
    """Where a checkpoint was left, or the beginning without one."""
    network = NETWORKS[lesson.name]
    if state is not None and state.step > lesson.steps:
        stage = _int8(lesson, network.inference())
    else:
        stage = Stage(Pupil((network.training or network.inference)(), lesson), network.inference())
    if state is None:
        stage.pupil.begin_gently(*batches.at(0))
    else:
        stage.pupil.restore(state.weights, state.optimizer)
    return stage


def fused(stage: Stage) -> Stage:
    """The same with the weights that were learned in the inference form."""
    if not stage.int8:
        fuse(stage.pupil.model, stage.submitted)
    return stage


def with_int8(lesson: Lesson, batches: Batches, stage: Stage) -> Stage:
    """The second part, its ranges found by the first batches; the same where it has begun already."""
    if stage.int8:
        return stage
    begun = _int8(lesson, fused(stage).submitted)
    for place in range(FIRST_RANGES):
        begun.pupil.observe(batches.at(place)[0])
    return begun


def _int8(lesson: Lesson, submitted: keras.Model) -> Stage:
    model = quantization_aware(submitted, lesson.white, output_white(lesson.task, lesson.white))
    return Stage(Pupil(model, lesson), submitted, int8=True)
