"""The Targets page: which targets at the left, what becomes of the model on them at the right."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from maistudio.gui.banner import Banner
from maistudio.gui.document import Document, Selected
from maistudio.gui.empty_view import EmptyView
from maistudio.gui.job_line import JobLine
from maistudio.gui.tab_header import tab_header
from maistudio.gui.targets.checks import Checks
from maistudio.gui.targets.chooser import TargetChooser
from maistudio.gui.targets.families import USUAL
from maistudio.gui.targets.findings_view import FindingsView
from maistudio.gui.targets.items import Item
from maistudio.gui.targets.ops_view import OpsByTargetView
from maistudio.gui.targets.reading import Checked
from maistudio.gui.targets.rewriting import Rewriting, Told
from maistudio.gui.targets.summary_view import SummaryView
from maistudio.gui.theme import Palette
from maistudio.gui.work import Work
from maistudio.jobs.progress import Progress

OPS, FINDINGS = range(2)
TITLES = ("Ops", "Findings")
SUMMARY_HEIGHT, RESULTS_HEIGHT = 250, 460
SETTLED_WITHIN = 20.0
SENTENCE = "See what a phone's accelerators run of this model, what they refuse, and why."
NO_OPS = "This model has no ops, so there is nothing to check."
CHECKING = "Checking the model…"


class TargetsPage(QWidget):
    """Shows the model that ``checks`` follows.

    ``gone_to`` wants an op shown in the graph, ``colours_asked`` the graph coloured for the target that is looked at,
    ``said`` a word in the status bar, ``open_asked`` a file opened.
    """

    gone_to = Signal(object)
    colours_asked = Signal()
    said = Signal(str)
    open_asked = Signal(str)

    def __init__(self, checks: Checks, work: Work, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__()  # into the window as a whole: each part put in alone would be styled anew
        self._checks = checks
        self._document: Document | None = None
        self.chooser = TargetChooser(palette, self)
        self.banner = Banner(palette, self)
        self.line = JobLine(self)
        self.summary = SummaryView(palette, self)
        self.tabs = QTabBar(self)
        self.ops = OpsByTargetView(work, palette, self)
        self.findings = FindingsView(palette, self)
        self.empty = EmptyView(SENTENCE, "Check on the usual targets", self)
        self.rewriting = Rewriting(checks, self)
        self._lay_out()
        self._connect()
        self._take_document(checks.document)
        self._offer_known()
        self.setParent(parent)

    def set_document(self, document: Document | None) -> None:
        """Show this model."""
        if document is not self._document:
            self._take_document(document)

    def _take_document(self, document: Document | None) -> None:
        if self._document is not None:
            self._document.checked_changed.disconnect(self._hear_checked)
            self._document.model_changed.disconnect(self.banner.hide)
        self._document = document
        self.banner.hide()
        self.summary.view.scrollToTop()
        self.findings.view.scrollToTop()
        self.ops.set_document(document)
        self.findings.set_document(document)
        if document is not None:
            document.checked_changed.connect(self._hear_checked)
            document.model_changed.connect(self.banner.hide)
        self._hear_checked()

    def show_document(self, document: Document) -> None:
        """The page is about to be seen with this model."""
        self.set_document(document)

    def warn(self, sentence: str, again: Callable[[], object]) -> None:
        """Say what became of the model's file, with a button that reads it again."""
        self.banner.say("warning", sentence, "Try again", again)

    def rewrite(self) -> None:
        """Mend the finding that is gone to."""
        self.tabs.setCurrentIndex(FINDINGS)
        self.findings.ask_to_rewrite()

    def silence(self) -> None:
        """Silence the finding that is gone to, or let it be told again."""
        self.tabs.setCurrentIndex(FINDINGS)
        self.findings.ask_to_silence()

    def prove(self) -> None:
        """Ask the real compilers."""
        self.banner.hide()
        self._checks.prove()

    def settle(self, turn: Callable[[], object]) -> None:
        """Wait until the model is checked, calling ``turn`` meanwhile; at most SETTLED_WITHIN."""
        until = time.monotonic() + SETTLED_WITHIN
        while self._checks.busy and time.monotonic() < until:
            turn()
            time.sleep(0.002)

    def panes(self) -> list[QWidget]:
        """The parts that F6 goes through."""
        return [self.chooser, self.summary, self.tabs, self._stack]

    def apply_palette(self, palette: Palette) -> None:
        for part in (self.chooser, self.banner, self.summary, self.ops, self.findings):
            part.apply_palette(palette)

    def _lay_out(self) -> None:
        header = tab_header(self.tabs, TITLES, self)
        header.setProperty("edge", "top")
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self.ops)
        self._stack.addWidget(self.findings)
        below = QWidget(self)
        column = QVBoxLayout(below)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(header)
        column.addWidget(self._stack, 1)
        self.split = QSplitter(Qt.Orientation.Vertical, self)
        self.split.setHandleWidth(1)
        self.split.setChildrenCollapsible(False)
        self.split.addWidget(self.summary)
        self.split.addWidget(below)
        self.split.setStretchFactor(0, 1)
        self.split.setStretchFactor(1, 2)
        self.split.setSizes([SUMMARY_HEIGHT, RESULTS_HEIGHT])
        self._results = QStackedWidget(self)
        self._results.addWidget(self.split)
        self._results.addWidget(self.empty)
        results = QVBoxLayout()
        results.setContentsMargins(0, 0, 0, 0)
        results.setSpacing(0)
        results.addWidget(self.banner)
        results.addWidget(self.line)
        results.addWidget(self._results, 1)
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        across.addWidget(self.chooser)
        across.addLayout(results, 1)
        self.setFocusProxy(self.summary)

    def _connect(self) -> None:
        checks = self._checks
        checks.known_changed.connect(self._show_known)
        checks.choice_changed.connect(self._show_choice)
        checks.current_changed.connect(self._mark_current)
        checks.busy_changed.connect(self._show_busy)
        checks.progressed.connect(self._follow)
        checks.refused.connect(self._say_refused)
        self.chooser.chosen.connect(checks.choose)
        self.chooser.prove_asked.connect(self.prove)
        self.chooser.cancel_asked.connect(checks.stop_proving)
        self.line.cancel_asked.connect(self._cancel)
        self.empty.asked.connect(partial(checks.choose, USUAL))
        self.tabs.currentChanged.connect(self._stack.setCurrentIndex)
        self.summary.chosen.connect(checks.look_at)
        self.summary.opened.connect(self._colour)
        self.ops.looked_at.connect(checks.look_at)
        self.ops.gone_to.connect(self._go_to)
        self.ops.said.connect(self.said)
        self.findings.looked_at.connect(self._look_at_one)
        self.findings.gone_to.connect(self._go_to)
        self.findings.silence_asked.connect(checks.silence)
        self.findings.rewrite_asked.connect(self._rewrite)
        self.rewriting.changed.connect(self._show_busy)
        self.rewriting.progressed.connect(self._follow)
        self.rewriting.told.connect(self._tell)
        self.rewriting.open_asked.connect(self.open_asked)

    @property
    def _checked(self) -> Checked | None:
        return self._document.checked if self._document is not None else None

    def _show_known(self) -> None:
        self._offer_known()
        self._show_checked()

    def _offer_known(self) -> None:
        known = self._checks.known
        if known is not None:
            self.chooser.show_known(known)
            self.chooser.show_chosen(self._checks.chosen)
            if known.faults:
                self.banner.say("warning", known.faults[0])

    def _show_choice(self) -> None:
        self.chooser.show_chosen(self._checks.chosen)
        self._show_checked()

    def _hear_checked(self) -> None:
        if self._checked is not None and self._checked.trouble:
            self.banner.say("warning", self._checked.trouble)
        self._show_checked()

    def _show_checked(self) -> None:
        checked, current = self._checked, self._checks.current
        stale = checked is not None and checked.asked != self._checks.chosen
        reports = checked.reports if checked is not None else ()
        if checked is None or not stale:
            self.summary.show_reports(reports, current)
            self.ops.show_matrix(checked.matrix if checked is not None else None, current)
            names = {each.target: each.name for each in reports}
            self.findings.show_items(checked.items if checked is not None else None, names)
            self.chooser.show_answers(
                sum(bool(each.proved_by) for each in reports), sum(bool(each.failure) for each in reports)
            )
        count = sum(not item.silenced for item in checked.items) if checked is not None else 0
        title = f"{TITLES[FINDINGS]} ({count:,})" if checked is not None else TITLES[FINDINGS]
        if title != self.tabs.tabText(FINDINGS):  # else the whole page would be laid out again
            self.tabs.setTabText(FINDINGS, title)
        self._show_empty()

    def _show_empty(self) -> None:
        """Say what is missing, where something is."""
        document, checked = self._document, self._checked
        nothing = document is not None and document.opened.model.op_count == 0
        self.chooser.show_nothing(nothing)
        if nothing:
            self.empty.say(NO_OPS, button=False)
        elif not self._checks.chosen:
            self.empty.say(SENTENCE, button=True)
        elif checked is None:
            self.empty.say(CHECKING if self._checks.checking else SENTENCE, button=False)
        else:
            self._results.setCurrentWidget(self.split)
            return
        self._results.setCurrentWidget(self.empty)

    def _show_busy(self) -> None:
        proving, rewriting = self._checks.proving, self.rewriting.running
        self.chooser.show_proving(proving)
        self.findings.set_busy(rewriting)
        if rewriting and self.line.isHidden():
            self.line.follow(Progress("Waiting for its turn"))
        elif proving and not rewriting:
            self.line.follow(self._checks.proof_progress or Progress("Waiting"))
        self.line.setVisible(proving or rewriting)
        self._show_empty()

    def _follow(self, progress: Progress) -> None:
        self.line.follow(progress)

    def _cancel(self) -> None:
        self._checks.stop_proving()
        self.rewriting.cancel()

    def _mark_current(self) -> None:
        self.summary.mark(self._checks.current)
        self.ops.mark(self._checks.current)

    def _colour(self, target: str) -> None:
        self._checks.look_at(target)
        self.colours_asked.emit()

    def _look_at_one(self, targets: Sequence[str]) -> None:
        """Look at the first of these targets that is chosen, unless one of them is looked at already."""
        wanted = [target for target in targets if target in self._checks.chosen]
        if wanted and self._checks.current not in wanted:
            self._checks.look_at(wanted[0])

    def _go_to(self, selected: Selected) -> None:
        self.colours_asked.emit()
        self.gone_to.emit(selected)

    def _rewrite(self, item: Item) -> None:
        if self._document is not None:
            self.banner.hide()
            self.rewriting.ask(self._document, item)

    def _tell(self, told: Told) -> None:
        self.banner.say(told.level, told.sentence, told.verb, told.do)

    def _say_refused(self, sentence: str) -> None:
        self.banner.say("error", sentence)
