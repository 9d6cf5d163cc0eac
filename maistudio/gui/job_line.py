"""How far a job of a page is: what it does, a bar, and the button that stops it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QPushButton, QWidget

from maistudio.gui.labels import quiet
from maistudio.jobs.progress import Progress

STEPS = 1000
STAGE_WIDTH = 360
BAR_HEIGHT = 8


class JobLine(QFrame):
    """A line above the results. Hidden while nothing goes on. ``stage_width`` is the most pixels for what it does."""

    cancel_asked = Signal()

    def __init__(self, parent: QWidget | None = None, *, stage_width: int = STAGE_WIDTH) -> None:
        super().__init__(parent)
        self.setObjectName("bar")
        self._stage_width = stage_width
        self.stage = quiet("", self)
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(BAR_HEIGHT)
        self.bar.setAccessibleName("Progress")
        self.cancel = QPushButton("Cancel", self)
        self.cancel.clicked.connect(self.cancel_asked)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(16, 6, 16, 6)
        self.row.setSpacing(12)
        self.row.addWidget(self.stage)
        self.row.addWidget(self.bar, 1)
        self.row.addWidget(self.cancel)
        self.hide()

    def follow(self, progress: Progress) -> None:
        """Show how far a job is."""
        self.say(progress.stage[:1].upper() + progress.stage[1:], progress.fraction)

    def say(self, stage: str, fraction: float | None) -> None:
        """Show what a job does, and how much of it is done, in 0..1; None where that is not known."""
        self.stage.setText(self.stage.fontMetrics().elidedText(stage, Qt.TextElideMode.ElideMiddle, self._stage_width))
        self.stage.setToolTip(stage)
        self.bar.setRange(0, 0 if fraction is None else STEPS)
        if fraction is not None:
            self.bar.setValue(round(fraction * STEPS))
