"""A window whose Profile page runs nothing. A module of tests names it ``window``; needs ``window_fixtures``."""

from __future__ import annotations

import pytest
from profile_bench import FakeBench
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from maistudio.gui.profile.page import ProfilePage
from maistudio.gui.style import Theme
from maistudio.gui.window import MainWindow
from maistudio.timing.values import Engine


@pytest.fixture
def bench() -> FakeBench:
    return FakeBench()


@pytest.fixture
def profile_window(qapp, settings, bench):
    made = MainWindow(Theme(qapp, "light"), settings, bench)
    made.resize(1280, 800)
    made.show()
    QApplication.processEvents()
    yield made
    bench.let_go.set()
    made.close()
    made.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def page(window, open_model_tab, settled) -> ProfilePage:
    """The page of one open model, with all that it reads at first."""
    open_model_tab()
    window.show_page("profile")
    settled()
    return window.profile


@pytest.fixture
def settled(window, qtbot):
    """Waits until the page has read everything, and runs nothing."""

    def wait() -> None:
        qtbot.waitUntil(lambda: not window.profile.timings.busy)

    return wait


@pytest.fixture
def started(page, bench, qtbot):
    """Starts a timing that goes on until ``bench.let_go`` is set, with samples on the screen."""

    def start() -> None:
        bench.let_go.clear()
        page.run()
        qtbot.waitUntil(lambda: "so far" in page.timing.interval.text())

    return start


@pytest.fixture
def finished(page, settled):
    def run() -> None:
        page.run()
        settled()

    return run


@pytest.fixture
def planned(page, settled, qtbot):
    """Runs two engines in one go."""

    def run() -> None:
        page.setup.engines.boxes[Engine.BUILTIN].setChecked(True)
        page.run()
        settled()
        qtbot.waitUntil(lambda: len(page.comparison.rows) == 2)

    return run
