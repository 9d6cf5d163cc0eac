"""Scenes made off the interface thread, the newest wish only."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

from maistudio.gui.graph.scene import Scene


class SceneMaker(QObject):
    """Runs one wish at a time; of those that come meanwhile only the last is kept.

    ``made`` comes on the interface thread with the scene and what was given along, for the newest wish only.
    """

    made = Signal(object, object)
    _told = Signal(int, object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._newest = 0
        self._waiting: tuple[Callable[[], Scene], Any] | None = None
        self._thread: threading.Thread | None = None
        self._told.connect(self._hear, Qt.ConnectionType.QueuedConnection)

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
        self._thread = threading.Thread(target=self._run, args=(self._newest, wish, along), name="graph", daemon=True)
        self._thread.start()

    def _run(self, number: int, wish: Callable[[], Scene], along: Any) -> None:
        result: object
        try:
            result = wish()
        except BaseException as error:  # noqa: BLE001 - told to the interface thread, which reports it
            result = error
        with suppress(RuntimeError):  # the view may be gone, and this half of Qt with it
            self._told.emit(number, result, along)

    def _hear(self, number: int, result: object, along: object) -> None:
        self._thread = None
        newest = number == self._newest
        if self._waiting is not None:
            wish, along_next = self._waiting
            self._waiting = None
            self._start(wish, along_next)
        if isinstance(result, BaseException):
            sys.excepthook(type(result), result, result.__traceback__)
        elif newest:
            self.made.emit(result, along)
