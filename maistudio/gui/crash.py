"""What nobody expected: the trace is kept and shown, and the window goes on."""

from __future__ import annotations

import platform
import sys
import threading
import traceback
from contextlib import suppress
from types import TracebackType

from PySide6.QtCore import QObject, Qt, Signal, qVersion
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QDialog, QPlainTextEdit, QWidget

from maistudio import __version__
from maistudio.gui.report_dialog import lay_out_report

KEPT_CHARACTERS = 200_000
EXPLANATION = (
    "MAI Studio met an error that it did not expect. Your files are unchanged and the window goes on; "
    "what was being done may be incomplete. Copy this report to the people who can mend it."
)


class CrashDialog(QDialog):
    """The traces so far, to copy into a report."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Unexpected error")
        self.resize(720, 420)
        self.trace = QPlainTextEdit(self)
        self.trace.setReadOnly(True)
        self.trace.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.trace.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        lay_out_report(self, EXPLANATION, self.trace, "Copy report", self.copy)

    def add(self, trace: str) -> None:
        if len(self.trace.toPlainText()) < KEPT_CHARACTERS:
            self.trace.appendPlainText(trace)

    def copy(self) -> None:
        QGuiApplication.clipboard().setText(self.trace.toPlainText())


class CrashReports(QObject):
    """Takes over ``sys.excepthook`` and ``threading.excepthook`` until ``stop``; shows one dialog for all."""

    _caught = Signal(str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.dialog: CrashDialog | None = None
        self._before = (sys.excepthook, threading.excepthook)
        self._caught.connect(self._show, Qt.ConnectionType.QueuedConnection)
        sys.excepthook = self._hook
        threading.excepthook = self._thread_hook

    def stop(self) -> None:
        sys.excepthook, threading.excepthook = self._before

    def _hook(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self._before[0](kind, error, trace)
            return
        text = "".join(traceback.format_exception(kind, error, trace))
        if sys.stderr is not None:  # closed by whoever started the program
            sys.stderr.write(text)
        with suppress(RuntimeError):  # the window may be torn down already; standard error has the trace
            self._caught.emit(text)

    def _thread_hook(self, caught: threading.ExceptHookArgs) -> None:
        if caught.exc_value is not None:
            self._hook(caught.exc_type, caught.exc_value, caught.exc_traceback)

    def _show(self, trace: str) -> None:
        if self.dialog is None:
            self.dialog = CrashDialog(self._window)
            self.dialog.finished.connect(self._closed)
            self.dialog.add(_versions())
            self.dialog.show()
        self.dialog.add(trace)

    def _closed(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
            self.dialog = None


def _versions() -> str:
    return f"MAI Studio {__version__}, Python {platform.python_version()}, Qt {qVersion()}, {platform.platform()}\n"
