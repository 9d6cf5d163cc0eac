"""How far a timing is: what it does, how much is done and what is left."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QWidget

from maistudio.gui.profile.pieces import quiet, selectable
from maistudio.gui.profile.words import configuration_text, left_text
from maistudio.jobs.plan import PlanProgress
from maistudio.jobs.profile import Live
from maistudio.jobs.progress import Progress

STEPS = 1000
STAGE_WIDTH = 320
BAR_HEIGHT = 8


class ProgressLine(QFrame):
    """A line above the result. Hidden while nothing runs."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("bar")
        self.stage = quiet("", self)
        self.left = selectable(quiet("", self))
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(BAR_HEIGHT)
        self.bar.setAccessibleName("Progress of the timing")
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 6, 16, 6)
        row.setSpacing(12)
        row.addWidget(self.stage)
        row.addWidget(self.bar, 1)
        row.addWidget(self.left)
        self.hide()

    def follow(self, progress: Progress) -> None:
        """Show how far a job is."""
        live = progress.live if isinstance(progress, PlanProgress) else progress
        stage = progress.stage[:1].upper() + progress.stage[1:]
        if isinstance(progress, PlanProgress):
            what = f"{configuration_text(live.run.configuration)}: " if isinstance(live, Live) else ""
            stage = f"{progress.place} of {progress.of} · {what}{progress.stage.rpartition(': ')[2]}"
        self.stage.setText(self.stage.fontMetrics().elidedText(stage, Qt.TextElideMode.ElideMiddle, STAGE_WIDTH))
        self.stage.setToolTip(stage)
        remaining = live.remaining_s if isinstance(live, Live) else None
        words = left_text(remaining)
        self.left.setText(f"{words} in this run" if words and isinstance(progress, PlanProgress) else words)
        self.bar.setRange(0, 0 if progress.fraction is None else STEPS)
        if progress.fraction is not None:
            self.bar.setValue(round(progress.fraction * STEPS))
