"""The pages in the middle of the window: the graph, and those that are made when they are first chosen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedWidget, QWidget

from maistudio.gui.document import Document
from maistudio.gui.pages import PAGES
from maistudio.gui.theme import Palette


class PageView(Protocol):
    """What the window asks of a page, which is a widget besides. Given the keyboard, it hands it to the right part."""

    def set_document(self, document: Document | None) -> None:
        """The current model is this one now, or none. Told to every page that is made, shown or not."""

    def show_document(self, document: Document) -> None:
        """The page is about to be seen with this model."""

    def settle(self, turn: Callable[[], object]) -> None:
        """Wait until everything is read that the page shows, calling ``turn`` meanwhile."""

    def panes(self) -> list[QWidget]:
        """The parts that F6 goes through."""

    def apply_palette(self, palette: Palette) -> None: ...


View = TypeVar("View", bound=PageView)


@dataclass(slots=True)
class LazyPage(Generic[View]):
    """A page with what makes it; ``made`` is None until it is first chosen. ``alone``: it needs no model."""

    make: Callable[[], View]
    made: View | None = None
    alone: bool = False


class PageStack(QStackedWidget):
    """Shows one page, mostly of the current model: the graph until another is chosen.

    ``name`` is the page that is chosen, ``view`` the page that is shown, None for the graph. Without a model the graph
    stands for every page that needs one, for it says how the reading of the file goes.
    """

    def __init__(self, graph: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._graph = graph
        self._document: Document | None = None
        self._offered: dict[str, LazyPage[Any]] = {}
        self.name = PAGES[0].name
        self.view: PageView | None = None
        self.addWidget(graph)

    @property
    def alone(self) -> bool:
        """Whether the page that is chosen is the same for every model, and there without one."""
        offered = self._offered.get(self.name)
        return offered is not None and offered.alone

    def offer(self, name: str, make: Callable[[], View], *, alone: bool = False) -> LazyPage[View]:
        """Have ``make`` make a page, a widget, when the page of this name is first chosen.

        ``alone``: it needs no model.
        """
        offered = LazyPage(make, alone=alone)
        self._offered[name] = offered
        return offered

    def set_document(self, document: Document | None) -> None:
        """Have every page show ``document``."""
        self._document = document
        for view in self._made():
            view.set_document(document)
        self.show_page(self.name)

    def show_page(self, name: str) -> None:
        """Show this page of the current model."""
        self.name = name
        offered = self._offered.get(name)
        if offered is None or (self._document is None and not offered.alone):
            self.view = None
            self.setCurrentWidget(self._graph)
            return
        if offered.made is None:
            offered.made = offered.make()
            self.addWidget(offered.made)
        self.view = offered.made
        if self._document is not None:
            self.view.show_document(self._document)
        self.setCurrentWidget(offered.made)

    def take_keyboard(self) -> None:
        """Put the keyboard into the page that is shown."""
        if (shown := self.currentWidget()) is not None:
            shown.setFocus(Qt.FocusReason.OtherFocusReason)

    def apply_palette(self, palette: Palette) -> None:
        for view in self._made():
            view.apply_palette(palette)

    def _made(self) -> list[PageView]:
        return [offered.made for offered in self._offered.values() if offered.made is not None]
