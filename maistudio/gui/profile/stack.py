"""The Profile pages of the open models, one each, made when it is first looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from maistudio.gui.document import Document
from maistudio.gui.profile.bench import Bench
from maistudio.gui.profile.choice import Subject
from maistudio.gui.profile.page import ProfilePage
from maistudio.gui.theme import Palette
from maistudio.gui.work import Work


class ProfileStack(QStackedWidget):
    """Signals are those of its pages. ``documents`` gives the models that are open, with their names."""

    gone_to = Signal(object)
    heat_asked = Signal()
    said = Signal(str)
    running_changed = Signal()

    def __init__(
        self,
        documents: Callable[[], Sequence[tuple[str, Document]]],
        bench: Bench,
        work: Work,
        palette: Palette,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._documents = documents
        self._bench = bench
        self._work = work
        self._palette = palette
        self._pages: list[tuple[Document, ProfilePage]] = []

    @property
    def page(self) -> ProfilePage | None:
        """The page that is shown."""
        shown = self.currentWidget()
        return shown if isinstance(shown, ProfilePage) else None

    def show_document(self, document: Document) -> None:
        """Show the page of this model, as it was left."""
        page = self._page_of(document) or self._made(document)
        self.setCurrentWidget(page)
        self.setFocusProxy(page)

    def set_document(self, _document: Document | None) -> None:
        """Stop and drop the pages of models that are no longer open; offer the others what is open now."""
        open_now = [document for _, document in self._documents()]
        for document, page in list(self._pages):
            if any(document is each for each in open_now):
                page.refresh_others()
            else:
                self._pages.remove((document, page))
                page.stop()
                self.removeWidget(page)
                page.deleteLater()

    def settle(self, turn: Callable[[], object]) -> None:
        """Wait until everything is read that the page shows, calling ``turn`` meanwhile."""
        if self.page is not None:
            self.page.settle(turn)

    def panes(self) -> list[QWidget]:
        """The parts of the page that F6 goes through."""
        return self.page.panes() if self.page is not None else []

    def apply_palette(self, palette: Palette) -> None:
        self._palette = palette
        for _, page in self._pages:
            page.apply_palette(palette)

    def _page_of(self, document: Document) -> ProfilePage | None:
        return next((page for held, page in self._pages if held is document), None)

    def _made(self, document: Document) -> ProfilePage:
        def others() -> list[Subject]:
            found = self._documents()
            return [Subject(name, each.opened, each.sha256) for name, each in found if each is not document]

        page = ProfilePage(document, others, self._bench, self._work, self._palette, self)
        for mine, its in (
            (self.gone_to, page.gone_to),
            (self.heat_asked, page.heat_asked),
            (self.said, page.said),
            (self.running_changed, page.running_changed),
        ):
            its.connect(mine)
        self._pages.append((document, page))
        self.addWidget(page)
        return page
