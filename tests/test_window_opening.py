"""Opening takes time: what is shown meanwhile, that the window stays alive, and that a closed model is let go."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from interface_turns import ATTEMPTS, CPU_SECONDS_A_STEP, collected_as_in_the_program, longest_step
from models import build_chain
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton

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


def test_opening_a_large_model_never_holds_the_window_up(make_window, write_model) -> None:
    path = write_model("chain.tflite", build_chain(2000))
    assert min(longest_step_of_opening(make_window(), path) for _ in range(ATTEMPTS)) < CPU_SECONDS_A_STEP


def longest_step_of_opening(window, path) -> float:
    """The most CPU seconds that a window does not look up for until it has read and hashed a model."""
    with collected_as_in_the_program(window):
        QTimer.singleShot(0, lambda: window.open_files([str(path)]))
        return longest_step(lambda: window.document is not None and window.document.sha256)


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
