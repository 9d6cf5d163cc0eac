"""The empty window: what it is for, the button that starts it, and the files opened last."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QVBoxLayout, QWidget

from maistudio.gui.opening import stand_alone
from maistudio.gui.recent import GONE

WIDTH = 560
RECENT_SHOWN = 8


class Welcome(QWidget):
    """``open_asked`` wants the file dialog, ``file_asked`` one of the recent files."""

    open_asked = Signal()
    file_asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("canvas")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._sheet = QFrame(self)
        self._sheet.setFixedWidth(WIDTH)
        stand_alone(self, self._sheet)
        inner = QVBoxLayout(self._sheet)
        inner.setSpacing(8)
        sentence = QLabel("Open a TensorFlow Lite model to see its graph, what it costs and what it is made of.", self)
        sentence.setWordWrap(True)
        self.button = QPushButton("Open a model", self)
        self.button.setObjectName("first")
        self.button.setToolTip("Choose a .tflite file; files can be dropped on the window too")
        self.button.clicked.connect(self.open_asked)
        inner.addWidget(sentence)
        inner.addSpacing(8)
        inner.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        inner.addSpacing(16)
        self._heading = QLabel("Recent", self)
        self._heading.setObjectName("heading")
        inner.addWidget(self._heading)
        self._recent = QVBoxLayout()
        self._recent.setSpacing(0)
        inner.addLayout(self._recent)
        self.set_recent([])

    def set_recent(self, paths: list[str]) -> None:
        while (item := self._recent.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.deleteLater()
        self._heading.setVisible(bool(paths))
        for path in paths[:RECENT_SHOWN]:
            button = QPushButton(self._sheet)
            button.setObjectName("recent")
            button.setProperty("path", path)
            button.setToolTip(path)
            button.setAccessibleName(Path(path).name)
            button.setText(_line(path, button))
            button.clicked.connect(self._recent_clicked)
            self._recent.addWidget(button)

    def mark_gone(self, gone: frozenset[str]) -> None:
        """Disable the recent files that are ``gone``, and say so."""
        for place in range(self._recent.count()):
            item = self._recent.itemAt(place)
            button = item.widget() if item is not None else None
            if isinstance(button, QPushButton):
                path = button.property("path")
                button.setEnabled(path not in gone)
                button.setText(_line(path, button, GONE if path in gone else ""))
                button.setToolTip(f"{path}: {GONE}" if path in gone else path)

    def _recent_clicked(self) -> None:
        button = self.sender()
        if button is not None:
            self.file_asked.emit(button.property("path"))


def _line(path: str, button: QPushButton, note: str = "") -> str:
    name, folder = Path(path).name, str(Path(path).parent)
    home = str(Path.home())
    if folder.startswith(home):
        folder = "~" + folder[len(home) :]
    metrics = button.fontMetrics()
    end = f"   {note}" if note else ""
    room = WIDTH - 48 - metrics.horizontalAdvance(end)
    line = metrics.elidedText(f"{name}   {folder}", Qt.TextElideMode.ElideMiddle, room)
    return f"{line}{end}".replace("&", "&&")
