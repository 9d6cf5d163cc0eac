"""The declared actions: one declaration feeds menus, shortcuts, command palette, tooltips and help."""

from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtGui import QAction, QKeySequence

from maistudio.gui.actions import ACTIONS, Action, keys_of
from maistudio.gui.icons import STROKES
from maistudio.gui.menus import MENU_ORDER
from maistudio.gui.shortcuts import sections

pytest_plugins = ["window_fixtures"]

EACH = pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.id)


def test_every_action_has_an_id_of_its_own() -> None:
    assert [each for each, count in Counter(action.id for action in ACTIONS).items() if count > 1] == []


def test_no_two_actions_share_a_shortcut(qapp) -> None:
    keys = Counter(QKeySequence(each).toString() for action in ACTIONS for each in action.shortcuts)
    assert [each for each, count in keys.items() if count > 1] == []


@EACH
def test_every_shortcut_is_one_that_qt_knows(qapp, action: Action) -> None:
    assert [each for each in action.shortcuts if QKeySequence(each).isEmpty()] == []


@EACH
def test_every_action_stands_in_a_menu(action: Action) -> None:
    assert action.menu.split("/")[0] in MENU_ORDER


@EACH
def test_every_icon_named_is_drawn(action: Action) -> None:
    assert action.icon == "" or action.icon in STROKES


@EACH
def test_texts_are_in_sentence_case_and_tips_without_a_full_stop(action: Action) -> None:
    assert action.text[0].isupper()
    assert not action.tip.endswith(".")


@EACH
def test_help_lists_every_action_that_has_a_shortcut(qapp, action: Action) -> None:
    listed = [what for section in sections(()) for _, what in section.lines]
    assert (action.text.rstrip("…") in listed) == bool(action.shortcuts)


@EACH
def test_without_a_model_an_action_is_enabled_or_says_why_not(window, action: Action) -> None:
    made = window.actions_by_id[action.id]
    assert made.isEnabled() or action.unless(window) in made.toolTip()


@EACH
def test_the_shortcut_stands_in_the_tooltip(window, action: Action) -> None:
    assert keys_of(action) in window.actions_by_id[action.id].toolTip()


def test_the_menus_hold_every_action(window) -> None:
    held = {action.objectName() for action in window.menuBar().findChildren(QAction)}
    held |= {action.objectName() for menu in window.menus.all() for action in menu.actions()}
    assert {action.id for action in ACTIONS} <= held


def test_an_action_that_can_be_done_at_last_is_enabled(window, open_model_tab) -> None:
    open_model_tab()
    assert window.actions_by_id["fit"].isEnabled()


def test_a_switch_shows_its_state(window, open_model_tab) -> None:
    open_model_tab()
    window.actions_by_id["inspector"].trigger()
    assert not window.actions_by_id["inspector"].isChecked()


@pytest.mark.parametrize("menu", MENU_ORDER)
def test_every_entry_of_a_menu_has_a_letter_of_its_own(window, menu: str) -> None:
    bar = next(entry for entry in window.menuBar().actions() if entry.text() == f"&{menu}")
    entries = [entry.text() for entry in bar.menu().actions() if not entry.isSeparator()]
    letters = [text[text.index("&") + 1].lower() for text in entries if "&" in text]
    assert len(set(letters)) == len(entries)


def test_the_turn_button_shows_which_way_the_graph_flows(window, open_model_tab) -> None:
    open_model_tab()
    before = window.actions_by_id["turn"].icon().pixmap(20, 20).toImage()
    window.actions_by_id["turn"].trigger()
    assert window.actions_by_id["turn"].icon().pixmap(20, 20).toImage() != before
