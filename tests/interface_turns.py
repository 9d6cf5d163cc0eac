"""How long the window does not look up, turn by turn of its event loop."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import QCoreApplication, QEventLoop, QTimer

from maistudio.gui.running import collect_between

ATTEMPTS = 3
"""The best of so many is held against the limit: what takes long takes long every time, unlike a busy machine."""
CPU_SECONDS_A_STEP = 0.05
"""Of the interface thread's own time: on a shared test machine the wall clock measures the neighbours."""
PATIENCE_SECONDS = 60
REST_SECONDS = 0.25
"""What follows the last step, as drawing and collecting do, is part of it, and over when the next one begins."""


def longest_step(until: Callable[[], object]) -> float:
    """Run the event loop until a condition holds, and a little on; the most CPU seconds it did not look up for."""
    given_up = time.monotonic() + PATIENCE_SECONDS
    longest = 0.0
    tick = QTimer()  # so that an event loop with nothing to do comes back
    tick.start(100)
    resting = None
    while resting is None or time.monotonic() < resting:
        if resting is None and until():
            resting = time.monotonic() + REST_SECONDS
        assert time.monotonic() < given_up
        started = time.thread_time()
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
        longest = max(longest, time.thread_time() - started)
    return longest


@contextmanager
def collected_as_in_the_program(window) -> Iterator[None]:
    """Garbage is collected as the running window does it, what other tests left behind apart."""
    garbage = collect_between(window)
    garbage.settle()
    try:
        yield
    finally:
        garbage.stop()
        gc.unfreeze()
