"""The Targets page while there is nothing to show: what it is for, and the one button that helps."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from maistudio.gui.opening import stand_alone

WIDTH = 400
SENTENCE = "See what a phone's accelerators run of this model, what they refuse, and why."
NO_OPS = "This model has no ops, so there is nothing to check."
CHECKING = "Checking the model…"


class EmptyView(QWidget):
    """``usual_asked`` comes from its button."""

    usual_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("canvas")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        sheet = QWidget(self)
        sheet.setFixedWidth(WIDTH)
        stand_alone(self, sheet)
        self.sentence = QLabel(SENTENCE, sheet)
        self.sentence.setWordWrap(True)
        self.button = QPushButton("Check on the usual targets", sheet)
        self.button.clicked.connect(self.usual_asked)
        column = QVBoxLayout(sheet)
        column.setSpacing(12)
        column.addWidget(self.sentence)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)

    def say(self, sentence: str, button: bool) -> None:
        """Say what is missing."""
        self.sentence.setText(sentence)
        self.button.setVisible(button)
