"""Jobs off the interface thread: started, followed and cancelled from it, their results delivered to it."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

from maistudio.errors import MaiStudioError
from maistudio.gui.mailbox import Mailbox
from maistudio.jobs.progress import Job, Progress

TELL_EVERY_SECONDS = 0.04
STOP_WITHIN_SECONDS = 3.0
MOST_STUCK = 4

Post = Callable[[tuple[str, Any]], None]


class Task(QObject):
    """One job and what became of it. Signals come on the interface thread, none after ``ended``.

    ``refused`` carries a MaiStudioError; any other exception reaches ``failed`` and ``sys.excepthook``.
    A cancelled task emits ``ended`` only, at once, whatever its thread is still busy with.
    """

    progressed = Signal(object)
    succeeded = Signal(object)
    refused = Signal(object)
    failed = Signal(object)
    ended = Signal()
    left = Signal()

    def __init__(self, number: int, title: str, job: Job[Any], lane: str, parent: QObject) -> None:
        super().__init__(parent)
        self.number = number
        self.title = title
        self.lane = lane
        self.progress = Progress("Waiting")
        self.over = False
        self._job = job
        self._cancelled = threading.Event()
        self._thread: threading.Thread | None = None
        self._mailbox = Mailbox(self._hear, self)

    def start(self) -> None:
        given = (self._job, self._cancelled, self._mailbox.post)
        self._thread = threading.Thread(target=_run, args=given, name=f"job {self.number}", daemon=True)
        self._thread.start()
        self._mailbox.start()

    def cancel(self) -> None:
        """Drop the task now; its job is closed at its next yield."""
        if not self.over:
            self._cancelled.set()
            self._end()

    def wait(self, seconds: float) -> bool:
        """Whether the thread has ended within ``seconds``."""
        if self._thread is not None:
            self._thread.join(seconds)
            return not self._thread.is_alive()
        return True

    def _hear(self, what: str, value: Any) -> None:
        if what == "left":
            self._mailbox.stop()
            self.left.emit()
        elif self.over:
            return
        elif what == "progress":
            self.progress = value
            self.progressed.emit(value)
        else:
            self.over = True
            self._deliver(what, value)
            self.ended.emit()

    def _deliver(self, what: str, value: Any) -> None:
        if what == "result":
            self.succeeded.emit(value)
        elif what == "refused":
            self.refused.emit(value)
        else:
            self.failed.emit(value)
            sys.excepthook(type(value), value, value.__traceback__)

    def _end(self) -> None:
        self.over = True
        self.ended.emit()


class _Dropped(Exception):
    pass


def _run(job: Job[Any], cancelled: threading.Event, post: Post) -> None:
    """A worker thread's life: it knows the job and a queue, and nothing of Qt."""
    try:
        post(("result", _drive(job, cancelled, post)))
    except _Dropped:
        pass
    except MaiStudioError as error:
        post(("refused", error))
    except BaseException as error:  # noqa: BLE001 - a job may die of anything; the window hears of it and lives
        post(("failed", error))
    post(("left", None))


def _drive(job: Job[Any], cancelled: threading.Event, post: Post) -> Any:
    told_at, stage = 0.0, ""
    while True:
        if cancelled.is_set():
            job.close()
            raise _Dropped
        try:
            progress = next(job)
        except StopIteration as stop:
            return stop.value
        now = time.monotonic()
        if progress.stage != stage or now - told_at >= TELL_EVERY_SECONDS:
            told_at, stage = now, progress.stage
            post(("progress", progress))


class Work(QObject):
    """The tasks of one window: a few run at a time, the others wait in order.

    Those of a lane run one at a time, beside the others.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None, at_once: int = 2) -> None:
        super().__init__(parent)
        self.tasks: list[Task] = []
        self._at_once = at_once
        self._waiting: list[Task] = []
        self._threads: list[Task] = []
        self._number = 0

    def start(self, title: str, job: Job[Any], lane: str = "") -> Task:
        """Queue a job, in a ``lane`` if it must not run beside others of that name.

        Connect to the task's signals before returning to the event loop.
        """
        self._number += 1
        task = Task(self._number, title, job, lane, self)
        task.ended.connect(self._ended)
        task.left.connect(self._left)
        task.progressed.connect(self._progressed)
        self.tasks.append(task)
        self._waiting.append(task)
        self._start_waiting()
        self.changed.emit()
        return task

    def stop(self) -> bool:
        """Cancel everything and wait a moment; whether every thread has ended."""
        for task in list(self.tasks):
            task.cancel()
        until = time.monotonic() + STOP_WITHIN_SECONDS
        ended = [task.wait(max(0.0, until - time.monotonic())) for task in self._threads]
        return all(ended)

    def _start_waiting(self) -> None:
        for task in list(self._waiting):
            if self._has_room(task.lane):
                self._waiting.remove(task)
                self._threads.append(task)
                task.start()

    def _has_room(self, lane: str) -> bool:
        """Whether another task may start: cancelled ones that are stuck give up their place, so far as they are few.

        A lane is free only once the thread of its last task has ended.
        """
        beside = [task for task in self._threads if task.lane == lane]
        if lane:
            return not beside
        running = sum(not task.over for task in beside)
        return running < self._at_once and len(beside) < self._at_once + MOST_STUCK

    def _ended(self) -> None:
        task = self.sender()
        if isinstance(task, Task):
            self.tasks.remove(task)
            if task in self._waiting:
                self._waiting.remove(task)
                task.deleteLater()
        self._start_waiting()
        self.changed.emit()

    def _left(self) -> None:
        task = self.sender()
        if isinstance(task, Task):
            self._threads.remove(task)
            task.deleteLater()
        self._start_waiting()

    def _progressed(self, _progress: Progress) -> None:
        self.changed.emit()
