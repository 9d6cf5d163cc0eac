"""Which targets a window's models are checked on, and the checks: started, followed, stopped. Knows no widget."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from maistudio.errors import MaiStudioError
from maistudio.gui.document import Document
from maistudio.gui.targets.families import USUAL
from maistudio.gui.work import Task, Work
from maistudio.jobs.open import OpenedModel
from maistudio.jobs.progress import Job, Progress

if TYPE_CHECKING:
    from maistudio.gui.settings import Settings
    from maistudio.gui.targets.desk import Desk
    from maistudio.gui.targets.reading import Checked, Known
    from maistudio.targets.values import TargetReport

LANE = "timing"
"""Real compiles run one at a time and not beside a timing, which they would slow down."""
CHOSEN, CURRENT = "targets", "target"


class Checks(QObject):
    """Follows one document at a time, and gives it what the chosen targets make of it.

    ``known_changed`` comes when the targets were read, ``choice_changed`` with another choice of them,
    ``current_changed`` with another one to look at, ``busy_changed`` when something starts or ends, ``checked``
    when a model has other verdicts, ``progressed`` from a real compile, ``refused`` with the sentence that says why
    something failed.
    """

    known_changed = Signal()
    choice_changed = Signal()
    current_changed = Signal()
    busy_changed = Signal()
    checked = Signal()
    progressed = Signal(object)
    refused = Signal(str)

    def __init__(self, desk: Desk, work: Work, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk, self._work, self._settings = desk, work, settings
        self._document: Document | None = None
        self._enabled = False
        self._tasks: dict[str, Task] = {}
        self._proofs: dict[Document, Task] = {}
        self.known: Known | None = None
        self.chosen: tuple[str, ...] = tuple(settings.texts(CHOSEN)) or USUAL
        self._current = next(iter(settings.texts(CURRENT)), "")

    @property
    def document(self) -> Document | None:
        """The model that is checked."""
        return self._document

    @property
    def current(self) -> str:
        """The target that is looked at: the graph is coloured for it. One of those chosen, "" where none is."""
        if self._current in self.chosen:
            return self._current
        return self.chosen[0] if self.chosen else ""

    @property
    def checking(self) -> bool:
        """Whether verdicts are on their way."""
        return "check" in self._tasks or ("known" in self._tasks and self._document is not None)

    @property
    def proving(self) -> bool:
        """Whether real compiles are asked, or wait for their turn."""
        return self._document in self._proofs

    @property
    def proof_progress(self) -> Progress | None:
        """How far the real compiles of this model are, None where none are asked."""
        task = self._proofs.get(self._document) if self._document is not None else None
        return task.progress if task is not None else None

    @property
    def busy(self) -> bool:
        """Whether anything goes on for this model."""
        return bool(self._tasks) or self.proving

    def enable(self) -> None:
        """Check what is followed from now on: not before, so that nothing is read while the window starts."""
        if not self._enabled:
            self._enabled = True
            self._need()

    def follow(self, document: Document | None) -> None:
        """Check this model, and no other any more; real compiles of another go on for it."""
        if document is self._document:
            return
        self._drop("check")
        if self._document is not None:
            self._document.model_changed.disconnect(self._change_model)
        self._document = document
        if document is not None:
            document.model_changed.connect(self._change_model)
        self.busy_changed.emit()
        self._need()

    def choose(self, targets: Iterable[str]) -> None:
        """Check on these targets, and remember them."""
        wanted = self._ordered(targets)
        if wanted != self.chosen:
            before = self.current
            self.chosen = wanted
            self._settings.put_texts(CHOSEN, wanted)
            self.choice_changed.emit()
            if self.current != before:
                self.current_changed.emit()
            self._need()

    def look_at(self, target: str) -> None:
        """Look at one of the targets chosen."""
        if target in self.chosen and target != self.current:
            self._current = target
            self._settings.put_texts(CURRENT, [target])
            self.current_changed.emit()

    def prove(self) -> None:
        """Ask the real compilers of the targets chosen."""
        if self._document is None or self._document.opened.model.op_count == 0 or self.proving:
            return
        document = self._document
        name = Path(document.opened.model.path).name
        task = self._work.start(f"Proving {name}", self._desk.prove(document.opened, self.chosen), LANE)
        self._proofs[document] = task
        task.succeeded.connect(partial(self._take_proof, document, document.opened))
        task.progressed.connect(partial(self._follow_proof, document, document.opened))
        task.refused.connect(self._refuse)
        task.failed.connect(self._fail)
        task.ended.connect(partial(self._forget_proof, document, task))
        self.busy_changed.emit()

    def stop_proving(self) -> None:
        """Stop the real compiles of this model."""
        if self._document is not None and (task := self._proofs.get(self._document)) is not None:
            task.cancel()

    def silence(self, finding: str, quiet: bool) -> None:
        """Silence a finding for this model, or let it be told again."""
        if self._document is not None:
            job = self._desk.silence(Path(self._document.opened.model.path), finding, quiet)
            self._start("silence", "Remembering", job).succeeded.connect(self._check_again)

    def start_look(self, opened: OpenedModel, target: str, rewrite: str) -> Task:
        """Look what the rewrite of this name would change; its result is a PossibleRewrite, or None for nothing."""
        return self._work.start(f"Looking at {Path(opened.model.path).name}", self._desk.look(opened, target, rewrite))

    def start_rewrite(self, opened: OpenedModel, target: str, rewrite: str, output: Path, force: bool) -> Task:
        """Mend a model for a target by the rewrite of this name into a new file."""
        job = self._desk.rewrite(opened, target, rewrite, output, force)
        return self._work.start(f"Rewriting {Path(opened.model.path).name}", job, LANE)

    def stop(self) -> None:
        """Let everything go."""
        self._drop(*self._tasks)
        for task in list(self._proofs.values()):
            task.cancel()

    def _ordered(self, targets: Iterable[str]) -> tuple[str, ...]:
        """Targets in the order in which they are listed, without those that there are not."""
        wanted = set(targets)
        if self.known is None:
            return tuple(sorted(wanted))
        return tuple(each.id for each in self.known.targets if each.id in wanted)

    def _read_known(self) -> None:
        if self.known is None and "known" not in self._tasks:
            self._start("known", "Reading the targets", self._desk.known()).succeeded.connect(self._take_known)

    def _take_known(self, known: Known) -> None:
        self.known = known
        self.chosen = self._ordered(self.chosen)
        self.known_changed.emit()
        self._need()

    def _change_model(self) -> None:
        self._drop("check")
        self.stop_proving()
        self._need()

    def _need(self) -> None:
        """Check the document unless what it has is what is asked for, with all that was proved."""
        document = self._document
        if document is None or not self._enabled:
            return
        if self.known is None:
            self._read_known()
        elif document.checked is None or document.checked.asked != self.chosen or _lacks_proofs(document):
            self._check_again()

    def _check_again(self, _done: object = None) -> None:
        document = self._document
        if document is None:
            return
        kept = {} if document.checked is None else {each.target: each for each in document.checked.reports}
        job = self._desk.check(document.opened, self.chosen, {**kept, **document.proved}, document.sha256)
        task = self._start("check", f"Checking {Path(document.opened.model.path).name}", job)
        task.succeeded.connect(partial(self._take, document))

    def _take(self, document: Document, checked: Checked) -> None:
        document.set_checked(checked)
        self.checked.emit()

    def _take_proof(self, document: Document, opened: OpenedModel, reports: Sequence[TargetReport]) -> None:
        if isValid(document) and document.opened is opened:
            document.proved = {**document.proved, **_proved(reports)}
            if document is self._document:
                self._check_again()

    def _follow_proof(self, document: Document, opened: OpenedModel, progress: Progress) -> None:
        """Tell how far the real compiles are; stop them where the model was closed, or is not in this state now."""
        if not isValid(document) or document.opened is not opened:
            if (task := self._proofs.get(document)) is not None:
                task.cancel()
        elif document is self._document:
            self.progressed.emit(progress)

    def _forget_proof(self, document: Document, task: Task) -> None:
        if self._proofs.get(document) is task:
            del self._proofs[document]
            self.busy_changed.emit()

    def _start(self, key: str, title: str, job: Job[Any], lane: str = "") -> Task:
        """Start a job in the place of the one of the same ``key``."""
        self._drop(key)
        task = self._tasks[key] = self._work.start(title, job, lane)
        task.refused.connect(self._refuse)
        task.failed.connect(self._fail)
        task.ended.connect(partial(self._forget, key, task))
        self.busy_changed.emit()
        return task

    def _drop(self, *keys: str) -> None:
        for key in keys:
            if (task := self._tasks.pop(key, None)) is not None:
                task.cancel()
                self.busy_changed.emit()

    def _forget(self, key: str, task: Task) -> None:
        if self._tasks.get(key) is task:
            del self._tasks[key]
            self.busy_changed.emit()

    def _refuse(self, error: MaiStudioError) -> None:
        self.refused.emit(str(error))

    def _fail(self, error: BaseException) -> None:
        self.refused.emit(f"The check met an unexpected error ({type(error).__name__}); the report has its trace")


def _lacks_proofs(document: Document) -> bool:
    """Whether something was proved of a model that its verdicts don't say."""
    checked = document.checked
    return checked is not None and any(
        found is not None and found is not report
        for target, report in document.proved.items()
        for found in (checked.report_of(target),)
    )


def _proved(reports: Iterable[TargetReport]) -> dict[str, TargetReport]:
    """Those of the reports that a real compile was asked for, whatever it said."""
    return {report.target: report for report in reports if report.proved_by or report.failure}
