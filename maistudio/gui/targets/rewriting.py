"""Mending a model: where to, the rewrite itself, and what is to be said of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from maistudio.errors import MaiStudioError
from maistudio.gui.document import Document
from maistudio.gui.targets.checks import Checks
from maistudio.gui.targets.items import Item
from maistudio.gui.targets.reading import Rewritten
from maistudio.gui.work import Task
from maistudio.jobs.open import OpenedModel
from maistudio.tflite.text import number_text

FILTER = "TensorFlow Lite models (*.tflite *.lite);;All files (*)"
ADDED = "-rewritten"


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
        """Ask where the new file goes, then write it."""
        model = Path(document.opened.model.path)
        dialog = QFileDialog(self._window, "Save the rewritten model", "", FILTER)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("tflite")
        dialog.setDirectory(str(model.parent))
        dialog.selectFile(f"{model.stem}{ADDED}{model.suffix}")
        current = self._checks.current
        target = current if current in item.targets or not item.targets else item.targets[0]
        dialog.fileSelected.connect(partial(self._chosen, Wish(document.opened, target, item.rewrite)))
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


def difference_text(difference: float | None) -> str:
    """The largest difference between what old and new file compute, in words."""
    if difference is None:
        return "The outputs could not be compared"
    if difference == 0:
        return "On the same inputs both compute exactly the same"
    return f"On the same inputs the outputs differ by {number_text(difference, 3)} of their range at most"
