"""Collects cyclic garbage on the interface thread only.

Python collects wherever it happens to allocate. On a worker thread that would destroy Qt objects
away from their own thread, which Qt does not survive.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

EVERY_MS = 200
"""Often enough that what a busy worker allocates between two looks is collected in a few milliseconds."""


class Garbage(QObject):
    """Takes over from Python's automatic collection for as long as it lives."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._due = gc.get_threshold()
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self.collect)
        self._timer.start()

    def collect(self) -> None:
        """Collect the generations that are due, by Python's own thresholds."""
        for generation in (2, 1, 0):
            if gc.get_count()[generation] > self._due[generation]:
                gc.collect(generation)
                return

    def settle(self) -> None:
        """Leave what exists now out of later collections: a model's values and its graph are freed by their counts."""
        gc.collect(0)
        gc.freeze()

    def stop(self) -> None:
        self._timer.stop()
        gc.enable()
