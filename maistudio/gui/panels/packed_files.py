"""The files packed behind a model, to look at and to save."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QGridLayout,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from maistudio.errors import MaiStudioError
from maistudio.gui.panels.fact_grid import INDENT
from maistudio.gui.panels.scrolling import bring_into_view
from maistudio.gui.panels.value import Value, quiet_label
from maistudio.gui.work import Work
from maistudio.jobs.unpack import UnpackedText, save_unpacked, text_of
from maistudio.tflite.archive import safe_name
from maistudio.tflite.model import Model
from maistudio.tflite.text import bytes_text, clean

FILES_SHOWN = 100
LONGEST_LINE = 2000
"""Characters after which a line of text is broken on show: Qt takes minutes to wrap one of a million."""


class PackedFiles(QWidget):
    """A row per file. What was saved, or goes wrong, is said under the rows."""

    def __init__(self, model: Model, work: Work, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._work = work
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(INDENT, 0, 8, 10)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(3)
        self._grid.setColumnStretch(0, 1)
        for row, file in enumerate(model.associated_files[:FILES_SHOWN]):
            description = f"\n{file.description}" if file.description else ""
            self._grid.addWidget(Value(clean(file.name), tip=f"{file.name}{description}", parent=self), row, 0)
            self._grid.addWidget(quiet_label(bytes_text(file.size)), row, 1, Qt.AlignmentFlag.AlignRight)
            view = QPushButton("View", self)
            view.clicked.connect(partial(self.view, file.name))
            save = QPushButton("Save…", self)
            save.clicked.connect(partial(self.ask_save, file.name))
            self._grid.addWidget(view, row, 2)
            self._grid.addWidget(save, row, 3)
        row = self._grid.rowCount()
        more = len(model.associated_files) - FILES_SHOWN
        if more > 0:
            self._grid.addWidget(quiet_label(f"and {more:,} more"), row, 0, 1, 4)
        self.said = Value("", wrap=True, parent=self)
        self.said.set_quiet()
        self.said.hide()
        self._grid.addWidget(self.said, row + 1, 0, 1, 4)

    def view(self, name: str, _checked: bool = False) -> None:
        """Show a file's text in a window of its own."""
        task = self._work.start(f"Unpacking {clean(name)}", text_of(self._model, name))
        task.succeeded.connect(self._show_text)
        task.refused.connect(self._refuse)

    def ask_save(self, name: str, _checked: bool = False) -> None:
        """Ask where to, then save a file there."""
        folder = Path(self._model.path).parent
        dialog = QFileDialog(self, "Save file", str(folder / safe_name(name)))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.fileSelected.connect(partial(self.save, name))
        dialog.open()

    def save(self, name: str, path: str) -> None:
        """Save a file to ``path``."""
        task = self._work.start(f"Saving {clean(name)}", save_unpacked(self._model, name, Path(path)))
        task.succeeded.connect(self._saved)
        task.refused.connect(self._refuse)

    def _show_text(self, unpacked: UnpackedText) -> None:
        self.said.hide()
        dialog = QDialog(self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(clean(unpacked.name))
        dialog.resize(640, 480)
        page = QPlainTextEdit(_broken(unpacked.text), dialog)
        page.setReadOnly(True)
        page.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, dialog)
        save = buttons.addButton("Save…", QDialogButtonBox.ButtonRole.ActionRole)
        save.clicked.connect(partial(self.ask_save, unpacked.name))
        buttons.rejected.connect(dialog.close)
        column = QVBoxLayout(dialog)
        column.addWidget(page, 1)
        column.addWidget(buttons)
        dialog.open()

    def _saved(self, path: Path) -> None:
        self._say(f"Saved as {path}")

    def _refuse(self, error: MaiStudioError) -> None:
        self._say(str(error))

    def _say(self, sentence: str) -> None:
        self.said.set_text(sentence)
        self.said.show()
        bring_into_view(self.said)


def _broken(text: str) -> str:
    """``text`` with a break in lines longer than LONGEST_LINE."""
    return re.sub(f"(.{{{LONGEST_LINE}}})(?=.)", "\\1\n", text)
