"""The Profile page of one model: what to run at the left, what came of it at the right."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from maistudio.errors import UsageError
from maistudio.gui.banner import Banner
from maistudio.gui.document import Document
from maistudio.gui.empty_view import EmptyView
from maistudio.gui.profile.bench import Bench
from maistudio.gui.profile.choice import Subject, requests_of
from maistudio.gui.profile.comparison_view import ComparisonView
from maistudio.gui.profile.earlier_times import read_earlier_times
from maistudio.gui.profile.history_view import HistoryView
from maistudio.gui.profile.ops_view import OpsView
from maistudio.gui.profile.progress_line import ProgressLine
from maistudio.gui.profile.reading import Reading
from maistudio.gui.profile.setup_panel import SetupPanel
from maistudio.gui.profile.timing_view import TimingView
from maistudio.gui.profile.timings import Timings
from maistudio.gui.profile.words import run_text
from maistudio.gui.tab_header import tab_header
from maistudio.gui.theme import Palette
from maistudio.gui.work import Work
from maistudio.jobs.progress import Progress
from maistudio.library.summary import RunSummary
from maistudio.tflite.text import plural
from maistudio.timing.values import Run

TIMING, OPS, COMPARISON, HISTORY = range(4)
TITLES = ("Timing", "Ops", "Comparison", "History")
REDRAW_MS = 100
SETTLE_MS = 150
"""A choice that has not changed for so long is looked into."""
SETTLED_WITHIN = 20.0
SENTENCE = "Time this model on this machine: how long an inference takes, and which ops take it."


class ProfilePage(QWidget):
    """``gone_to`` wants an op shown in the graph, ``heat_asked`` the graph shaded, ``said`` a word in the status bar.

    ``running_changed`` comes when a timing starts or ends.
    """

    gone_to = Signal(object)
    heat_asked = Signal()
    said = Signal(str)
    running_changed = Signal()

    def __init__(
        self,
        document: Document,
        others: Callable[[], Sequence[Subject]],
        bench: Bench,
        work: Work,
        palette: Palette,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._others = others
        self._bench, self._work = bench, work
        self._drawn: Progress | None = None
        self._complained = False  # of a choice that makes no sense, in the banner
        self.reading: Reading | None = None
        self.timings = Timings(document, bench, work, self)
        self.setup = SetupPanel(self)
        self.banner = Banner(palette, self)
        self.line = ProgressLine(self)
        self.tabs = QTabBar(self)
        self.empty = EmptyView(SENTENCE, "Run", self)
        self.timing = TimingView(palette, self)
        self.ops = OpsView(document, palette, self)
        self.comparison = ComparisonView(Path(document.opened.model.path).parent, self)
        self.history = HistoryView(palette, self)
        self._redraw = QTimer(self)
        self._redraw.setInterval(REDRAW_MS)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._lay_out()
        self._connect()
        self._change_model()

    @property
    def running(self) -> bool:
        """Whether a timing goes on, or waits for its turn."""
        return self.timings.running

    def run(self) -> None:
        """Run what is chosen."""
        if self.running:
            return
        try:
            requests = requests_of(self.setup.choice())
        except UsageError as error:
            self._complain(str(error))
            self.setup.go_to_problem()
            return
        self._complain("")
        self._drawn = None
        self.timings.run(requests)

    def cancel(self) -> None:
        """Stop the timing, and keep what was measured."""
        self.timings.cancel()

    def stop(self) -> None:
        """Let everything go: the page is about to be deleted."""
        self._redraw.stop()
        self._settle.stop()
        self.timings.stop()

    def refresh_others(self) -> None:
        """Offer the models that are open now."""
        self.setup.show_others(self._others())

    def settle(self, turn: Callable[[], object]) -> None:
        """Wait until everything is read that the page shows, calling ``turn`` meanwhile; at most SETTLED_WITHIN."""
        self._expect()
        until = time.monotonic() + SETTLED_WITHIN
        while self.timings.busy and time.monotonic() < until:
            turn()
            time.sleep(0.002)

    def panes(self) -> list[QWidget]:
        """The parts that F6 goes through."""
        return [self.setup, self.tabs, self._stack]

    def apply_palette(self, palette: Palette) -> None:
        for part in (self.banner, self.timing, self.ops, self.history):
            part.apply_palette(palette)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh_others()
        self._settle.start()

    def draw(self) -> None:
        """Draw what was measured since the last time."""
        progress = self.timings.progress
        if progress is None or progress is self._drawn or not self.isVisible():
            return
        self._drawn = progress
        self.line.follow(progress)
        if (live := self.timings.live) is not None:
            self.timing.show_live(live, self._other_name(live.run))
            self._show_tab()

    def _lay_out(self) -> None:
        header = tab_header(self.tabs, TITLES, self)
        self._stack = QStackedWidget(self)
        self._views = (self.timing, self.ops, self.comparison, self.history)
        for view in (*self._views, self.empty):
            self._stack.addWidget(view)
        results = QVBoxLayout()
        results.setContentsMargins(0, 0, 0, 0)
        results.setSpacing(0)
        for part in (header, self.banner, self.line):
            results.addWidget(part)
        results.addWidget(self._stack, 1)
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        across.addWidget(self.setup)
        across.addLayout(results, 1)
        self.setFocusProxy(self.setup.button)

    def _connect(self) -> None:
        self._redraw.timeout.connect(self.draw)
        self._settle.timeout.connect(self._expect)
        self._document.model_changed.connect(self._change_model)
        self._document.hash_known.connect(self._know_hash)
        self.setup.changed.connect(self._settle.start)
        self.setup.changed.connect(self._look_again)
        self.setup.run_asked.connect(self.run)
        self.setup.cancel_asked.connect(self.cancel)
        self.empty.asked.connect(self.run)
        self.tabs.currentChanged.connect(self._show_tab)
        self.ops.gone_to.connect(self.gone_to)
        self.ops.heat_asked.connect(self.heat_asked)
        self.comparison.baseline_chosen.connect(self.timings.compare)
        self.comparison.chosen.connect(self._ask_for_run)
        self.comparison.said.connect(self.said)
        self.history.chosen.connect(self._ask_for_run)
        self.history.delete_asked.connect(self.timings.delete)
        self.history.compare_asked.connect(self.timings.compare_stored)
        self.timings.changed.connect(self._show_running)
        self.timings.refused.connect(self._say_refused)
        self.timings.read.connect(self._take)
        self.timings.history_read.connect(self._take_history)
        self.timings.compared.connect(self.comparison.show_rows)
        self.timings.planned.connect(self._show_comparison)
        self.timings.deleted.connect(self._forget_deleted)
        self.timings.engines_known.connect(self.setup.show_reasons)
        self.timings.expected.connect(self.setup.expected.say)

    def _change_model(self) -> None:
        """The file has another state: what was measured of the one before is no longer shown."""
        self.timings.cancel()
        self._forget()
        self.history.show_runs(())
        self._know_hash()

    def _know_hash(self, _sha256: str = "") -> None:
        opened = self._document.opened
        self.setup.show_subject(Subject(Path(opened.model.path).name, opened, self._document.sha256))
        self.timings.read_history()
        self.timings.probe()

    def _complain(self, sentence: str) -> None:
        """Say what makes no sense in the choice; nothing any more for ""."""
        self._complained = bool(sentence)
        if sentence:
            self.banner.say("warning", sentence)
        else:
            self.banner.hide()

    def _look_again(self) -> None:
        """Keep what is said of the choice true of it."""
        if self._complained:
            try:
                requests_of(self.setup.choice())
            except UsageError as error:
                self._complain(str(error))
            else:
                self._complain("")

    def _expect(self) -> None:
        try:
            self.timings.expect(requests_of(self.setup.choice())[0])
        except UsageError:
            self.setup.expected.say("")

    def _show_running(self) -> None:
        running = self.running
        self.setup.show_running(running)
        self.empty.button.setEnabled(not running)
        self.history.set_busy(running)
        self.line.setVisible(running)
        if running:
            self.line.follow(Progress("Waiting for its turn"))
            self._redraw.start()
            if self.tabs.currentIndex() in (OPS, HISTORY):
                self.tabs.setCurrentIndex(TIMING)
        else:
            self._redraw.stop()
            self._show_tab()
        self.running_changed.emit()

    def _ask_for_run(self, run_id: str) -> None:
        self.timings.read_run(run_id, asked=True)

    def _take(self, reading: Reading, asked: bool) -> None:
        self.reading = reading
        own = self.timings.is_own(reading.run)
        if own and reading.run.ops is not None:
            self._document.set_timing(reading.run.ops, run_text(reading.run))
        self.timing.show_reading(reading, self._other_name(reading.run))
        self.ops.show_run(reading.run if own else None)
        self.history.set_current(reading.run.id)
        if asked and self.tabs.currentIndex() != OPS:
            self.tabs.setCurrentIndex(TIMING)
        self._show_tab()

    def _take_history(self, runs: tuple[RunSummary, ...]) -> None:
        self.history.show_runs(runs)
        self.tabs.setTabText(HISTORY, f"History ({len(runs):,})" if runs else TITLES[HISTORY])
        if self.reading is not None:
            self.history.set_current(self.reading.run.id)
        elif not self.running and (newest := next((run for run in runs if run.statistics is not None), None)):
            self.timings.read_run(newest.id, asked=False)

    def _show_comparison(self) -> None:
        self.tabs.setCurrentIndex(COMPARISON)

    def _forget_deleted(self, run_ids: Sequence[str]) -> None:
        self.said.emit(f"{plural(len(run_ids), 'run')} deleted")
        if self.reading is not None and self.reading.run.id in run_ids:
            self._forget()
        self._document.set_timing(None)
        read_earlier_times(self._document, self._bench, self._work)

    def _forget(self) -> None:
        """Show nothing."""
        self.reading = None
        self.ops.show_run(None)
        self._show_tab()

    def _say_refused(self, sentence: str) -> None:
        self._complained = False
        self.banner.say("error", sentence)

    def _other_name(self, run: Run) -> str:
        return "" if self.timings.is_own(run) else run.model.name

    def _show_tab(self) -> None:
        index = self.tabs.currentIndex()
        nothing = self.reading is None and self.timings.live is None and index in (TIMING, OPS)
        self._stack.setCurrentWidget(self.empty if nothing else self._views[index])
