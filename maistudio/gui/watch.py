"""Watches the files of open models: says when one has been written again, and when one is gone."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal

from maistudio.tflite.source import Identity

LOOK_EVERY_MS = 100
STEADY_SECONDS = 0.3
GONE_AFTER_SECONDS = 1.0


@dataclass(slots=True)
class _Watched:
    known: Identity | None
    looked: Identity | None
    since: float
    settling: bool = False


class FileWatch(QObject):
    """Emits ``changed`` once a file's size and time have stood still for 0.3 s, ``gone`` after 1 s without it.

    Follows atomic renames over the file and files truncated and written in place.
    """

    changed = Signal(str)
    gone = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._files: dict[str, _Watched] = {}
        self._system = QFileSystemWatcher(self)
        self._system.fileChanged.connect(self._stirred)
        self._system.directoryChanged.connect(self._folder_stirred)
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_EVERY_MS)
        self._timer.timeout.connect(self._look)

    def watch(self, path: str, known: Identity | None) -> None:
        """Follow ``path``; ``known`` is the state that was read, so that a change since then is not missed."""
        self._files[path] = _Watched(known, known, time.monotonic())
        self._system.addPath(str(Path(path).parent))
        self._stirred(path)

    def forget(self, path: str) -> None:
        if self._files.pop(path, None) is None:
            return
        unused = {path}
        if all(Path(other).parent != Path(path).parent for other in self._files):
            unused.add(str(Path(path).parent))
        followed = unused.intersection(self._system.files() + self._system.directories())
        if followed:
            self._system.removePaths(sorted(followed))

    def check(self) -> None:
        """Look at every file now, for file systems that don't report changes."""
        for path in self._files:
            self._stirred(path)

    def _folder_stirred(self, folder: str) -> None:
        for path in self._files:
            if str(Path(path).parent) == folder:
                self._stirred(path)

    def _stirred(self, path: str) -> None:
        watched = self._files.get(path)
        if watched is None:
            return
        now_there = identity(path)
        if now_there is not None and path not in self._system.files():
            self._system.addPath(path)  # Qt stops following a path once it was removed or replaced
        if now_there != watched.looked or (now_there is not None and now_there != watched.known):
            watched.looked, watched.since, watched.settling = now_there, time.monotonic(), True
            self._timer.start()

    def _look(self) -> None:
        now = time.monotonic()
        for path, watched in list(self._files.items()):
            if watched.settling:
                self._settle(path, watched, now)
        if not any(watched.settling for watched in self._files.values()):
            self._timer.stop()

    def _settle(self, path: str, watched: _Watched, now: float) -> None:
        there = identity(path)
        if there != watched.looked:
            watched.looked, watched.since = there, now
            return
        if now - watched.since < (GONE_AFTER_SECONDS if there is None else STEADY_SECONDS):
            return
        watched.settling = False
        if there == watched.known:
            return
        watched.known = there
        if there is None:
            self.gone.emit(path)
        else:
            self._system.addPath(path)
            self.changed.emit(path)


def identity(path: str) -> Identity | None:
    """The state of the file now, None where there is none."""
    try:
        return Identity.of(Path(path).stat())
    except OSError:
        return None
