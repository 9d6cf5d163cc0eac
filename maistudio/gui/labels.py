"""Labels that pages are made of, each with its look."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget

from maistudio.gui.panels.table_panel import tabular_digits

Label = TypeVar("Label", bound=QLabel)


def heading(text: str, parent: QWidget) -> QLabel:
    """The title of a part of the page."""
    label = QLabel(text, parent)
    label.setObjectName("heading")
    return label


class Wrapped(QLabel):
    """Plain text over as many lines as its width asks for: it is always as high as they are."""

    def __init__(self, text: str, parent: QWidget) -> None:
        super().__init__(text, parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setAlignment(Qt.AlignmentFlag.AlignTop)

    def say(self, text: str) -> None:
        """Show another text; none takes no room."""
        self.setText(text)
        self.setVisible(bool(text))
        self._fit()

    def hasHeightForWidth(self) -> bool:
        """No: a sheet that scrolls asks for it before it knows its width."""
        return False

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        QTimer.singleShot(0, self, self._fit)  # a layout that is just being done would not hear of it

    def _fit(self) -> None:
        before = self.minimumHeight()
        self.setMinimumHeight(0)  # Qt never asks for less than that
        height = max(self.heightForWidth(self.width()), 0)
        self.setMinimumHeight(before)
        if height != before:
            self.setFixedHeight(height)


def muted(text: str, parent: QWidget) -> Wrapped:
    """A sentence in the quiet colour."""
    label = Wrapped(text, parent)
    label.setObjectName("muted")
    return label


def quiet(text: str, parent: QWidget) -> QLabel:
    """A few words on one line in the quiet colour."""
    label = QLabel(text, parent)
    label.setObjectName("muted")
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label


def selectable(label: Label) -> Label:
    """``label`` with digits of one width, and its text free to be copied."""
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setFont(tabular_digits(label.font()))
    return label
