"""How far a training has come, as its child writes it down: a line for people."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from maistudio.jobs.progress import Progress
from maistudio.jobs.tasks import BASELINES
from maistudio.zoo.training.checkpoint import FILE as CHECKPOINT
from maistudio.zoo.training.diary import PROGRESS
from maistudio.zoo.training.lesson import Lesson


class Teller:
    """What the child does, with the time that is left by its pace since this start."""

    def __init__(self, folder: Path, lesson: Lesson) -> None:
        self._folder, self._lesson = folder, lesson
        self._first: tuple[float, float] | None = None

    def __call__(self, _: str) -> Progress:
        told = _told(self._folder)
        step, done = number(told, "step"), number(told, "done")
        if step is None:
            return Progress(str(told.get("stage", "starting")), done)
        parts = [f"step {step:,.0f}/{self._lesson.all_steps:,}"]
        loss, psnr, baseline = (number(told, key) for key in ("loss", "psnr", "baseline_psnr"))
        if loss is not None:
            parts.append(f"loss {loss:.4g}")
        if psnr is not None:
            beside = "" if baseline is None else f" ({BASELINES[self._lesson.task]} {baseline:.2f})"
            parts.append(f"{psnr:.2f} dB{beside}")
        left = self._seconds_left(step)
        if left is not None:
            parts.append(f"{duration_text(left)} left")
        return Progress("  ".join(parts), step / self._lesson.all_steps)

    def _seconds_left(self, step: float) -> float | None:
        now = time.monotonic()
        self._first = self._first or (now, step)
        since, begun = self._first
        return None if step <= begun else (now - since) / (step - begun) * (self._lesson.all_steps - step)


def duration_text(seconds: float) -> str:
    """Hours and minutes, or seconds."""
    minutes = round(seconds / 60)
    if minutes >= 60:
        return f"{minutes // 60} h {minutes % 60} min"
    return f"{minutes} min" if minutes >= 2 else f"{seconds:.0f} s"


def step_kept(folder: Path) -> int:
    """The step that a training would go on from; 0 without a checkpoint that can be read."""
    import numpy as np

    try:
        with np.load(folder / CHECKPOINT, allow_pickle=False) as stored:
            return int(stored["step"])
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        return 0


def _told(folder: Path) -> dict[str, Any]:
    """What the child tells last, nothing before it tells anything."""
    try:
        told = json.loads((folder / PROGRESS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def number(told: Mapping[str, Any], key: str) -> float | None:
    value = told.get(key)
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else None
