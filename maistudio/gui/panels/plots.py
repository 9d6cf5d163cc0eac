"""Small plots of the details panel. Importing this module is cheap; drawing a plot imports pyqtgraph."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from maistudio.gui.panels.scrolling import leave_wheel
from maistudio.gui.theme import Palette
from maistudio.tflite.text import count_text, number_text

if TYPE_CHECKING:
    from maistudio.tflite.weights import Histogram

HEIGHT = 128
MARGIN = 0.08
"""Of the extent of what is plotted, kept free above and below it."""


def load_plotting() -> None:
    """Import pyqtgraph and numpy, which takes a few tenths of a second; may be called on any thread."""
    import pyqtgraph  # noqa: F401


def histogram_plot(histogram: Histogram, palette: Palette, tell: Callable[[str], None]) -> QWidget:
    """Bars of ``histogram``; ``tell`` gets the bin under the mouse in words, empty off the plot."""
    import pyqtgraph

    edges, counts = histogram.edges, histogram.counts
    plot = _plot(palette, "", "values")
    fill, line = QColor(palette.accent), QColor(palette.accent)
    fill.setAlpha(150)
    bars = pyqtgraph.BarGraphItem(x0=list(edges[:-1]), x1=list(edges[1:]), height=list(counts), brush=fill, pen=line)
    plot.addItem(bars)
    plot.setXRange(edges[0], edges[-1], padding=0.02)
    plot.setYRange(0, max(counts), padding=0.02)

    def words(x: float) -> str:
        for low, high, count in zip(edges, edges[1:], counts, strict=False):
            if low <= x < high:
                return f"{count_text(count)} from {number_text(low, 4)} to {number_text(high, 4)}"
        return ""

    _follow_mouse(plot, words, tell)
    return plot


def scales_plot(scales: Sequence[float], palette: Palette, tell: Callable[[str], None]) -> QWidget:
    """One point per channel; ``tell`` gets the channel under the mouse in words, empty off the plot."""
    plot = _plot(palette, "channel", "scale")
    few = len(scales) <= 256
    plot.plot(
        list(range(len(scales))),
        [float(scale) for scale in scales],
        pen=QColor(palette.accent),
        symbol="o" if few else None,
        symbolSize=4,
        symbolBrush=QColor(palette.accent),
        symbolPen=None,
    )
    plot.setXRange(0, max(len(scales) - 1, 1), padding=0.03)
    plot.setYRange(*scales_extent(scales), padding=0)

    def words(x: float) -> str:
        channel = round(x)
        return f"channel {channel}: {number_text(scales[channel])}" if 0 <= channel < len(scales) else ""

    _follow_mouse(plot, words, tell)
    return plot


def scales_extent(scales: Sequence[float]) -> tuple[float, float]:
    """What the axis of scales spans, lowest first: the finite ones with a margin, and one value with as much again."""
    finite = [scale for scale in scales if math.isfinite(scale)]
    low, high = min(finite, default=0.0), max(finite, default=0.0)
    margin = (high - low) * MARGIN or abs(low) / 2 or 0.5
    return low - margin, high + margin


def _plot(palette: Palette, below: str, left: str) -> Any:
    """An empty plot in the palette's colours that leaves the wheel to the panel around it."""
    import pyqtgraph

    plot = pyqtgraph.PlotWidget(background=palette.raised)
    plot.setFixedHeight(HEIGHT)
    plot.setMouseEnabled(x=False, y=False)
    plot.setMenuEnabled(False)
    plot.hideButtons()
    plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    leave_wheel(plot.viewport())
    plot.getPlotItem().layout.setContentsMargins(2, 8, 8, 2)
    for side, title in (("bottom", below), ("left", left)):
        axis = plot.getAxis(side)
        axis.setPen(QColor(palette.border))
        axis.setTextPen(QColor(palette.muted_text))
        axis.enableAutoSIPrefix(False)
        if title:
            axis.setLabel(title)
    return plot


def _follow_mouse(plot: Any, words: Callable[[float], str], tell: Callable[[str], None]) -> None:
    view = plot.getViewBox()

    def moved(position: Any) -> None:
        inside = view.sceneBoundingRect().contains(position)
        tell(words(view.mapSceneToView(position).x()) if inside else "")

    plot.scene().sigMouseMoved.connect(moved)
