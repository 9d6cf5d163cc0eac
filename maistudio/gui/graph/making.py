"""Scenes made off the interface thread, the newest wish only."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

from maistudio.gui.graph.scene import Scene
from maistudio.gui.mailbox import Mailbox


class SceneMaker(QObject):
    """Runs one wish at a time; of those that come meanwhile only the last is kept.

    ``made`` comes on the interface thread with the scene and what was given along, for the newest wish only.
    """

    made = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._newest = 0
        self._waiting: tuple[Callable[[], Scene], Any] | None = None
        self._thread: threading.Thread | None = None
        self._mailbox = Mailbox(self._hear, self)

    @property
    def busy(self) -> bool:
        return self._thread is not None

    def make(self, wish: Callable[[], Scene], along: Any) -> None:
        """Make a scene; what was wished before is dropped."""
        self._newest += 1
        if self._thread is not None:
            self._waiting = (wish, along)
            return
        self._start(wish, along)

    def drop(self) -> None:
        """Want nothing any more."""
        self._newest += 1
        self._waiting = None

    def wait(self, seconds: float) -> None:
        """Let the running thread end."""
        if self._thread is not None:
            self._thread.join(seconds)

    def _start(self, wish: Callable[[], Scene], along: Any) -> None:
        given = (self._mailbox.post, self._newest, wish, along)
        self._thread = threading.Thread(target=_fulfil, args=given, name="graph", daemon=True)
        self._thread.start()
        self._mailbox.start()

    def _hear(self, number: int, result: object, along: object) -> None:
        self._thread = None
        self._mailbox.stop()
        newest = number == self._newest
        if self._waiting is not None:
            wish, along_next = self._waiting
            self._waiting = None
            self._start(wish, along_next)
        if isinstance(result, BaseException):
            sys.excepthook(type(result), result, result.__traceback__)
        elif newest:
            self.made.emit(result, along)


def _fulfil(post: Callable[[tuple[Any, ...]], None], number: int, wish: Callable[[], Scene], along: Any) -> None:
    result: object
    try:
        result = wish()
    except BaseException as error:  # noqa: BLE001 - told to the interface thread, which reports it
        result = error
    post((number, result, along))
