"""The search bar: results while typing, keys that lead through them."""

from __future__ import annotations

import pytest
from models import build_chain, build_conv_net, build_multi_signature, build_quantized
from panels import opened_bytes, opened_document
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from maistudio.gui.document import Document, Selected
from maistudio.gui.models.found import SHOWN
from maistudio.gui.panels.search import SearchBar
from maistudio.gui.theme import LIGHT


@pytest.fixture
def document() -> Document:
    return opened_document(build_conv_net())


@pytest.fixture
def in_window(qtbot):
    """Gives a search bar with the keyboard, in a window of its own."""
    windows = []

    def make(document: Document) -> SearchBar:
        window = QWidget()
        windows.append(window)
        qtbot.addWidget(window)
        window.resize(800, 500)
        made = SearchBar(LIGHT, window)
        column = QVBoxLayout(window)
        column.addWidget(made)
        column.addStretch(1)
        window.show()
        window.activateWindow()
        made.set_document(document)
        made.open_bar()
        qtbot.waitUntil(lambda: made.line.hasFocus() and made.indexed)
        return made

    return make


@pytest.fixture
def bar(in_window, document: Document) -> SearchBar:
    return in_window(document)


def listed(bar: SearchBar) -> list[str]:
    return [bar.model.index(row, 0).data() for row in range(bar.model.rowCount())]


def test_results_are_listed_while_typing(bar: SearchBar, qtbot) -> None:
    qtbot.keyClicks(bar.line, "pool")
    assert listed(bar) == ["MAX_POOL_2D #1", "stem/pool"]


def test_the_list_stands_under_the_line(bar: SearchBar, qtbot) -> None:
    qtbot.keyClicks(bar.line, "pool")
    assert bar.results.isVisible()


def test_the_bar_says_how_many_there_are(bar: SearchBar, qtbot) -> None:
    qtbot.keyClicks(bar.line, "conv")
    assert bar.count.text() == f"{len(bar.found)} found"


def test_a_search_in_vain_says_so(bar: SearchBar, qtbot) -> None:
    qtbot.keyClicks(bar.line, "zebra")
    assert (bar.count.text(), bar.results is None or not bar.results.isVisible()) == ("Nothing found", True)


def test_enter_selects_the_first_result(bar: SearchBar, document: Document, qtbot) -> None:
    qtbot.keyClicks(bar.line, "pool")
    qtbot.keyClick(bar.line, Qt.Key.Key_Return)
    assert document.selected == Selected("op", 0, 1)


def test_arrows_choose_another_result(bar: SearchBar, document: Document, qtbot) -> None:
    qtbot.keyClicks(bar.line, "pool")
    qtbot.keyClick(bar.line, Qt.Key.Key_Down)
    qtbot.keyClick(bar.line, Qt.Key.Key_Return)
    assert document.selected == Selected("tensor", 0, 4)


def test_f3_goes_round_through_the_results(bar: SearchBar, document: Document, qtbot) -> None:
    qtbot.keyClicks(bar.line, "pool")
    chosen = []
    for _ in range(3):
        qtbot.keyClick(bar.line, Qt.Key.Key_F3)
        chosen.append(document.selected)
    assert chosen == [Selected("op", 0, 1), Selected("tensor", 0, 4), Selected("op", 0, 1)]


def test_shift_f3_goes_backwards(bar: SearchBar, document: Document, qtbot) -> None:
    qtbot.keyClicks(bar.line, "pool")
    qtbot.keyClick(bar.line, Qt.Key.Key_F3, Qt.KeyboardModifier.ShiftModifier)
    assert document.selected == Selected("tensor", 0, 4)


def test_the_bar_says_which_result_is_selected(bar: SearchBar, qtbot) -> None:
    qtbot.keyClicks(bar.line, "pool")
    bar.find_next()
    bar.find_next()
    assert bar.count.text() == "2 of 2"


def test_a_click_selects_a_result(bar: SearchBar, document: Document, qtbot) -> None:
    qtbot.keyClicks(bar.line, "pool")
    results = bar.results.list
    place = results.visualRect(bar.model.index(1, 0)).center()
    qtbot.mouseClick(results.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert document.selected == Selected("tensor", 0, 4)


def test_escape_closes_the_list_first(bar: SearchBar, qtbot) -> None:
    qtbot.keyClicks(bar.line, "pool")
    with qtbot.assertNotEmitted(bar.closed):
        qtbot.keyClick(bar.line, Qt.Key.Key_Escape)
    assert not bar.results.isVisible()


def test_escape_without_a_list_is_done_with_the_bar(bar: SearchBar, qtbot) -> None:
    with qtbot.waitSignal(bar.closed):
        qtbot.keyClick(bar.line, Qt.Key.Key_Escape)


def test_a_result_in_another_subgraph_is_shown_there(in_window) -> None:
    document = opened_document(build_multi_signature())
    bar = in_window(document)
    bar.line.setText("kind:op")
    bar.find_previous()
    assert document.subgraph == 1


def test_a_reloaded_model_is_searched_anew(bar: SearchBar, document: Document, qtbot) -> None:
    qtbot.keyClicks(bar.line, "weights")
    document.replace(opened_bytes(build_quantized()))
    qtbot.waitUntil(lambda: listed(bar) == ["weights"])


def test_enter_finds_in_a_model_that_is_not_indexed_yet(bar: SearchBar, document: Document, qtbot) -> None:
    document.replace(opened_bytes(build_quantized()))
    bar.line.setText("weights")
    assert not bar.indexed
    qtbot.keyClick(bar.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: document.selected is not None)


def test_hiding_the_bar_hides_the_list(bar: SearchBar, qtbot) -> None:
    qtbot.keyClicks(bar.line, "pool")
    bar.hide()
    assert not bar.results.isVisible()


def test_a_long_list_is_cut_but_counted(in_window) -> None:
    bar = in_window(opened_document(build_chain(400)))
    bar.line.setText("kind:op")
    assert (bar.model.rowCount(), bar.count.text()) == (SHOWN, "400 found")


def test_without_a_document_nothing_is_found(bar: SearchBar, qtbot) -> None:
    bar.set_document(None)
    qtbot.keyClicks(bar.line, "conv")
    assert bar.found == []
