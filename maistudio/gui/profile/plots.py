"""The samples of a run over its length, with their histogram at the side. Importing this imports pyqtgraph."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pyqtgraph
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from maistudio.gui.labels import quiet
from maistudio.gui.panels.scrolling import leave_wheel
from maistudio.gui.profile.reading import extremes
from maistudio.gui.profile.words import TimeScale
from maistudio.gui.theme import Palette
from maistudio.tflite.text import count_text, plural
from maistudio.timing.statistics import Histogram

if TYPE_CHECKING:
    from numpy.typing import NDArray

HEIGHTS = (176, 900)
DOTS = 2000
"""So many samples are drawn one by one; more as the band between their extremes."""
FEW, LARGE_DOT, SMALL_DOT = 150, 6, 4
FEW_MARKS = 10
STRETCHES = 600
"""Of such a band at most."""
MARGIN = 0.06
AXIS_WIDTH = 56


class SamplesPlot(QWidget):
    """Time over run number, and how often each time came. Both share the axis of time."""

    def __init__(self, palette: Palette, parent: QWidget) -> None:
        super().__init__(parent)
        self.setMinimumHeight(HEIGHTS[0])
        self.setMaximumHeight(HEIGHTS[1])
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._above = quiet("", self)
        self._told = quiet("", self)
        self._shown: tuple[NDArray, Histogram, float, tuple[float, float] | None, TimeScale] | None = None
        self._pointed: tuple[Callable[[Any], str], Any] | None = None  # what tells of the plot under the pointer, where
        self.samples = flat_plot(palette, "run", "")
        self.samples.setAccessibleName("Time of each run")
        self.counts = flat_plot(palette, "runs", "")
        self.counts.setAccessibleName("Histogram of times")
        self.counts.setYLink(self.samples)
        self.counts.getAxis("left").setStyle(showValues=False)
        self.samples.getAxis("left").setWidth(AXIS_WIDTH)
        self._dots = pyqtgraph.ScatterPlotItem(size=SMALL_DOT, pen=None)
        self._far = pyqtgraph.ScatterPlotItem(size=8, symbol="t1", pen=None)
        self._low, self._high = pyqtgraph.PlotCurveItem(), pyqtgraph.PlotCurveItem()
        self._band = pyqtgraph.FillBetweenItem(self._low, self._high)
        self._bars = pyqtgraph.BarGraphItem(x0=[], width=[], y=[], height=[])
        self._interval = pyqtgraph.LinearRegionItem(orientation="horizontal", movable=False)
        self._median = pyqtgraph.InfiniteLine(angle=0)
        for item in (self._interval, self._band, self._low, self._high, self._dots, self._far, self._median):
            self.samples.addItem(item, ignoreBounds=True)
        self.counts.addItem(self._bars, ignoreBounds=True)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.samples, 3)
        row.addWidget(self.counts, 1)
        words = QHBoxLayout()
        words.addWidget(self._above, 1)
        words.addWidget(self._told)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(words)
        column.addLayout(row, 1)
        self.samples.scene().sigMouseMoved.connect(lambda at: self._point(self._run_under, at))
        self.counts.scene().sigMouseMoved.connect(lambda at: self._point(self._times_under, at))
        self.apply_palette(palette)

    def apply_palette(self, palette: Palette) -> None:
        for plot in (self.samples, self.counts):
            colour_plot(plot, palette)
        accent = QColor(palette.accent)
        soft, softer = QColor(accent), QColor(accent)
        soft.setAlpha(130)
        softer.setAlpha(40)
        self._dots.setBrush(soft)
        self._far.setBrush(QColor(palette.warning))
        for curve in (self._low, self._high):
            curve.setPen(soft)
        self._band.setBrush(soft)
        self._bars.setOpts(brush=soft, pen=QColor(palette.raised))
        self._interval.setBrush(softer)
        for line in self._interval.lines:
            line.setPen(QColor(0, 0, 0, 0))
        self._median.setPen(pyqtgraph.mkPen(QColor(palette.text), width=1, style=Qt.PenStyle.DashLine))

    def show_samples(
        self,
        wall_us: NDArray,
        found: Histogram,
        median_us: float,
        ci95_us: tuple[float, float] | None,
        scale: TimeScale,
    ) -> None:
        """Draw one or more samples in µs, on ``scale``, with the interval of their median where it is known."""
        self._shown = (wall_us, found, median_us, ci95_us, scale)
        low, high = found.edges[0], found.edges[-1]
        room = (high - low) * MARGIN
        self.samples.setYRange((low - room) / scale.divisor, (high + 2 * room) / scale.divisor, padding=0)
        self.samples.setXRange(0.5, len(wall_us) + 0.5, padding=0.01)
        self.samples.getAxis("left").setLabel(scale.unit)
        if len(wall_us) <= DOTS:
            self._draw_dots(wall_us, high, room, scale)
        else:
            self._draw_band(wall_us, low, high, room, scale)
        self._median.setValue(median_us / scale.divisor)
        self._median.show()
        self._interval.setVisible(ci95_us is not None)
        if ci95_us is not None:
            self._interval.setRegion([us / scale.divisor for us in ci95_us])
        edges = np.asarray(found.edges) / scale.divisor
        counts = np.asarray(found.counts)
        self._bars.setOpts(x0=np.zeros(len(counts)), width=counts, y0=edges[:-1], height=np.diff(edges))
        most = max(int(counts.max()), 1)
        self.counts.setXRange(0, most, padding=0.04)
        self.counts.getAxis("bottom").setTicks(_whole_ticks(0, most))
        self.samples.getAxis("bottom").setTicks(_whole_ticks(1, len(wall_us)))
        self._above.setText(_beyond(wall_us, found, scale))
        self._tell()

    def clear(self) -> None:
        self._shown = None
        for item in (self._dots, self._far):
            item.setData([], [])
        for curve in (self._low, self._high):
            curve.setData([], [])
        self._bars.setOpts(x0=[], width=[], y0=[], height=[])
        self._interval.hide()
        self._median.hide()
        self._above.setText("")
        self._tell()

    def _draw_dots(self, wall_us: NDArray, high: float, room: float, scale: TimeScale) -> None:
        runs = np.arange(1, len(wall_us) + 1)
        far = wall_us > high
        self._dots.setSize(LARGE_DOT if len(runs) <= FEW else SMALL_DOT)
        self._dots.setData(runs[~far], wall_us[~far] / scale.divisor)
        self._far.setData(runs[far], np.full(int(far.sum()), (high + room) / scale.divisor))
        for curve in (self._low, self._high):
            curve.setData([], [])
        self._band.hide()

    def _draw_band(self, wall_us: NDArray, low: float, high: float, room: float, scale: TimeScale) -> None:
        runs, lows, highs = extremes(wall_us, STRETCHES)
        far = highs > high
        self._dots.setData([], [])
        self._far.setData(runs[far], np.full(int(far.sum()), (high + room) / scale.divisor))
        self._low.setData(runs, np.clip(lows, low, high) / scale.divisor)
        self._high.setData(runs, np.clip(highs, low, high) / scale.divisor)
        self._band.show()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._forget_pointer()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._forget_pointer()

    def _forget_pointer(self) -> None:
        self._pointed = None
        self._tell()

    def _point(self, under: Callable[[Any], str], position: Any) -> None:
        self._pointed = under, position
        self._tell()

    def _tell(self) -> None:
        """Say what is under the pointer, of the samples that are shown now."""
        if self._pointed is None or self._shown is None:
            self._told.setText("")
            return
        under, position = self._pointed
        self._told.setText(under(position))

    def _run_under(self, position: Any) -> str:
        view = self.samples.getViewBox()
        if self._shown is None or not view.sceneBoundingRect().contains(position):
            return ""
        wall_us, *_, scale = self._shown
        run = round(view.mapSceneToView(position).x())
        known = 1 <= run <= len(wall_us)
        return f"run {run:,}: {scale.text(float(wall_us[run - 1]))}" if known else ""

    def _times_under(self, position: Any) -> str:
        view = self.counts.getViewBox()
        if self._shown is None or not view.sceneBoundingRect().contains(position):
            return ""
        _, found, _, _, scale = self._shown
        at = view.mapSceneToView(position).y() * scale.divisor
        for low, high, count in zip(found.edges, found.edges[1:], found.counts, strict=False):
            if low <= at < high:
                return f"{count_text(count)} from {scale.number(low)} to {scale.text(high)}"
        return ""


def _whole_ticks(first: int, last: int) -> list[list[tuple[int, str]]] | None:
    """Marks at every whole number where there are few; None leaves them to pyqtgraph, which would cut ones."""
    return [[(number, str(number)) for number in range(first, last + 1)]] if last - first < FEW_MARKS else None


def _beyond(wall_us: NDArray, found: Histogram, scale: TimeScale) -> str:
    words = []
    if found.above:
        words.append(f"▲ {plural(found.above, 'run')} above, up to {scale.text(float(wall_us.max()))}")
    if found.below:
        words.append(f"{plural(found.below, 'run')} below, from {scale.text(float(wall_us.min()))}")
    return "; ".join(words)


def flat_plot(palette: Palette, below: str, left: str) -> Any:
    """An empty plot in the palette's colours that stays where it is and leaves the wheel to what is around it."""
    plot = pyqtgraph.PlotWidget()
    plot.setMouseEnabled(x=False, y=False)
    plot.setMenuEnabled(False)
    plot.hideButtons()
    plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    plot.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
    plot.setFrameShape(pyqtgraph.PlotWidget.Shape.NoFrame)
    leave_wheel(plot.viewport())
    plot.getPlotItem().layout.setContentsMargins(0, 8, 8, 0)
    for side, title in (("bottom", below), ("left", left)):
        axis = plot.getAxis(side)
        axis.enableAutoSIPrefix(False)
        axis.setStyle(tickLength=-4)
        if title:
            axis.setLabel(title)
    colour_plot(plot, palette)
    return plot


def colour_plot(plot: Any, palette: Palette) -> None:
    """Put a plot into the palette's colours."""
    plot.setBackground(palette.raised)
    for side in ("bottom", "left"):
        axis = plot.getAxis(side)
        axis.setPen(QColor(palette.border))
        axis.setTextPen(QColor(palette.muted_text))
        axis.setLabel(axis.labelText, color=palette.muted_text)
