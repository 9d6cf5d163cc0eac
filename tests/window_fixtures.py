"""A window off screen, with settings of its own, and models to open in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from models import build_conv_net
from PySide6.QtCore import QCoreApplication, QEvent, QFileSystemWatcher, QObject
from PySide6.QtWidgets import QApplication

from maistudio.gui.settings import Settings
from maistudio.gui.style import Theme
from maistudio.gui.window import MainWindow


class DeafWatcher(QFileSystemWatcher):
    """Hears of nothing, as on file systems that do not report changes."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.blockSignals(True)


@pytest.fixture
def unreported_changes(monkeypatch) -> None:
    """A file system that reports nothing to windows and watches made after this."""
    monkeypatch.setattr("maistudio.gui.watch.QFileSystemWatcher", DeafWatcher)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "settings" / "window.ini")


@pytest.fixture
def make_window(qapp, settings: Settings):
    """Makes windows with one person's settings; all of them are gone, children included, when the test ends."""
    made: list[MainWindow] = []

    def make() -> MainWindow:
        window = MainWindow(Theme(qapp, "light"), settings)
        made.append(window)
        window.resize(1200, 800)
        window.show()
        QApplication.processEvents()
        return window

    yield make
    for window in made:
        window.close()
        window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def window(make_window):
    return make_window()


@pytest.fixture
def write_model(tmp_path: Path):
    """Writes a model file and gives its path."""

    def write(name: str = "net.tflite", data: bytes | None = None) -> Path:
        path = tmp_path / name
        path.write_bytes(build_conv_net() if data is None else data)
        return path

    return write


@pytest.fixture
def open_model_tab(window, write_model, qtbot):
    """Opens a model in a tab, read and hashed, and gives the tab."""

    def open_tab(name: str = "net.tflite", data: bytes | None = None):
        path = write_model(name, data)
        window.open_files([str(path)])
        tab = window.tabs.at(str(path))
        qtbot.waitUntil(lambda: tab.document is not None and tab.document.sha256 != "")
        return tab

    return open_tab
