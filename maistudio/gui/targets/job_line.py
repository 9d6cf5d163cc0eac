"""How far a job of the Targets page is: what it does, a bar, and the button that stops it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QPushButton, QWidget

from maistudio.gui.profile.pieces import quiet
from maistudio.jobs.progress import Progress

STEPS = 1000
STAGE_WIDTH = 360
BAR_HEIGHT = 8


class JobLine(QFrame):
    """A line above the results. Hidden while nothing goes on."""

    cancel_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("bar")
        self.stage = quiet("", self)
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(BAR_HEIGHT)
        self.bar.setAccessibleName("Progress")
        self.cancel = QPushButton("Cancel", self)
        self.cancel.clicked.connect(self.cancel_asked)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 6, 16, 6)
        row.setSpacing(12)
        row.addWidget(self.stage)
        row.addWidget(self.bar, 1)
        row.addWidget(self.cancel)
        self.hide()

    def follow(self, progress: Progress) -> None:
        """Show how far a job is."""
        stage = progress.stage[:1].upper() + progress.stage[1:]
        self.stage.setText(self.stage.fontMetrics().elidedText(stage, Qt.TextElideMode.ElideMiddle, STAGE_WIDTH))
        self.stage.setToolTip(stage)
        self.bar.setRange(0, 0 if progress.fraction is None else STEPS)
        if progress.fraction is not None:
            self.bar.setValue(round(progress.fraction * STEPS))
