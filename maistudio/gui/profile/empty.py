"""The Profile page before anything was measured: what it is for, and the button that starts it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from maistudio.gui.opening import stand_alone

WIDTH = 400
SENTENCE = "Time this model on this machine: how long an inference takes, and which ops take it."


class EmptyView(QWidget):
    """``run_asked`` comes from its button."""

    run_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("canvas")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        sheet = QWidget(self)
        sheet.setFixedWidth(WIDTH)
        stand_alone(self, sheet)
        sentence = QLabel(SENTENCE, sheet)
        sentence.setWordWrap(True)
        self.button = QPushButton("Run", sheet)
        self.button.clicked.connect(self.run_asked)
        column = QVBoxLayout(sheet)
        column.setSpacing(12)
        column.addWidget(sentence)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
