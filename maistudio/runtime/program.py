"""A compiler that is a program of its own, run within bounds."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

from maistudio.errors import ModelRunError
from maistudio.runtime.bounds import Bounds
from maistudio.runtime.lifeline import die_with, end_group_with
from maistudio.runtime.watch import TICK_SECONDS, Watch
from maistudio.tflite.text import elide_middle

MOST_WORDS = 4 << 20
"""In bytes: what is read of what it printed."""
END_SECONDS = 5.0
NOTE = re.compile(r"[IWE]\d{4} ")
"""How a line begins that TensorFlow logs."""
LONGEST_LINE = 200
LIFELINE = "MAISTUDIO_LIFELINE"
"""The environment variable in which a child is told the descriptor to end with."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a program ended: ``returncode`` as subprocess has it, and all it printed."""

    returncode: int
    words: str

    @property
    def last_words(self) -> str:
        """The last line it printed that is no note of a library; without one, its exit status."""
        lines = [line.strip() for line in self.words.splitlines() if line.strip() and not NOTE.match(line)]
        return elide_middle(lines[-1], LONGEST_LINE) if lines else f"exit status {self.returncode}"

    @property
    def why(self) -> str:
        """How it ended before its work was done: "was killed (signal 9)"."""
        if self.returncode < 0:
            return f"was killed (signal {-self.returncode})"
        return f"ended early ({self.last_words})"


def run_steps(
    command: Sequence[str], stage: str, bounds: Bounds, folder: Path, environment: Mapping[str, str] | None = None
) -> Generator[str, None, Ended]:
    """Run a program in ``folder``: yields ``stage`` while it runs. Closing the generator ends the program.

    On Linux it ends with this program too, however that ends.

    Raises ModelRunError where it can't be started or passes its bounds.
    """
    with TemporaryFile() as printed, _lifeline() as lifeline:
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=printed,
                stderr=subprocess.STDOUT,
                cwd=folder,
                env={**os.environ, **(environment or {}), LIFELINE: str(lifeline)},
                pass_fds=[lifeline] if sys.platform == "linux" else [],
                start_new_session=True,
            )
        except OSError as error:
            raise ModelRunError(f"{command[0]} can't be started: {error.strerror}") from None
        watch = Watch(process.pid, bounds)
        try:
            end_group_with(lifeline, process.pid)
            while process.poll() is None:
                passed = watch.passed()
                if passed is not None:
                    raise ModelRunError(f"{Path(command[0]).name} passed {passed} it may take, and was stopped")
                yield stage
                time.sleep(TICK_SECONDS)
        finally:
            _end(process)
        printed.seek(0)
        return Ended(process.returncode, printed.read(MOST_WORDS).decode(errors="replace"))


def hold_on(environ: Mapping[str, str]) -> None:
    """End this process, a child of Python started by ``run_steps``, with the program that started it."""
    told = environ.get(LIFELINE, "")
    if sys.platform == "linux" and told.isdecimal():
        die_with(int(told))


@contextlib.contextmanager
def _lifeline() -> Iterator[int]:
    """The end of a pipe to hand to a program; the other end is this program's alone."""
    handed, held = os.pipe()
    try:
        yield handed
    finally:
        os.close(handed)
        os.close(held)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End it and what it started, where it still runs."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(END_SECONDS)
