"""The files opened last, and which of them are still there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject

from maistudio.gui.settings import Settings
from maistudio.gui.work import Task, Work
from maistudio.jobs.progress import Job, Progress

GONE = "not there any more"


class RecentList(Protocol):
    """Something that lists recent files, newest first."""

    def set_recent(self, paths: list[str]) -> None: ...

    def mark_gone(self, gone: frozenset[str]) -> None: ...


class RecentFiles(QObject):
    """Keeps ``lists`` in step with the recent files of ``settings``; ``gone`` holds those that are missing.

    Looks for files off the interface thread, for a drive that is away may take its time.
    """

    def __init__(self, settings: Settings, lists: Sequence[RecentList], parent: QObject) -> None:
        super().__init__(parent)
        self._settings = settings
        self._lists = lists
        self.gone: frozenset[str] = frozenset()
        self._work = Work(self, at_once=1)  # its own, so that no opening waits for it
        self._looking: Task | None = None

    def show(self) -> None:
        """List the recent files as they are now."""
        for each in self._lists:
            each.set_recent(self._settings.recent())
        self.look(self._settings.recent())

    def clear(self) -> None:
        """Forget them all."""
        self._settings.clear_recent()
        self.show()

    def look(self, paths: list[str]) -> None:
        """Look for ``paths``; a look still going on is dropped."""
        if self._looking is not None:
            self._looking.cancel()
        self._looking = self._work.start("Looking for recent files", _missing(paths))
        self._looking.succeeded.connect(self._know)
        self._looking.ended.connect(self._over)

    def stop(self) -> None:
        self._work.stop()

    def _know(self, gone: frozenset[str]) -> None:
        self.gone = gone
        for each in self._lists:
            each.mark_gone(gone)

    def _over(self) -> None:
        self._looking = None


def _missing(paths: list[str]) -> Job[frozenset[str]]:
    gone = set()
    for done, path in enumerate(paths):
        yield Progress("Looking", done / len(paths))
        try:
            Path(path).stat()
        except (FileNotFoundError, NotADirectoryError):
            gone.add(path)
        except (OSError, ValueError):
            continue  # there, perhaps: opening it says what is wrong
    return frozenset(gone)
