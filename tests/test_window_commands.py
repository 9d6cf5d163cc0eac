"""The command palette finds commands by a few letters and runs them by keyboard alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget

from maistudio.gui.commands import Command, CommandPalette, matching
from maistudio.gui.fuzzy import score


def command(text: str, possible: bool = True, run=lambda: None) -> Command:
    return Command(text, "" if possible else "no model is open", possible, run)


def found(typed: str, *texts: str) -> list[str]:
    return [each.text for each in matching([command(text) for text in texts], typed)]


def test_letters_are_found_in_order() -> None:
    assert found("opr", "Open recent", "Reopen closed tab", "Quit") == ["Open recent"]


def test_the_starts_of_words_count_most() -> None:
    assert found("ct", "Select all", "Close tab")[0] == "Close tab"


def test_letters_in_a_row_count_more_than_scattered_ones() -> None:
    assert found("fit", "Find in tables", "Fit graph")[0] == "Fit graph"


def test_nothing_typed_finds_everything() -> None:
    assert found("", "Open", "Quit") == ["Open", "Quit"]


def test_what_cannot_be_done_comes_last() -> None:
    commands = [command("Fit graph", possible=False), command("Find it again")]
    assert [each.text for each in matching(commands, "fit")] == ["Find it again", "Fit graph"]


@given(st.text(max_size=12), st.text(max_size=40))
def test_what_is_found_has_every_letter_typed(typed: str, text: str) -> None:
    if score(typed, text) is not None:
        assert all(letter in text.casefold() for letter in typed.casefold() if not letter.isspace())


@given(st.text(min_size=1, max_size=40))
def test_a_text_is_found_by_itself(text: str) -> None:
    assert score(text, text) is not None


@pytest.fixture
def window(qtbot):
    made = QWidget()
    made.resize(800, 600)
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def line(window):
    """Something in the window that has the keyboard."""
    made = QLineEdit(window)
    made.show()
    made.setFocus()
    return made


@pytest.fixture
def palette(window):
    return CommandPalette(window)


def test_return_runs_the_best_match(palette, qtbot) -> None:
    ran = []
    palette.ask([command("Open", run=lambda: ran.append("open")), command("Quit", run=lambda: ran.append("quit"))])
    qtbot.keyClicks(palette.line, "qu")
    qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    assert ran == ["quit"]


def test_the_arrow_keys_choose_while_typing(palette, qtbot) -> None:
    ran = []
    palette.ask([command("Open", run=lambda: ran.append("open")), command("Quit", run=lambda: ran.append("quit"))])
    qtbot.keyClick(palette.line, Qt.Key.Key_Down)
    qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    assert ran == ["quit"]


def test_what_cannot_be_done_does_not_run(palette, qtbot) -> None:
    ran = []
    palette.ask([command("Fit", possible=False, run=lambda: ran.append("fit"))])
    qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    assert ran == []


def test_running_closes_the_palette_first(palette, qtbot) -> None:
    seen = []
    palette.ask([command("Open", run=lambda: seen.append(palette.isVisible()))])
    qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    assert seen == [False]


def test_escape_gives_the_keyboard_back(line, palette, window, qtbot) -> None:
    palette.ask([command("Open")])
    qtbot.keyClick(palette.line, Qt.Key.Key_Escape)
    assert window.focusWidget() is line


def test_a_click_elsewhere_closes_it(palette, window, qtbot) -> None:
    palette.ask([command("Open")])
    qtbot.mouseClick(window, Qt.MouseButton.LeftButton, pos=window.rect().bottomRight())
    assert palette.isHidden()


def test_it_keeps_its_place_when_the_window_is_resized(palette, window, qtbot) -> None:
    palette.ask([command("Open")])
    window.resize(500, 400)
    assert window.rect().contains(palette.geometry())


def test_it_opens_empty_each_time(palette, qtbot) -> None:
    palette.ask([command("Open")])
    qtbot.keyClicks(palette.line, "zzz")
    palette.dismiss()
    palette.ask([command("Open")])
    assert palette.line.text() == ""
