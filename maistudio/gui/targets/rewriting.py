"""Mending a model: where to, the rewrite itself, and what is to be said of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from maistudio.errors import MaiStudioError
from maistudio.gui.document import Document
from maistudio.gui.targets.checks import Checks
from maistudio.gui.targets.items import Item
from maistudio.gui.targets.reading import Rewritten
from maistudio.gui.work import Task
from maistudio.jobs.open import OpenedModel
from maistudio.tflite.text import list_text, number_text, plural

if TYPE_CHECKING:
    from maistudio.jobs.rewrite import PossibleRewrite

FILTER = "TensorFlow Lite models (*.tflite *.lite);;All files (*)"
ADDED = "-rewritten"
PLACES_NAMED = 6


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence for the banner, with a button ``verb`` that calls ``do`` where both are given."""

    level: Literal["note", "warning", "error"]
    sentence: str
    verb: str = ""
    do: Callable[[], object] | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be rewritten: a model, for the target of this id, by the rewrite of this name."""

    opened: OpenedModel
    target: str
    rewrite: str


class Rewriting(QObject):
    """One rewrite at a time. ``told`` carries what to say, ``open_asked`` a new file that is to be opened.

    ``changed`` comes when one starts or ends, ``progressed`` from the one that goes on.
    """

    changed = Signal()
    progressed = Signal(object)
    told = Signal(object)
    open_asked = Signal(str)

    def __init__(self, checks: Checks, window: QWidget) -> None:
        super().__init__(window)
        self._checks = checks
        self._window = window
        self._task: Task | None = None

    @property
    def running(self) -> bool:
        """Whether a rewrite goes on, or waits for its turn."""
        return self._task is not None

    def ask(self, document: Document, item: Item) -> None:
        """Say what is to be changed, ask where the new file goes, then write it."""
        current = self._checks.current
        target = current if current in item.targets or not item.targets else item.targets[0]
        wish = Wish(document.opened, target, item.rewrite)
        task = self._checks.start_look(wish.opened, wish.target, wish.rewrite)
        task.succeeded.connect(partial(self._explain, wish, item))
        task.refused.connect(self._refuse)
        task.failed.connect(self._fail)

    def _explain(self, wish: Wish, item: Item, found: PossibleRewrite | None) -> None:
        """Say what will be changed where."""
        if found is None:
            self.told.emit(Told("note", "There is nothing in this model that the rewrite would change."))
            return
        box = QMessageBox(self._window)
        box.setObjectName("rewrite")
        box.setWindowTitle("Rewrite")
        box.setText(found.title)
        box.setInformativeText(preview_text(found, item))
        go_on = box.addButton("Choose file…", QMessageBox.ButtonRole.AcceptRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(go_on)
        go_on.clicked.connect(partial(self._ask_where, wish))
        box.finished.connect(box.deleteLater)
        box.open()

    def _ask_where(self, wish: Wish) -> None:
        model = Path(wish.opened.model.path)
        dialog = QFileDialog(self._window, "Save the rewritten model", "", FILTER)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("tflite")
        dialog.setDirectory(str(model.parent))
        dialog.selectFile(f"{model.stem}{ADDED}{model.suffix}")
        dialog.fileSelected.connect(partial(self._chosen, wish))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def rewrite(self, wish: Wish, output: Path, force: bool = False) -> None:
        """Write ``output``; with ``force`` also where it computes something else."""
        self.cancel()
        self._task = self._checks.start_rewrite(wish.opened, wish.target, wish.rewrite, output, force)
        self._task.progressed.connect(self.progressed)
        self._task.succeeded.connect(partial(self._take, wish))
        self._task.refused.connect(self._refuse)
        self._task.failed.connect(self._fail)
        self._task.ended.connect(partial(self._over, self._task))
        self.changed.emit()

    def cancel(self) -> None:
        """Stop what goes on; nothing is written then."""
        if self._task is not None:
            self._task.cancel()

    def _chosen(self, wish: Wish, path: str) -> None:
        self.rewrite(wish, Path(path))

    def _take(self, wish: Wish, done: Rewritten) -> None:
        told, name = difference_text(done.difference), done.path.name
        if done.saved:
            sentence = f"{name} was written: {done.changes}. {told}. {done.after}."
            level: Literal["note", "warning"] = "warning" if done.refusal else "note"
            self.told.emit(Told(level, sentence, "Open", partial(self.open_asked.emit, str(done.path))))
        elif done.refusal:
            sentence = f"{name} was not written: {done.refusal}."
            again = partial(self.rewrite, wish, done.path, True)
            self.told.emit(Told("warning", sentence, "Save anyway", again))
        else:
            self.told.emit(Told("note", f"{name} was not written: {done.changes}."))

    def _refuse(self, error: MaiStudioError) -> None:
        self.told.emit(Told("error", str(error)))

    def _fail(self, error: BaseException) -> None:
        sentence = f"The rewrite met an unexpected error ({type(error).__name__}); the report has its trace"
        self.told.emit(Told("error", sentence))

    def _over(self, task: Task) -> None:
        if self._task is task:
            self._task = None
            self.changed.emit()


def preview_text(found: PossibleRewrite, item: Item) -> str:
    """What a rewrite changes and where, in words."""
    where = f"It can change {plural(found.places, 'place')} of this model"
    if item.places:
        ops = (f"op {op}" if not subgraph else f"op {op} of subgraph {subgraph}" for subgraph, op in item.places)
        where += f"; the finding is about {list_text(ops, PLACES_NAMED)}"
    stays = "This file stays as it is. The new one is compared with it before it is saved."
    return f"{found.says}\n\n{where}.\n\n{stays}"


def difference_text(difference: float | None) -> str:
    """The largest difference between what old and new file compute, in words."""
    if difference is None:
        return "The outputs could not be compared"
    if difference == 0:
        return "On the same inputs both compute exactly the same"
    return f"On the same inputs the outputs differ by {number_text(difference, 3)} of their range at most"
