"""The timings of one model: started, followed, stopped, and what is read of earlier ones. Knows no widget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from maistudio.errors import MaiStudioError
from maistudio.gui.document import Document
from maistudio.gui.profile.bench import Bench
from maistudio.gui.profile.reading import Reading, read_live
from maistudio.gui.work import Task, Work
from maistudio.jobs.comparison import Row
from maistudio.jobs.plan import Outcome, PlanProgress
from maistudio.jobs.profile import Live, ProfileRequest
from maistudio.jobs.progress import Job, Progress
from maistudio.library.summary import RunSummary
from maistudio.tflite.text import plural
from maistudio.timing.values import Engine, Run, Status

LANE = "timing"
"""Timings run one at a time, for they would slow each other down."""


class Timings(QObject):
    """``changed`` comes when a timing starts or ends, ``refused`` with the sentence that says why something failed.

    ``read`` carries the Reading that is to be shown, and whether a person asked for it; ``history_read`` the earlier
    runs, ``compared`` outcomes with their rows, ``planned`` the end of a plan, ``deleted`` the ids of runs that are
    gone, ``engines_known`` why engines can't run here, ``expected`` what to expect of a choice.
    """

    changed = Signal()
    refused = Signal(str)
    read = Signal(object, bool)
    history_read = Signal(object)
    compared = Signal(object, object)
    planned = Signal()
    deleted = Signal(object)
    engines_known = Signal(object)
    expected = Signal(str)

    def __init__(self, document: Document, bench: Bench, work: Work, parent: QObject) -> None:
        super().__init__(parent)
        self._document = document
        self._bench = bench
        self._work = work
        self._tasks: dict[str, Task] = {}
        self._stopped = False
        self._error: str | None = None
        self.progress: Progress | None = None
        self.live: Live | None = None
        self.outcomes: tuple[Outcome, ...] = ()

    @property
    def running(self) -> bool:
        """Whether a timing goes on, or waits for its turn."""
        return "run" in self._tasks

    @property
    def busy(self) -> bool:
        """Whether anything is being read or run."""
        return bool(self._tasks)

    def is_own(self, run: Run) -> bool:
        """Whether a run is of this model, in the state it is in now."""
        return not self._document.sha256 or run.model.sha256 == self._document.sha256

    def run(self, requests: Sequence[ProfileRequest]) -> None:
        """Time these, one after the other."""
        self.live = self._error = None
        self.outcomes = ()
        self.progress = Progress("Waiting for its turn")
        if len(requests) == 1:
            name = Path(self._document.opened.model.path).name
            task = self._start("run", f"Timing {name}", self._bench.profile(requests[0]), LANE)
            task.succeeded.connect(self._take)
        else:
            task = self._start("run", f"Timing {plural(len(requests), 'run')}", self._bench.plan(requests), LANE)
            task.succeeded.connect(self._take_plan)
        task.progressed.connect(self._hear)
        task.refused.connect(self._refuse)
        task.failed.connect(self._fail)
        task.ended.connect(self._over)
        task.left.connect(self.read_history)
        self.changed.emit()

    def cancel(self) -> None:
        """Stop the timing, and keep what was measured."""
        if (task := self._tasks.get("run")) is not None:
            task.cancel()

    def stop(self) -> None:
        """Let everything go, and say nothing any more."""
        self._stopped = True
        tasks, self._tasks = list(self._tasks.values()), {}
        for task in tasks:
            task.cancel()

    def expect(self, request: ProfileRequest) -> None:
        """Find out what is to be expected of a choice."""
        task = self._start("expect", "Estimating", self._bench.expect(request))
        task.succeeded.connect(self._take_expected)
        task.refused.connect(self._expect_nothing)

    def probe(self) -> None:
        """Find out which engines run here, unless it is known."""
        if self._bench.reasons is not None:
            self.engines_known.emit(self._bench.reasons)
        elif "probe" not in self._tasks:
            task = self._start("probe", "Looking for engines", self._bench.engines(), LANE)
            task.succeeded.connect(self._know_engines)

    def read_history(self) -> None:
        """Read the earlier runs of this model."""
        if self._document.sha256 and not self._stopped:
            task = self._start("history", "Reading the history", self._bench.history(self._document.sha256))
            task.succeeded.connect(self._take_history)
            task.refused.connect(self._say)

    def read_run(self, run_id: str, asked: bool) -> None:
        """Read a stored run; ``asked`` says whether a person wants to see it."""
        task = self._start("read", "Reading the run", self._bench.reading(run_id))
        task.succeeded.connect(partial(self._take_read, asked))
        task.refused.connect(self._say)

    def compare(self, baseline: int | None) -> None:
        """Compare what the plan has measured so far with one of its outcomes."""
        task = self._start("compare", "Comparing", self._bench.compare(self.outcomes, baseline))
        task.succeeded.connect(partial(self._take_rows, self.outcomes))

    def compare_stored(self, run_ids: Sequence[str]) -> None:
        """Compare stored runs instead of what a plan has measured."""
        if not self.running:
            task = self._start("outcomes", "Reading runs", self._bench.outcomes(run_ids))
            task.succeeded.connect(self._take_stored)
            task.refused.connect(self._say)

    def delete(self, run_ids: Sequence[str]) -> None:
        """Delete stored runs for good."""
        task = self._start("delete", "Deleting runs", self._bench.delete(run_ids))
        task.succeeded.connect(partial(self._take_deleted, run_ids))
        task.refused.connect(self._say)

    def _start(self, key: str, title: str, job: Job[Any], lane: str = "") -> Task:
        """Start a job in the place of the one of the same ``key``."""
        if (before := self._tasks.pop(key, None)) is not None:
            before.cancel()
        task = self._tasks[key] = self._work.start(title, job, lane)
        task.ended.connect(partial(self._forget, key, task))
        return task

    def _forget(self, key: str, task: Task) -> None:
        if self._tasks.get(key) is task:
            del self._tasks[key]

    def _hear(self, progress: Progress) -> None:
        self.progress = progress
        live = progress.live if isinstance(progress, PlanProgress) else progress
        if isinstance(live, Live):
            self.live = live
        if isinstance(progress, PlanProgress) and len(progress.outcomes) != len(self.outcomes):
            self.outcomes = progress.outcomes
            self.compare(None)

    def _take(self, reading: Reading) -> None:
        self.live = None
        self.read.emit(reading, False)

    def _take_plan(self, outcomes: tuple[Outcome, ...]) -> None:
        self.live = None
        self.outcomes = outcomes
        self.compare(None)
        self.planned.emit()
        runs = [outcome.run for outcome in outcomes if outcome.run is not None and self.is_own(outcome.run)]
        if runs:
            self.read_run(runs[-1].id, asked=False)

    def _take_stored(self, outcomes: tuple[Outcome, ...]) -> None:
        if not self.running:
            self.outcomes = outcomes
            self.compare(None)
            self.planned.emit()

    def _refuse(self, error: MaiStudioError) -> None:
        self._error = str(error)
        self._say(error)

    def _fail(self, error: BaseException) -> None:
        self._refuse(
            MaiStudioError(f"The timing met an unexpected error ({type(error).__name__}); the report has its trace")
        )

    def _over(self) -> None:
        """The timing ended; where it was cut short, what it measured is shown."""
        self._tasks.pop("run", None)
        live, self.live, self.progress = self.live, None, None
        if self._stopped:
            return
        self.changed.emit()
        if live is not None and len(live.wall_us):
            status = Status.FAILED if self._error else Status.CANCELLED
            task = self._start("read", "Reading the run", read_live(live, status, self._error))
            task.succeeded.connect(partial(self._take_read, False))

    def _know_engines(self, reasons: Mapping[Engine, str]) -> None:
        self._bench.reasons = reasons
        self.engines_known.emit(reasons)

    def _take_expected(self, sentence: str) -> None:
        self.expected.emit(sentence)

    def _expect_nothing(self, _error: MaiStudioError) -> None:
        self.expected.emit("")

    def _take_history(self, runs: tuple[RunSummary, ...]) -> None:
        self.history_read.emit(runs)

    def _take_read(self, asked: bool, reading: Reading) -> None:
        if not self.running:
            self.read.emit(reading, asked)

    def _take_rows(self, outcomes: tuple[Outcome, ...], rows: tuple[Row, ...]) -> None:
        self.compared.emit(outcomes, rows)

    def _take_deleted(self, run_ids: Sequence[str], _count: int) -> None:
        self.deleted.emit(run_ids)
        self.read_history()

    def _say(self, error: MaiStudioError) -> None:
        self.refused.emit(str(error))
