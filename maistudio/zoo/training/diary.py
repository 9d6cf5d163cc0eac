"""What a training tells while it runs: a log that stays, and where it is now."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from maistudio.save import replace_content

LOG, PROGRESS = "log.csv", "progress.json"
HEADINGS = "step,seconds,loss,psnr,baseline_psnr"
SECONDS_BETWEEN = 0.5


@dataclass(frozen=True, slots=True)
class Line:
    """What is known after ``step`` steps: the mean loss since the line before, PSNR on the validation patches."""

    step: int
    seconds: float
    loss: float
    psnr: float
    baseline_psnr: float


class Diary:
    """Writes ``log.csv``, a line for each validation, and ``progress.json``, some times a second."""

    def __init__(self, folder: Path, steps: int) -> None:
        self._folder, self._steps = folder, steps
        self._last: Line | None = None
        self._told = 0.0

    def stage(self, stage: str, done: float = 0.0) -> None:
        """Tell what is done instead of steps, and which part of it is."""
        self._write({"stage": stage, "done": done})

    def step(self, step: int, loss: float) -> None:
        """Tell that so many steps are behind, if it is time to tell anything."""
        if time.monotonic() - self._told >= SECONDS_BETWEEN:
            self._told = time.monotonic()
            psnr = {} if self._last is None else {"psnr": self._last.psnr, "baseline_psnr": self._last.baseline_psnr}
            done = step / self._steps
            self._write({"stage": "training", "done": done, "step": step, "steps": self._steps, "loss": loss} | psnr)

    def add(self, line: Line) -> None:
        """Write a line to the log, then tell it."""
        with (self._folder / LOG).open("a", encoding="utf-8") as log:
            log.write(f"{line.step},{line.seconds:.1f},{line.loss:.6g},{line.psnr:.4f},{line.baseline_psnr:.4f}\n")
        self._last, self._told = line, 0.0
        self.step(line.step, line.loss)

    def reopen(self, step: int) -> None:
        """Go on after ``step``: what the log holds beyond it is forgotten, and comes again."""
        path = self._folder / LOG
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True) if path.exists() else []
        kept = [line for line in lines[1:] if line.endswith("\n") and int(line.partition(",")[0]) <= step]
        replace_content(path, "".join([f"{HEADINGS}\n", *(kept if step else [])]).encode())
        if step and kept:
            place, *numbers = kept[-1].split(",")
            self._last = Line(int(place), *map(float, numbers))

    def _write(self, told: dict[str, Any]) -> None:
        replace_content(self._folder / PROGRESS, json.dumps(told).encode())
