"""Which of the files opened last are still there."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from maistudio.gui.work import Task, Work
from maistudio.jobs.progress import Job, Progress

GONE = "not there any more"


class RecentFiles(QObject):
    """Looks for files off the interface thread, for a drive that is away may take its time.

    ``looked`` comes when ``gone`` holds those that are missing.
    """

    looked = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.gone: frozenset[str] = frozenset()
        self._work = Work(self, at_once=1)  # its own, so that no opening waits for it
        self._looking: Task | None = None

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
        self.looked.emit()

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
