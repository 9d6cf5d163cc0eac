"""A compiler that is a program of its own, run within bounds."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

from maistudio.errors import ModelRunError
from maistudio.runtime.bounds import Bounds
from maistudio.runtime.watch import TICK_SECONDS, Watch

MOST_WORDS = 4 << 20
"""In bytes: what is read of what it printed."""
END_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Ended:
    """How a program ended: ``returncode`` as subprocess has it, and all it printed."""

    returncode: int
    words: str


def run_steps(
    command: Sequence[str], stage: str, bounds: Bounds, folder: Path, environment: Mapping[str, str] | None = None
) -> Generator[str, None, Ended]:
    """Run a program in ``folder``: yields ``stage`` while it runs. Closing the generator ends the program.

    Raises ModelRunError where it can't be started or passes its bounds.
    """
    with TemporaryFile() as printed:
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=printed,
                stderr=subprocess.STDOUT,
                cwd=folder,
                env={**os.environ, **(environment or {})},
                start_new_session=True,
            )
        except OSError as error:
            raise ModelRunError(f"{command[0]} can't be started: {error.strerror}") from None
        watch = Watch(process.pid, bounds)
        try:
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


def _end(process: subprocess.Popen[bytes]) -> None:
    """End it and what it started, where it still runs."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(END_SECONDS)
