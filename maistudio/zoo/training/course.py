"""A training from its beginning, or from where it stood, to its end."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from maistudio.zoo.forms import Form
from maistudio.zoo.training import checkpoint as kept
from maistudio.zoo.training.batches import Batches
from maistudio.zoo.training.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from maistudio.zoo.training.diary import Diary, Line
from maistudio.zoo.training.exam import Exam
from maistudio.zoo.training.lesson import Lesson
from maistudio.zoo.training.schedule import is_exam, rate_at
from maistudio.zoo.training.stages import Stage, fused, stage_of, with_int8

Floats = NDArray[np.float32]
Batch = tuple[Floats, Floats]

CHECKPOINT_SECONDS = 60.0


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """What came of a training: its last stage, what it was learned from, how it was examined, how long it took."""

    stage: Stage
    batches: Batches
    exam: Exam
    seconds: float


def teach(folder: Path, lesson: Lesson, diary: Diary) -> Learned:
    """Train as the lesson says, from the checkpoint in ``folder`` where there is one.

    Raises UsageError for pictures that can't be used, for a checkpoint of another lesson, and where learning failed.
    """
    state = load_checkpoint(folder / kept.FILE, lesson)
    batches = Batches(lesson, lesson.images, tell=lambda done, of: diary.stage("reading pictures", done / of))
    diary.stage("measuring what is to be beaten")
    exam = Exam(lesson)
    diary.stage("building the network")
    stage = stage_of(lesson, batches, state)
    begun = Checkpoint(0, 0.0, (), ()) if state is None else state
    diary.reopen(begun.step)
    stage, seconds = _learned(folder, lesson, diary, stage, batches, exam, begun)
    stage = with_int8(lesson, batches, stage) if lesson.form is Form.INT8 else fused(stage)
    return Learned(stage, batches, exam, seconds)


def _learned(
    folder: Path, lesson: Lesson, diary: Diary, stage: Stage, batches: Batches, exam: Exam, begun: Checkpoint
) -> tuple[Stage, float]:
    """All steps behind ``begun``; the last stage, and the seconds of all starts together."""
    (total, count), started = begun.losses, time.monotonic() - begun.seconds
    saved = time.monotonic()
    for step, (inputs, targets) in _ahead(batches, begun.step, lesson.all_steps):
        if step == lesson.steps:
            stage = with_int8(lesson, batches, stage)
        loss = stage.pupil.learn(inputs, targets, rate_at(lesson, step))
        total, count = total + loss, count + 1
        diary.step(step + 1, loss)
        examined = is_exam(lesson, step + 1)
        if examined:
            found = exam.psnr(stage.pupil.answer)
            diary.add(Line(step + 1, time.monotonic() - started, total / count, found, exam.baseline_psnr))
            total, count = 0.0, 0
        if examined or time.monotonic() - saved > CHECKPOINT_SECONDS:
            saved = time.monotonic()
            state = Checkpoint(step + 1, saved - started, *stage.pupil.state(), losses=(total, count))
            save_checkpoint(folder / kept.FILE, lesson, state)
    return stage, time.monotonic() - started


def _ahead(batches: Batches, first: int, end: int) -> Iterator[tuple[int, Batch]]:
    """The batches of these steps, the next one made while one is learned from."""
    with ThreadPoolExecutor(1) as maker:
        following = maker.submit(batches.at, first)
        for step in range(first, end):
            batch = following.result()
            following = maker.submit(batches.at, min(step + 1, end - 1))
            yield step, batch
