"""A page while it has nothing to show: what it is for, and the one button that helps."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from maistudio.gui.opening import stand_alone

WIDTH = 400


class EmptyView(QWidget):
    """A ``sentence`` and a button that says ``verb``, from which ``asked`` comes."""

    asked = Signal()

    def __init__(self, sentence: str, verb: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("canvas")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        sheet = QWidget(self)
        sheet.setFixedWidth(WIDTH)
        stand_alone(self, sheet)
        self.sentence = QLabel(sentence, sheet)
        self.sentence.setWordWrap(True)
        self.button = QPushButton(verb, sheet)
        self.button.clicked.connect(self.asked)
        column = QVBoxLayout(sheet)
        column.setSpacing(12)
        column.addWidget(self.sentence)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)

    def say(self, sentence: str, button: bool) -> None:
        """Say what is missing."""
        self.sentence.setText(sentence)
        self.button.setVisible(button)
