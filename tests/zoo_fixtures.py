"""A window whose zoo is made up, and built without TensorFlow. Needs ``window_fixtures``."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from zoo_forge import FakeForge

from maistudio.gui.style import Theme
from maistudio.gui.window import MainWindow
from maistudio.gui.zoo.page import ZooPage


@pytest.fixture
def forge(tmp_path: Path) -> FakeForge:
    folder = tmp_path / "zoo"
    folder.mkdir()
    return FakeForge(folder)


@pytest.fixture
def zoo_window(qapp, settings, forge):
    """A window whose networks ``forge`` builds."""
    window = MainWindow(Theme(qapp, "light"), settings, forge=forge)
    window.resize(1280, 800)
    window.show()
    QApplication.processEvents()
    yield window
    forge.let_go.set()
    window.close()
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def zoo(zoo_window) -> ZooPage:
    """The page of a window without a model, read, on the made-up challenge of 2021."""
    zoo_window.show_page("zoo")
    page = zoo_window.pages.zoo
    page.settle(QApplication.processEvents)
    return page
