"""The pages beside the graph: made when they are first chosen, and shown for a model only."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from models import build_conv_net
from panels import opened_document
from PySide6.QtWidgets import QWidget

from maistudio.gui.document import Document
from maistudio.gui.page_stack import LazyPage, PageStack
from maistudio.gui.theme import LIGHT, Palette


class Page(QWidget):
    """Keeps what it was told."""

    def __init__(self) -> None:
        super().__init__()
        self.known: list[Document | None] = []
        self.shown: list[Document] = []
        self.palettes: list[Palette] = []

    def set_document(self, document: Document | None) -> None:
        self.known.append(document)

    def show_document(self, document: Document) -> None:
        self.shown.append(document)

    def settle(self, turn: Callable[[], object]) -> None:
        turn()

    def panes(self) -> list[QWidget]:
        return [self]

    def apply_palette(self, palette: Palette) -> None:
        self.palettes.append(palette)


@pytest.fixture
def document(qapp) -> Document:
    return opened_document(build_conv_net())


@pytest.fixture
def graph(qapp) -> QWidget:
    return QWidget()


@pytest.fixture
def stack(qtbot, graph: QWidget) -> PageStack:
    made = PageStack(graph)
    qtbot.addWidget(made)
    return made


@pytest.fixture
def score(stack: PageStack) -> LazyPage[Page]:
    return stack.offer("score", Page)


def test_a_page_is_made_once_when_it_is_first_chosen(stack: PageStack, score: LazyPage[Page], document) -> None:
    stack.set_document(document)
    before = score.made
    stack.show_page("score")
    first = score.made
    stack.show_page("graph")
    stack.show_page("score")
    assert before is None
    assert first is not None
    assert (score.made, stack.view, stack.currentWidget(), stack.count()) == (first, first, first, 2)


def test_without_a_model_the_graph_stands_for_every_page(
    stack: PageStack, score: LazyPage[Page], graph: QWidget, document
) -> None:
    stack.show_page("score")
    assert (score.made, stack.view, stack.currentWidget()) == (None, None, graph)
    stack.set_document(document)
    assert stack.currentWidget() is score.made is not None
    stack.set_document(None)
    assert (stack.name, stack.view, stack.currentWidget()) == ("score", None, graph)


def test_every_page_that_is_made_hears_of_a_model_but_only_the_chosen_one_shows_it(
    stack: PageStack, score: LazyPage[Page], document
) -> None:
    rate = stack.offer("rate", Page)
    stack.set_document(document)
    stack.show_page("score")
    stack.show_page("rate")
    stack.set_document(None)
    stack.set_document(document)
    assert (score.made.known, score.made.shown) == ([None, document], [document])
    assert (rate.made.known, rate.made.shown) == ([None, document], [document, document])


def test_a_page_that_is_not_offered_yet_shows_the_graph(stack: PageStack, graph: QWidget, document) -> None:
    stack.set_document(document)
    stack.show_page("zoo")
    assert (stack.name, stack.view, stack.currentWidget()) == ("zoo", None, graph)


def test_a_palette_reaches_pages_that_are_not_shown(stack: PageStack, score: LazyPage[Page], document) -> None:
    stack.apply_palette(LIGHT)
    stack.set_document(document)
    stack.show_page("score")
    stack.show_page("graph")
    stack.apply_palette(LIGHT)
    assert score.made.palettes == [LIGHT]
