"""Words from a worker thread to the interface thread, without the worker touching anything of Qt.

A signal emitted by a thread crashes the program when its sender is destroyed meanwhile, as closing a tab does.
"""

from __future__ import annotations

from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer

LOOK_EVERY_MS = 5


class Mailbox(QTimer):
    """Calls ``hear`` on the interface thread with each tuple that a worker ``post``s, while it is open.

    ``post`` is a plain queue's: it stays safe to call when the mailbox is long gone.
    """

    def __init__(self, hear: Callable[..., None], parent: QObject) -> None:
        super().__init__(parent)
        self._hear = hear
        self._letters: SimpleQueue[tuple[Any, ...]] = SimpleQueue()
        self.post = self._letters.put
        self.setTimerType(Qt.TimerType.PreciseTimer)
        self.setInterval(LOOK_EVERY_MS)
        self.timeout.connect(self._look)

    def _look(self) -> None:
        try:
            while self.isActive():
                self._hear(*self._letters.get_nowait())
        except Empty:
            return
