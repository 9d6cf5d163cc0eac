"""How far a timing is: what it does, how much is done and what is left."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from maistudio.gui.job_line import JobLine
from maistudio.gui.labels import quiet, selectable
from maistudio.gui.profile.words import configuration_text, left_text
from maistudio.jobs.plan import PlanProgress
from maistudio.jobs.profile import Live
from maistudio.jobs.progress import Progress

STAGE_WIDTH = 320


class ProgressLine(JobLine):
    """Says what is left where other jobs have their button: the set-up beside it has the one that stops a timing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, stage_width=STAGE_WIDTH)
        self.bar.setAccessibleName("Progress of the timing")
        self.cancel.hide()
        self.left = selectable(quiet("", self))
        self.row.addWidget(self.left)

    def follow(self, progress: Progress) -> None:
        """Show how far a job is."""
        live = progress.live if isinstance(progress, PlanProgress) else progress
        if isinstance(progress, PlanProgress):
            what = f"{configuration_text(live.run.configuration)}: " if isinstance(live, Live) else ""
            self.say(
                f"{progress.place} of {progress.of} · {what}{progress.stage.rpartition(': ')[2]}", progress.fraction
            )
        else:
            super().follow(progress)
        words = left_text(live.remaining_s if isinstance(live, Live) else None)
        self.left.setText(f"{words} in this run" if words and isinstance(progress, PlanProgress) else words)
