"""Train a network of the zoo, in a child process; a training that was stopped goes on."""

from __future__ import annotations

import contextlib
import errno
import json
import math
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from maistudio.errors import ExportError, ModelRunError, UsageError
from maistudio.jobs.build import twin_paths
from maistudio.jobs.progress import Job, Progress
from maistudio.jobs.training_plan import Plan
from maistudio.jobs.training_progress import Teller, step_kept
from maistudio.jobs.training_state import FLOAT_TWIN, MODEL, TWIN, held, put_lesson, read, training_folder
from maistudio.runtime.bounds import Bounds
from maistudio.runtime.child import own_command
from maistudio.runtime.program import Ended, run_steps
from maistudio.save import check_new_file, save_bytes
from maistudio.steps import relayed
from maistudio.zoo.tensorflow_here import tensorflow_version
from maistudio.zoo.training.diary import PROGRESS
from maistudio.zoo.training.lesson import Lesson
from maistudio.zoo.training.pictures import Skipped
from maistudio.zoo.training.school import RESULT

SENTENCE = "maistudio: "
"""What begins the sentence of a child that says what is wrong."""
DISK_FULL = f"[Errno {errno.ENOSPC}]"


@dataclass(frozen=True, slots=True)
class Trained:
    """A network that was trained. ``files`` are the model and its twins, ``result`` is what the child tells of it.

    ``resumed_at`` is the step that it went on from, 0 for a beginning.
    """

    plan: Plan
    folder: Path
    files: tuple[Path, ...]
    result: Mapping[str, Any]
    resumed_at: int

    @property
    def skipped(self) -> tuple[Skipped, ...]:
        """Pictures that turned out to be unusable when they were decoded; the plan knows the others."""
        return tuple(Skipped(each["path"], each["reason"]) for each in self.result["skipped"])


def train(
    plan: Plan, output: Path, twins: bool = False, overwrite: bool = False, restart: bool = False
) -> Job[Trained]:
    """Train as planned, or go on where it was stopped; write the model to ``output``, its twins of open size beside.

    Closing it ends the child; what it learned since its last checkpoint, a minute at the most, is lost. Raises
    UsageError where another training lies in the folder and ``restart`` doesn't say to forget it, and for an output
    that is there and isn't to be replaced, RuntimeMissingError without TensorFlow, ModelRunError where the child dies,
    ExportError where something can't be written.
    """
    tensorflow_version()
    files = (output, *(twin_paths(output) if twins else ()))
    for path in files:
        check_new_file(path, "model", overwrite)
    folder = training_folder(output)
    yield Progress("looking for what was trained before", 0.0)
    with held(folder):
        put_lesson(folder, plan.lesson, restart)
        resumed_at = step_kept(folder)
        if not (folder / RESULT).exists():
            yield from _taught(folder, plan.lesson)
        for path, name in zip(files, (MODEL, TWIN, FLOAT_TWIN), strict=False):
            save_bytes(path, read(folder / name), "the model")
        return Trained(plan, folder, files, json.loads(read(folder / RESULT)), resumed_at)


def _taught(folder: Path, lesson: Lesson) -> Job[None]:
    """The child at work. Raises ModelRunError, ExportError for a full disk, where there is no result in the end."""
    with contextlib.suppress(OSError):
        (folder / PROGRESS).unlink()
    steps = run_steps(own_command("_school", str(folder.absolute())), "", Bounds(wall_seconds=math.inf), folder)
    ended = yield from relayed(steps, Teller(folder, lesson))
    if (folder / RESULT).exists():
        return
    if DISK_FULL in ended.words:
        raise ExportError(f"{folder}: the disk is full: make room, then the same command goes on")
    sentences = [line for line in ended.words.splitlines() if line.startswith(SENTENCE)]
    if sentences:
        raise UsageError(sentences[-1].removeprefix(SENTENCE))
    raise ModelRunError(f"training {lesson.name} ended early: {_why(ended)}", ended.words)


def _why(ended: Ended) -> str:
    if ended.returncode == -signal.SIGKILL:
        return "the system killed it, most likely for want of memory: close other programs, or give a smaller --batch"
    return ended.last_words
