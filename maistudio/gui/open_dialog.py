"""The dialog that asks for model files."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

FILE_FILTER = "TensorFlow Lite models (*.tflite *.lite);;All files (*)"


class OpenDialog(QObject):
    """``chosen`` carries the paths. The dialog is made when it is first asked for, and kept."""

    chosen = Signal(list)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._dialog: QFileDialog | None = None

    def ask(self, beside: str) -> None:
        """Show the dialog in the folder of the file ``beside``; "" for where it was left."""
        if self._dialog is None:
            self._dialog = QFileDialog(self._window, "Open models")
            self._dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
            self._dialog.setNameFilter(FILE_FILTER)
            self._dialog.filesSelected.connect(self.chosen)
        if beside:
            self._dialog.setDirectory(str(Path(beside).parent))
        self._dialog.open()
