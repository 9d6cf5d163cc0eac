"""A window whose checks are made up. A module of tests names it ``window``; needs ``window_fixtures``."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from targets_bench import FakeDesk

from maistudio.gui.style import Theme
from maistudio.gui.targets.page import TargetsPage
from maistudio.gui.window import MainWindow


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk()


@pytest.fixture
def make_targets_window(qapp, settings, desk):
    """Makes windows with one person's settings."""
    made: list[MainWindow] = []

    def make() -> MainWindow:
        window = MainWindow(Theme(qapp, "light"), settings, None, desk)
        made.append(window)
        window.resize(1280, 800)
        window.show()
        QApplication.processEvents()
        return window

    yield make
    desk.let_go.set()
    desk.let_proofs_go.set()
    for window in made:
        window.close()
        window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def targets_window(make_targets_window):
    return make_targets_window()


@pytest.fixture
def sheet(window, open_model_tab, idle) -> TargetsPage:
    """The page of one open model, checked."""
    open_model_tab()
    window.show_page("targets")
    idle()
    return window.targets


@pytest.fixture
def idle(window, qtbot):
    """Waits until nothing is checked any more."""

    def wait() -> None:
        qtbot.waitUntil(lambda: not window.checks.busy)

    return wait
