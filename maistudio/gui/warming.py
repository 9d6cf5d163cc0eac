"""Making ready to run models, once the window has nothing better to do."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from maistudio.jobs.progress import Job, Progress

if TYPE_CHECKING:
    from maistudio.gui.window import MainWindow


AFTER_MS = 500


def prepare_runs_soon(window: MainWindow) -> None:
    """Import what runs models; then start the child of the first run, look for earlier timings, check on targets."""
    QTimer.singleShot(AFTER_MS, window, partial(_prepare_runs, window))


def prepare_pages_soon(window: MainWindow) -> None:
    """Import the page that needs no model, where none was asked for."""
    QTimer.singleShot(AFTER_MS, window, lambda: window.work.start("Preparing pages", _pages_loaded()))


def _prepare_runs(window: MainWindow) -> None:
    task = window.work.start("Preparing to run models", _loaded())
    task.succeeded.connect(lambda _: window.bench.warm_up())
    task.succeeded.connect(lambda _: window.read_earlier_times())
    task.succeeded.connect(lambda _: window.checks.enable())


def _pages_loaded() -> Job[None]:
    yield Progress("Starting")
    import maistudio.gui.zoo.page  # noqa: F401


def _loaded() -> Job[None]:
    """Import what runs models, which takes a moment."""
    yield Progress("Starting")
    import maistudio.gui.profile.earlier_times
    import maistudio.gui.targets.page
    import maistudio.gui.zoo.page  # noqa: F401
