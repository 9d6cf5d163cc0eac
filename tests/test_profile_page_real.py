"""The Profile page with what really runs models."""

from __future__ import annotations

import psutil
import pytest
from models import build_custom
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from maistudio.gui.style import Theme
from maistudio.gui.window import MainWindow
from maistudio.library.place import VARIABLE
from maistudio.resources import sample_models
from maistudio.timing.values import Status

pytest_plugins = ["window_fixtures"]
pytestmark = pytest.mark.slow

PATIENCE_MS = 60_000


@pytest.fixture
def window(qapp, settings, tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(tmp_path / "library"))
    made = MainWindow(Theme(qapp, "light"), settings)
    made.resize(1280, 800)
    made.show()
    QApplication.processEvents()
    yield made
    made.close()
    made.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def page(window, qtbot):
    path = str(sample_models()[1])
    window.open_files([path])
    qtbot.waitUntil(lambda: window.document is not None and window.document.sha256 != "")
    window.show_page("profile")
    qtbot.waitUntil(lambda: not window.profile.timings.busy, timeout=PATIENCE_MS)
    return window.profile


def choose(page, runs: int, seconds: float) -> None:
    page.setup.limits.preset.setCurrentText("Free")
    page.setup.limits.runs.setValue(runs)
    page.setup.limits.seconds.setValue(seconds)


def children() -> list[psutil.Process]:
    """Processes that run models for this one, and live."""
    return [each for each in psutil.Process().children() if runs_models(each)]


def runs_models(process: psutil.Process) -> bool:
    try:
        return "_worker" in process.cmdline()
    except psutil.Error:  # it ended meanwhile
        return False


def test_a_model_is_timed_with_its_ops(page, qtbot) -> None:
    choose(page, 5, 0.2)
    page.run()
    qtbot.waitUntil(lambda: page.reading is not None, timeout=PATIENCE_MS)
    assert page.reading.run.status is Status.DONE
    assert page.reading.statistics.runs >= 5
    assert page.reading.run.ops.explained > 0.9


def test_what_was_timed_is_shown_again_by_another_window(page, window, qtbot, make_window) -> None:
    choose(page, 5, 0.2)
    page.run()
    qtbot.waitUntil(lambda: page.reading is not None and not page.timings.busy, timeout=PATIENCE_MS)
    other = make_window()
    other.open_files([str(sample_models()[1])])
    other.show_page("profile")
    qtbot.waitUntil(lambda: other.profile is not None and other.profile.reading is not None, timeout=PATIENCE_MS)
    assert other.profile.reading.run == page.reading.run


def test_closing_the_tab_leaves_no_child_that_works(page, window, qtbot) -> None:
    choose(page, 1000, 25)
    page.run()
    qtbot.waitUntil(lambda: "so far" in page.timing.interval.text(), timeout=PATIENCE_MS)
    working = {each.pid for each in children() if each.cpu_times().user > 0.3}
    assert working
    window.close_tab()
    qtbot.waitUntil(lambda: not working & {each.pid for each in children()}, timeout=PATIENCE_MS)


def test_closing_the_window_leaves_no_child(page, window, qtbot) -> None:
    choose(page, 1000, 25)
    page.run()
    qtbot.waitUntil(lambda: "so far" in page.timing.interval.text(), timeout=PATIENCE_MS)
    window.close()
    qtbot.waitUntil(lambda: children() == [], timeout=PATIENCE_MS)


def test_a_model_that_litert_cannot_run_gives_its_sentence(window, write_model, qtbot) -> None:
    window.open_files([str(write_model("custom.tflite", build_custom()))])
    qtbot.waitUntil(lambda: window.document is not None and window.document.sha256 != "")
    window.show_page("profile")
    window.profile.run()
    qtbot.waitUntil(lambda: window.profile.banner.text != "", timeout=PATIENCE_MS)
    assert "MyOp" in window.profile.banner.text
    assert window.profile.setup.button.isEnabled()
