"""Recent files that are gone from the disk can't be chosen, and say why."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton

from maistudio.gui.commands import CommandPalette

pytest_plugins = ["window_fixtures"]


@pytest.fixture
def window_after(make_window, settings, write_model, qtbot):
    """A window whose recent files are one that is there and one that is gone."""
    settings.add_recent(str(write_model("gone.tflite")))
    settings.add_recent(str(write_model("there.tflite")))
    Path(settings.recent()[1]).unlink()
    window = make_window()
    qtbot.waitUntil(lambda: bool(window.recent.gone))
    return window


def test_the_menu_disables_a_file_that_is_gone(window_after) -> None:
    entries = [entry for entry in window_after.menus.recent.actions() if entry.data()]
    assert [entry.isEnabled() for entry in entries] == [True, False]
    assert entries[1].text().endswith("(not there any more)")


def test_the_empty_window_disables_a_file_that_is_gone(window_after) -> None:
    buttons = [button for button in window_after.welcome.findChildren(QPushButton) if button.property("path")]
    assert [button.isEnabled() for button in buttons if button.isVisible()] == [True, False]
    assert buttons[-1].text().endswith("not there any more")


def test_the_command_palette_disables_a_file_that_is_gone(window_after) -> None:
    window_after.show_commands()
    commands = window_after.findChild(CommandPalette).table.commands
    recent = [command for command in commands if command.text.startswith("Open recent: ")]
    assert {command.text: command.possible for command in recent} == {
        "Open recent: there.tflite": True,
        "Open recent: gone.tflite": False,
    }


def test_a_file_that_is_back_can_be_chosen_again(window_after, write_model, qtbot) -> None:
    write_model("gone.tflite")
    window_after.recent.look(window_after.settings.recent())
    qtbot.waitUntil(lambda: not window_after.recent.gone)
    assert all(entry.isEnabled() for entry in window_after.menus.recent.actions())
