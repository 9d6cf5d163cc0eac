"""Where a training is kept, ``FILE.training/`` beside the model that comes of it: one lesson, one start at a time.

It holds the lesson, the checkpoint, the log, and at the end the models, which are copied from there.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path

from maistudio.errors import ExportError, UsageError
from maistudio.runtime.scratch import locked
from maistudio.save import save_bytes
from maistudio.tflite.text import list_text
from maistudio.zoo.training.checkpoint import FILE as CHECKPOINT
from maistudio.zoo.training.diary import LOG, PROGRESS
from maistudio.zoo.training.lesson import FILE as LESSON
from maistudio.zoo.training.lesson import Lesson
from maistudio.zoo.training.school import RESULT

MODEL, TWIN, FLOAT_TWIN = "model.tflite", "model_none.tflite", "model_none_float.tflite"
OTHER_PICTURES = {"images": "other pictures", "validation": "other pictures to validate on"}


def training_folder(output: Path) -> Path:
    """Where the state of a training lies whose model goes to ``output``."""
    return output.with_name(f"{output.name}.training")


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """The folder, made, and for this program alone. Raises ExportError, UsageError where another trains in it."""
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise ExportError(f"{folder}: no training can be kept there ({error.strerror}): choose another place") from None
    with contextlib.ExitStack() as held:
        try:
            held.enter_context(locked(str(folder)))
        except BlockingIOError:
            raise UsageError(f"{folder}: a training is under way there: wait for it, or choose another -o") from None
        except OSError:
            pass  # folders can't be locked there
        yield


def put_lesson(folder: Path, lesson: Lesson, restart: bool) -> None:
    """Put the lesson where the child reads it. Raises UsageError where another one is being learned."""
    path = folder / LESSON
    if restart:
        _forget(folder)
    elif path.exists():
        _check_same(folder, lesson)
        return
    save_bytes(path, lesson.to_json().encode(), "the training's plan")


def _check_same(folder: Path, lesson: Lesson) -> None:
    try:
        before = Lesson.from_json(read(folder / LESSON).decode(errors="replace"))
    except UsageError:
        raise UsageError(f"{folder}: what is there is no training that can go on: begin anew with --restart") from None
    differing = [each.name for each in fields(Lesson) if getattr(before, each.name) != getattr(lesson, each.name)]
    if differing:
        what = list_text((_difference(name, before, lesson) for name in differing), most=len(differing))
        raise UsageError(
            f"{folder}: there is another training ({what}): repeat its options to go on with it, begin anew with "
            "--restart, or choose another -o"
        )


def _difference(name: str, before: Lesson, now: Lesson) -> str:
    if name in OTHER_PICTURES:
        return OTHER_PICTURES[name]
    return f"{name.replace('_', ' ')} {getattr(before, name)}, not {getattr(now, name)}"


def _forget(folder: Path) -> None:
    """Remove what a training has left; nothing else, as the folder may hold what isn't ours."""
    names = (LESSON, LOG, PROGRESS, CHECKPOINT, RESULT, MODEL, TWIN, FLOAT_TWIN)
    try:
        for name in names:
            (folder / name).unlink(missing_ok=True)
    except OSError as error:
        raise ExportError(f"{error.filename}: can't be removed ({error.strerror}): choose another -o") from None


def read(path: Path) -> bytes:
    """Raises ExportError for what a training should have left and did not."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise ExportError(f"{path}: can't be read ({error.strerror}): begin anew with --restart") from None
