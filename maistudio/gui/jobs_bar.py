"""Running jobs in the status bar: what the first one does, how far it is, and a button that cancels it."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QToolButton, QWidget

from maistudio.gui.icons import icon
from maistudio.gui.theme import Palette
from maistudio.gui.work import Task, Work

SHOWN_AFTER_MS = 200
STEPS = 1000


class JobsBar(QWidget):
    """Appears when a job has run for 0.2 s, and goes when none is left."""

    def __init__(self, work: Work, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._work = work
        self._text = QLabel(self)
        self._progress = QProgressBar(self)
        self._progress.setFixedSize(160, 12)
        self._progress.setTextVisible(False)
        self._cancel = QToolButton(self)
        self._cancel.setToolTip("Cancel this job")
        self._cancel.setAccessibleName("Cancel this job")
        self._cancel.clicked.connect(self._cancel_first)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 4, 0)
        row.setSpacing(8)
        row.addWidget(self._text)
        row.addWidget(self._progress)
        row.addWidget(self._cancel)
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(SHOWN_AFTER_MS)
        self._delay.timeout.connect(self._appear)
        work.changed.connect(self._follow)
        self.apply_palette(palette)
        self.hide()

    def apply_palette(self, palette: Palette) -> None:
        self._cancel.setIcon(icon("close", palette.text, palette.disabled_text, 16))

    def _follow(self) -> None:
        if not self._work.tasks:
            self._delay.stop()
            self.hide()
        elif self.isHidden():
            if not self._delay.isActive():
                self._delay.start()
        else:
            self._show_first()

    def _appear(self) -> None:
        if self._work.tasks:
            self._show_first()
            self.show()

    def _show_first(self) -> None:
        task: Task = self._work.tasks[0]
        more = len(self._work.tasks) - 1
        stage = task.progress.stage
        told = task.title if stage in ("", task.title) else f"{task.title}: {stage}"
        self._text.setText(told + (f" ({more} more)" if more else ""))
        fraction = task.progress.fraction
        if fraction is None:
            self._progress.setRange(0, 0)
        else:
            self._progress.setRange(0, STEPS)
            self._progress.setValue(round(fraction * STEPS))

    def _cancel_first(self) -> None:
        if self._work.tasks:
            self._work.tasks[0].cancel()
