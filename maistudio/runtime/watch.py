"""What a child process uses, against its bounds."""

from __future__ import annotations

import time

import psutil

from maistudio.runtime.bounds import Bounds
from maistudio.tflite.text import gigabytes_text

TICK_SECONDS = 0.05
"""How often memory and CPU time are looked at: a machine fills some 0.2 GB meanwhile."""


class Watch:
    """Looks at one process while it works on a request."""

    def __init__(self, pid: int, bounds: Bounds) -> None:
        self._bounds, self._memory = bounds, bounds.memory
        try:
            self._process = psutil.Process(pid)
        except psutil.Error:
            self._process = None
        self._looked = time.monotonic()
        self.restart()

    def restart(self) -> None:
        """A stage begins."""
        self._since = time.monotonic()

    def passed(self) -> str | None:
        """The bound it has passed, in words; None for none, and for a look too soon after the last."""
        now = time.monotonic()
        if now - self._since > self._bounds.wall_seconds:
            return f"the {self._bounds.wall_seconds:g} s"
        if self._process is None or now - self._looked < TICK_SECONDS:
            return None
        self._looked = now
        try:
            with self._process.oneshot():
                if self._process.memory_info().rss > self._memory:
                    return f"the {gigabytes_text(self._memory)} of memory"
                times = self._process.cpu_times()
        except psutil.Error:
            return None  # it has died, as its channel will tell
        limit = self._bounds.cpu_seconds
        return f"the {limit:g} s of CPU time" if limit is not None and times.user + times.system > limit else None
