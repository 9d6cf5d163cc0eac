"""What a job is doing, told on a terminal while it runs."""

from __future__ import annotations

import time
from typing import TextIO, TypeVar

from maistudio.cli.output import is_terminal, tell
from maistudio.errors import clean
from maistudio.jobs.progress import Job, Progress
from maistudio.tflite.text import elide_middle

Result = TypeVar("Result")

TELL_SECONDS = 0.25
CLEAR = "\r\x1b[K"
"""Takes a terminal back to the beginning of an empty line."""
LINE_WIDTH = 78


def finish_told(job: Job[Result], stream: TextIO | None) -> Result:
    """Run a job to its end and return its result; a terminal at ``stream`` shows its progress in one line."""
    told = 0.0
    terminal = is_terminal(stream)
    try:
        while True:
            try:
                progress = next(job)
            except StopIteration as stop:
                result: Result = stop.value
                return result
            if terminal and time.monotonic() - told >= TELL_SECONDS:
                told = time.monotonic()
                tell(stream, CLEAR + line_of(progress))
    finally:
        if told:
            tell(stream, CLEAR)


def line_of(progress: Progress) -> str:
    """Stage and percentage, no longer than a line."""
    share = "" if progress.fraction is None else f"  {progress.fraction:.0%}"
    return elide_middle(clean(progress.stage), LINE_WIDTH - len(share)) + share
