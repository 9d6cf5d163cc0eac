"""The application while its window is on the screen."""

from __future__ import annotations

import os
import signal
import sys

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QFileOpenEvent, QIcon
from PySide6.QtWidgets import QApplication

from maistudio import __version__
from maistudio.gui.crash import CrashReports
from maistudio.gui.fonts import require_fonts
from maistudio.gui.garbage import Garbage
from maistudio.gui.settings import Settings, settings_path
from maistudio.gui.single import Door, hand_over, socket_name
from maistudio.gui.style import THEME_MODES, Theme
from maistudio.gui.warming import prepare_pages_soon
from maistudio.gui.window import MainWindow
from maistudio.resources import resource_path

SWITCH_SECONDS = 0.0002
"""How long a thread may keep Python to itself while another waits.

Qt's calls give Python away and take it back. With 5 ms to wait each time, as is Python's default, building a panel
of a hundred widgets beside a busy worker would hold the window up for half a second.
"""


class Application(QApplication):
    """``file_asked`` carries a file that the desktop wants opened (macOS says so by an event)."""

    file_asked = Signal(str)

    def event(self, event: QEvent) -> bool:
        if file := asked_file(event):
            self.file_asked.emit(file)
            return True
        return super().event(event)


def asked_file(event: QEvent) -> str:
    """The file that an event of the desktop asks for, "" for every other event."""
    return event.file() if isinstance(event, QFileOpenEvent) else ""


def run_window(paths: list[str], listen: bool) -> int:
    """Show the window on absolute ``paths`` until it is closed; ``listen`` for the files of later starts."""
    QApplication.setStyle("Fusion")
    app = Application(sys.argv[:1])
    require_fonts()
    app.setApplicationName("maistudio")
    app.setApplicationDisplayName("MAI Studio")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("maistudio")
    app.setWindowIcon(QIcon(str(resource_path("icons/maistudio.svg"))))
    settings = Settings(settings_path())
    mode = settings.word("theme", THEME_MODES)
    theme = Theme(app, next(known for known in THEME_MODES if known == mode), app)
    window = MainWindow(theme, settings)
    _close_on_signals(window)
    door = Door(socket_name())
    if listen and not door.listen() and hand_over(socket_name(), paths):
        return 0  # another start was quicker
    crashes = CrashReports(window)
    garbage = collect_between(window)
    window.files.laid_out.connect(window.warm_up, Qt.ConnectionType.SingleShotConnection)
    app.file_asked.connect(window.open_file)
    requests = _Requests(window, door)
    sys.setswitchinterval(SWITCH_SECONDS)
    window.show()
    window.open_files(paths)
    if not paths:
        prepare_pages_soon(window)
    status = app.exec()
    requests.stop()
    garbage.stop()
    crashes.stop()
    return status


def collect_between(window: MainWindow) -> Garbage:
    """Collect garbage between what the window does, and leave out what a model keeps as soon as that is there."""
    garbage = Garbage(window)
    window.files.read.connect(garbage.settle)
    window.files.laid_out.connect(garbage.settle)
    # In a turn of its own: showing the verdicts takes one already.
    window.checks.checked.connect(garbage.settle, Qt.ConnectionType.QueuedConnection)
    return garbage


def _close_on_signals(window: MainWindow) -> None:
    """Close the window on Ctrl+C in the terminal; at once on the second. Python gets to it within a second."""

    def close(number: int, _frame: object) -> None:
        signal.signal(number, signal.SIG_DFL)
        QTimer.singleShot(0, window.close)  # later, for the event loop may not run yet

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, close)


def _come_forward(window: MainWindow) -> None:
    """Show the window above others, as far as the desktop lets it."""
    if window.isMinimized():
        window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
    window.raise_()
    window.activateWindow()


class _Requests(QObject):
    """Files handed over by later starts, opened in ``window``."""

    def __init__(self, window: MainWindow, door: Door) -> None:
        super().__init__(window)
        self._window = window
        self._door = door
        self._door.setParent(self)
        self._door.asked.connect(self._open)

    def stop(self) -> None:
        self._door.close()

    def _open(self, paths: list[str], activation_token: str) -> None:
        if activation_token:
            os.environ["XDG_ACTIVATION_TOKEN"] = activation_token  # Qt hands it to Wayland when it activates a window
        self._window.open_files(paths)
        _come_forward(self._window)
