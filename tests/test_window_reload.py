"""How the window follows its files on disk: what it watches, until when, and what it says."""

from __future__ import annotations

from pathlib import Path

import pytest
from models import build_chain, build_conv_net
from PySide6.QtCore import QFileSystemWatcher
from PySide6.QtWidgets import QPushButton, QWidget

from maistudio.gui.watch import FileWatch

pytest_plugins = ["window_fixtures"]

CUT_OFF = build_conv_net()[:100]


@pytest.fixture
def refused_tab(window, write_model, qtbot):
    """A tab of a file that can't be read."""
    path = write_model("download.tflite", CUT_OFF)
    window.open_files([str(path)])
    tab = window.tabs.at(str(path))
    with qtbot.waitSignal(tab.refused):
        pass
    return tab


def followed(window) -> list[str]:
    """The files and folders whose changes the window hears of."""
    system = window.findChild(QFileSystemWatcher)
    return system.files() + system.directories()


@pytest.fixture
def other_window(qtbot):
    """A window of another program, as it were."""
    other = QWidget()
    qtbot.addWidget(other)
    other.show()
    return other


def test_a_change_that_nobody_reports_is_found_when_the_window_is_gone_back_to(
    unreported_changes, window, open_model_tab, other_window, qtbot
) -> None:
    tab = open_model_tab()
    other_window.activateWindow()
    qtbot.waitUntil(other_window.isActiveWindow)
    Path(tab.path).write_bytes(build_chain(7))
    window.activateWindow()
    qtbot.waitUntil(lambda: tab.document.opened.model.op_count == 7)


def test_an_open_file_is_followed(window, open_model_tab) -> None:
    assert open_model_tab().path in followed(window)


def test_a_closed_file_is_followed_no_more(window, open_model_tab) -> None:
    open_model_tab()
    window.close_tab()
    assert followed(window) == []


def test_closing_one_of_two_files_goes_on_following_the_other(window, open_model_tab) -> None:
    kept = open_model_tab("one.tflite")
    open_model_tab("two.tflite")
    window.close_tab()
    assert sorted(followed(window)) == sorted([kept.path, str(Path(kept.path).parent)])


def test_a_refused_file_is_followed(window, refused_tab) -> None:
    assert refused_tab.path in followed(window)


def test_a_refused_file_that_goes_is_not_said_to_be_shown_still(window, refused_tab, qtbot) -> None:
    with qtbot.waitSignal(window.findChild(FileWatch).gone):
        Path(refused_tab.path).unlink()
    assert refused_tab.banner.text == ""
    assert not refused_tab.banner.isVisible()


def test_a_file_that_is_gone_can_be_tried_again_from_its_banner(window, open_model_tab, qtbot) -> None:
    tab = open_model_tab()
    with qtbot.waitSignal(window.findChild(FileWatch).gone):
        Path(tab.path).unlink()
    Path(tab.path).write_bytes(build_chain(7))
    again = next(each for each in tab.banner.findChildren(QPushButton) if each.text() == "Try again")
    with qtbot.waitSignal(tab.loaded):
        again.click()
    assert tab.document.opened.model.op_count == 7
