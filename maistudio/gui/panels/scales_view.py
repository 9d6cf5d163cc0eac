"""The scales of a tensor that is quantized per channel, as a plot."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from maistudio.gui.panels.fact_grid import INDENT
from maistudio.gui.panels.plots import HEIGHT, load_plotting, scales_plot
from maistudio.gui.panels.value import quiet_label
from maistudio.gui.theme import Palette
from maistudio.gui.work import Task, Work
from maistudio.jobs.progress import Job, Progress


class ScalesView(QWidget):
    """Keeps the plot's place free while the plotting library loads off the interface thread."""

    def __init__(self, scales: tuple[float, ...], work: Work, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scales = scales
        self._palette = palette
        self.plot: QWidget | None = None
        self._under_plot = quiet_label("")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(INDENT, 0, 8, 8)
        self._column.setSpacing(2)
        self._column.addSpacing(HEIGHT)
        self._column.addWidget(self._under_plot)
        self.task: Task = work.start("Plotting scales", _load())
        self.task.succeeded.connect(self._fill)

    def drop(self) -> None:
        """Stop waiting for the plot."""
        self.task.cancel()

    def apply_palette(self, palette: Palette) -> None:
        self._palette = palette
        if self.plot is not None:
            self._fill()

    def _fill(self, _loaded: object = None) -> None:
        item = self._column.takeAt(0)
        old = item.widget() if item is not None else None
        if old is not None:
            old.deleteLater()
        self.plot = scales_plot(self._scales, self._palette, self._under_plot.setText)
        self._column.insertWidget(0, self.plot)


def _load() -> Job[bool]:
    yield Progress("Loading plots")
    load_plotting()
    return True
