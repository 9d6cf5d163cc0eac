"""Opening takes time: what is shown meanwhile, that the window stays alive, and that a closed model is let go."""

from __future__ import annotations

import gc
import threading
import time
import weakref
from collections.abc import Iterator

import pytest
from models import build_chain
from PySide6.QtCore import QCoreApplication, QEventLoop, QTimer
from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton

from maistudio.gui.garbage import Garbage
from maistudio.jobs.progress import Progress

pytest_plugins = ["window_fixtures"]


@pytest.fixture
def held(window, monkeypatch) -> Iterator[None]:
    """Every reading stands still at a quarter of the way until the test ends."""
    gate = threading.Event()

    def read(path: str, shapes: object):
        yield Progress("Reading the file", 0.25)
        while True:
            gate.wait()
            yield Progress("Reading the file", 0.25)

    monkeypatch.setattr("maistudio.gui.model_tab.open_model", read)
    yield
    window.files.close_all()
    gate.set()


@pytest.fixture
def slow_tab(window, held, write_model, qtbot):
    """A tab whose file is being read, with its progress in sight."""
    path = write_model()
    window.open_files([str(path)])
    tab = window.tabs.at(str(path))
    qtbot.waitUntil(lambda: any(bar.isVisible() for bar in tab.findChildren(QProgressBar)))
    return tab


def test_a_slow_opening_shows_what_is_done_and_how_far(slow_tab) -> None:
    (bar,) = slow_tab.findChildren(QProgressBar)
    assert bar.value() / bar.maximum() == 0.25
    assert "Reading the file" in {label.text() for label in slow_tab.findChildren(QLabel) if label.isVisible()}


def test_a_slow_opening_can_be_cancelled(window, slow_tab) -> None:
    next(each for each in slow_tab.findChildren(QPushButton) if each.text() == "Cancel").click()
    assert window.tabs.count == 0


CPU_SECONDS_A_STEP = 0.05
"""Of the interface thread's own time: on a shared test machine the wall clock measures the neighbours."""
PATIENCE_SECONDS = 60


def longest_step(until) -> float:
    """Run the event loop until a condition holds; the most CPU seconds the window did not look up for."""
    given_up = time.monotonic() + PATIENCE_SECONDS
    longest = 0.0
    tick = QTimer()  # so that an event loop with nothing to do comes back
    tick.start(100)
    while not until():
        assert time.monotonic() < given_up
        started = time.thread_time()
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
        longest = max(longest, time.thread_time() - started)
    return longest


@pytest.fixture
def collected_as_in_the_program() -> Iterator[None]:
    """Garbage is collected as the running window does it, what other tests left behind apart."""
    garbage = Garbage()
    garbage.settle()
    yield
    garbage.stop()
    gc.unfreeze()


def test_opening_a_large_model_never_holds_the_window_up(window, write_model, collected_as_in_the_program) -> None:
    path = write_model("chain.tflite", build_chain(2000))
    QTimer.singleShot(0, lambda: window.open_files([str(path)]))
    assert longest_step(lambda: window.document is not None and window.document.sha256) < CPU_SECONDS_A_STEP


@pytest.fixture
def no_collection() -> Iterator[None]:
    """Python's garbage collector stands still."""
    gc.disable()
    yield
    gc.enable()


def test_a_closed_tab_lets_its_model_go_without_the_garbage_collector(
    window, open_model_tab, no_collection, qtbot
) -> None:
    document = weakref.ref(open_model_tab().document)
    window.close_tab()
    qtbot.waitUntil(lambda: document() is None)
