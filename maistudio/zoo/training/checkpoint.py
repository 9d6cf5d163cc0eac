"""What a training needs to go on where it stood: in one file, whole or not there at all."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maistudio.errors import UsageError
from maistudio.save import replace_content
from maistudio.zoo.training.lesson import Lesson

FILE = "checkpoint.npz"

Arrays = Sequence[NDArray[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """The state after ``step`` steps and ``seconds`` of training.

    ``weights`` are the model's and ``optimizer`` Adam's, in their own order; ``losses`` the sum and the number of
    those since the last line of the log.
    """

    step: int
    seconds: float
    weights: Arrays
    optimizer: Arrays
    losses: tuple[float, int] = (0.0, 0)


def save_checkpoint(path: Path, lesson: Lesson, state: Checkpoint) -> None:
    """Raises OSError where it can't be written; what was there before stays, then."""
    arrays = {f"weight{place}": array for place, array in enumerate(state.weights)}
    arrays |= {f"optimizer{place}": array for place, array in enumerate(state.optimizer)}
    content = io.BytesIO()
    np.savez(
        content,
        allow_pickle=False,
        lesson=np.array(lesson.to_json()),
        step=np.array(state.step),
        seconds=np.array(state.seconds),
        losses=np.array(state.losses),
        **arrays,
    )
    replace_content(path, content.getvalue())


def load_checkpoint(path: Path, lesson: Lesson) -> Checkpoint | None:
    """None where there is none yet. Raises UsageError for one of another lesson, and for one that can't be read."""
    if not path.exists():
        return None
    try:
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            stored = {name: file[name] for name in file.files}
        same = str(stored["lesson"]) == lesson.to_json()
        loss, count = stored["losses"]
        step, seconds = int(stored["step"]), float(stored["seconds"])
        state = Checkpoint(step, seconds, _all(stored, "weight"), _all(stored, "optimizer"), (float(loss), int(count)))
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        raise UsageError(f"{path}: this checkpoint can't be read: start the training anew") from None
    if not same:
        raise UsageError(f"{path}: this checkpoint is of another training: start anew, or ask for what it was asked")
    return state


def _all(stored: dict[str, NDArray[Any]], name: str) -> Arrays:
    count = sum(key.startswith(name) for key in stored)
    return [stored[f"{name}{place}"] for place in range(count)]
