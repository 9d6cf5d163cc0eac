"""One tab: a file being opened, a file refused, or a model with its graph, kept up to date with the file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QApplication, QStackedWidget, QVBoxLayout, QWidget

from maistudio.errors import MaiStudioError, ModelFileError, UsageError
from maistudio.gui.banner import Banner
from maistudio.gui.document import Document
from maistudio.gui.graph.layout import Arrangement
from maistudio.gui.graph.view import GraphView
from maistudio.gui.keyboard import KeyboardFrame
from maistudio.gui.opening import OpeningPage, RefusedPage
from maistudio.gui.panels.summary import SummaryPanel
from maistudio.gui.theme import Palette
from maistudio.gui.work import Task, Work
from maistudio.jobs.open import OpenedModel, hash_file, open_model
from maistudio.tflite.shapes import Shape


class ModelTab(QWidget):
    """Opens ``path`` (absolute) on request and shows how that goes.

    ``loaded`` comes with every state of the file that was read, true when it was not the first; ``refused`` when
    the first reading failed; ``abandoned`` when it was cancelled; ``other_asked`` when another file is wanted instead.
    ``reshaped`` and ``reshape_refused``, with a sentence, answer ``load_at``.
    ``laid_out`` comes with every new state of the graph, ``warned`` with a sentence about the file.
    """

    loaded = Signal(bool)
    refused = Signal()
    abandoned = Signal()
    other_asked = Signal()
    reshaped = Signal()
    reshape_refused = Signal(str)
    laid_out = Signal()
    warned = Signal(str)

    def __init__(self, path: str, work: Work, palette: Palette, arrangement: Arrangement) -> None:
        super().__init__()
        self.path = path
        self.name = Path(path).name
        self.document: Document | None = None
        self.graph: GraphView | None = None
        self._summary: SummaryPanel | None = None
        self._frame: KeyboardFrame | None = None
        self.shapes: Mapping[str, Shape] = {}
        self._misfit = ""
        self._arrangement = arrangement
        self._heat = False
        self._target = ""
        self._palette = palette
        self._work = work
        self._opening: Task | None = None
        self._reshaping: Task | None = None
        self._hashing: Task | None = None
        self.banner = Banner(palette, self)
        self._stack = QStackedWidget(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.banner)
        column.addWidget(self._stack, 1)

    def load(self) -> None:
        """Read the file, off the interface thread; a reading still going on is dropped."""
        if self._reshaping is not None:
            self.reshape_refused.emit("The file was written again meanwhile; apply the shapes once more.")
        self.stop()
        verb = "Opening" if self.document is None else "Reloading"
        self._opening = self._work.start(f"{verb} {self.name}", open_model(self.path, self.shapes))
        self._opening.succeeded.connect(self._read)
        self._opening.refused.connect(self._refuse)
        self._opening.failed.connect(self._fail)
        self._opening.ended.connect(self._over)
        if self.document is None:
            page = OpeningPage(self.name, self)
            page.cancel_asked.connect(self._opening.cancel)
            self._opening.progressed.connect(page.follow)
            self._show(page)

    def load_at(self, shapes: Mapping[str, Shape]) -> None:
        """Read the file again at other input shapes, by name; none for its own. They stay for later readings."""
        self.stop_reshaping()
        self._reshaping = self._work.start(f"Working out {self.name} at other shapes", open_model(self.path, shapes))
        self._reshaping.succeeded.connect(self._reshape)
        self._reshaping.refused.connect(self._refuse_shapes)
        self._reshaping.failed.connect(self._fail_shapes)

    def stop_reshaping(self) -> None:
        """Cancel what ``load_at`` started."""
        task, self._reshaping = self._reshaping, None
        if task is not None:
            task.cancel()

    def stop(self) -> None:
        """Cancel what is being read."""
        tasks = [task for task in (self._opening, self._hashing, self._reshaping) if task is not None]
        self._opening = self._hashing = self._reshaping = None
        for task in tasks:
            task.cancel()

    def let_go(self) -> None:
        """Let the model go at once, whatever Python's garbage collection does with the tab itself."""
        self.stop()
        self._drop_page()
        self.document = None

    def show_model(self, opened: OpenedModel, wait: bool = False) -> None:
        """Put a model in place; ``wait`` for its graph to be laid out before returning."""
        if self.document is None:
            self.document = Document(opened, self)
            self._show(self._page(self.document, wait))
            return
        other_page = (self.graph is None) != (opened.model.op_count == 0)
        if other_page:
            self._drop_page()
        self.document.replace(opened)
        self.banner.hide()
        if other_page:
            self._show(self._page(self.document, wait))

    def say_error(self, error: MaiStudioError) -> None:
        self.banner.say("error", str(error))

    def say_gone(self) -> None:
        self._warn(f"{self.path} was moved or deleted. The model as it was read is still shown.")

    def take_keyboard(self) -> None:
        """Put the keyboard into what the tab shows."""
        if (page := self._stack.currentWidget()) is not None:
            page.setFocus(Qt.FocusReason.OtherFocusReason)

    def mark_keyboard(self) -> None:
        """Show that the graph has the keyboard, giving it to the graph where nothing in the window has it."""
        if self.graph is None or self._frame is None:
            return
        if QApplication.focusWidget() is None:
            self.graph.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if self.graph.hasFocus():
            self._frame.mark()

    def arrange(self, arrangement: Arrangement) -> None:
        """Draw the graph this way from now on; out of sight it is laid out when it is shown again."""
        self._arrangement = arrangement
        if self.graph is not None and self.isVisible():
            self.graph.arrange(arrangement)

    def show_heat(self, shown: bool) -> None:
        """Shade the graph by the time of its ops, or by their kinds."""
        self._heat = shown
        if self.graph is not None:
            self.graph.show_heat(shown)

    def show_verdicts(self, target: str) -> None:
        """Colour the graph by what this target makes of its ops; "" for by their kinds."""
        self._target = target
        if self.graph is not None:
            self.graph.show_verdicts(target)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.graph is not None:
            self.graph.arrange(self._arrangement)

    def apply_palette(self, palette: Palette) -> None:
        self._palette = palette
        self.banner.apply_palette(palette)
        for page in (self.graph, self._summary, self._frame):
            if page is not None:
                page.apply_palette(palette)

    def _page(self, document: Document, wait: bool) -> QWidget:
        if document.opened.model.op_count == 0:
            self._summary = SummaryPanel(self._palette, self, work=self._work)
            self._summary.set_document(document)
            return self._summary
        self.graph = GraphView(self._palette, self)
        self.graph.arrange(self._arrangement)
        self.graph.show_heat(self._heat)
        self.graph.show_verdicts(self._target)
        self.graph.laid_out.connect(self.laid_out)
        self.graph.subgraph_requested.connect(document.show_subgraph)
        self.graph.set_document(document, wait)
        self._frame = KeyboardFrame(self.graph, self._palette)
        return self.graph

    def _drop_page(self) -> None:
        for page in (self.graph, self._summary):
            if page is not None:
                page.set_document(None)
        self.graph = self._summary = self._frame = None

    def _read(self, opened: OpenedModel) -> None:
        self._opening = None
        again = self.document is not None
        self.show_model(opened)
        if self._misfit:
            self.banner.say("warning", self._misfit)
            self._misfit = ""
        self._hash()
        self.loaded.emit(again)

    def _reshape(self, opened: OpenedModel) -> None:
        self._reshaping = None
        self.shapes = opened.given
        self.show_model(opened)
        self._hash()
        self.reshaped.emit()

    def _refuse_shapes(self, error: MaiStudioError) -> None:
        self._reshaping = None
        self.reshape_refused.emit(str(error))

    def _fail_shapes(self, error: BaseException) -> None:
        what = f"working it out at these shapes met an unexpected error ({type(error).__name__})"
        self._refuse_shapes(ModelFileError(self.path, f"{what}; the report has its trace"))

    def _hash(self) -> None:
        if self._hashing is not None:
            self._hashing.cancel()
        self._hashing = self._work.start(f"Hashing {self.name}", hash_file(self.path))
        self._hashing.succeeded.connect(self._hashed)

    def _hashed(self, sha256: str) -> None:
        self._hashing = None
        if self.document is not None:
            self.document.set_hash(sha256)

    def _refuse(self, error: MaiStudioError) -> None:
        self._opening = None
        if self.shapes and isinstance(error, UsageError):
            self.shapes = {}
            self._misfit = f"The input shapes asked for don't fit the file any more, so its own are used. {error}"
            self.load()
            return
        if self.document is None:
            page = RefusedPage(self.name, str(error), self)
            page.other_asked.connect(self.other_asked)
            page.again_asked.connect(self.load)
            self._show(page)
            self.refused.emit()
        else:
            sentence = f"The file was written again, but can't be read now, so the state before it is shown. {error}"
            self._warn(sentence)

    def _warn(self, sentence: str) -> None:
        self.banner.say("warning", sentence, "Try again", self.load)
        self.warned.emit(sentence)

    def _fail(self, error: BaseException) -> None:
        what = f"reading it met an unexpected error ({type(error).__name__}); the report has its trace"
        self._refuse(ModelFileError(self.path, what))

    def _over(self) -> None:
        cancelled, self._opening = self._opening is not None, None
        if cancelled and self.document is None:
            self.abandoned.emit()

    def _show(self, page: QWidget) -> None:
        before = self._stack.currentWidget()
        self._stack.addWidget(page)
        self._stack.setCurrentWidget(page)
        if before is not None:
            self._stack.removeWidget(before)
            before.deleteLater()
