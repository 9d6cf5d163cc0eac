"""The medians of earlier runs, one after the other, with their intervals. Importing this imports pyqtgraph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from math import ceil, floor, log10
from types import MappingProxyType
from typing import Any

import numpy as np
import pyqtgraph
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from maistudio.gui.profile.plots import colour_plot, flat_plot
from maistudio.gui.profile.words import configuration_text, scale_of_time, when_text
from maistudio.gui.theme import Palette
from maistudio.library.summary import RunSummary
from maistudio.timing.values import Configuration, Engine

HEIGHT = 192
WIDE_RATIO = 8.0
"""Medians further apart than this are drawn on a logarithmic axis."""
MARGIN = 0.08
SIZE = 9
SYMBOLS = (("o", "●"), ("s", "■"), ("t1", "▲"), ("d", "◆"), ("p", "⬟"), ("h", "⬢"), ("star", "★"), ("+", "✚"))
"""Shapes by pyqtgraph's names, and as they stand in the legend."""
COLOURS: Mapping[Engine, tuple[str, str]] = MappingProxyType(
    {
        Engine.XNNPACK: ("#0072b2", "#56b4e9"),
        Engine.BUILTIN: ("#b84a00", "#e69f00"),
        Engine.REFERENCE: ("#aa4a83", "#cc79a7"),
        Engine.GPU: ("#00795a", "#2bbd94"),
    }
)
"""Okabe and Ito's, for the light theme (darker, so as to be seen on white) and the dark one."""


class HistoryPlot(QWidget):
    """Points from the oldest run to the newest; ``chosen`` comes with the id of one that is clicked."""

    chosen = Signal(str)

    def __init__(self, palette: Palette, parent: QWidget) -> None:
        super().__init__(parent)
        self._palette = palette
        self._runs: Sequence[RunSummary] = ()
        self._current = ""
        self.plot = flat_plot(palette, "", "")
        self.plot.setAccessibleName("Medians of earlier runs")
        self.plot.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.plot.setFixedHeight(HEIGHT)
        self.plot.getAxis("bottom").setStyle(hideOverlappingLabels=False)
        self.legend = QLabel(self)
        self.legend.setTextFormat(Qt.TextFormat.RichText)
        self.legend.setWordWrap(True)
        self.legend.setContentsMargins(16, 0, 16, 8)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.legend)
        column.addWidget(self.plot)

    def apply_palette(self, palette: Palette) -> None:
        self._palette = palette
        colour_plot(self.plot, palette)
        self._draw()

    def show_runs(self, runs: Sequence[RunSummary]) -> None:
        """Runs with statistics, oldest first."""
        self._runs = [run for run in runs if run.statistics is not None]
        self._draw()

    def set_current(self, run_id: str) -> None:
        """Mark this run."""
        self._current = run_id
        self._draw()

    def _draw(self) -> None:
        self.plot.clear()
        self.legend.clear()
        medians = [run.statistics.median_us for run in self._runs if run.statistics is not None]
        if not medians:
            return
        wide = max(medians) / max(min(medians), 1e-9) > WIDE_RATIO
        scale = scale_of_time(float(np.median(medians)))
        self.plot.setLogMode(y=wide)
        self.plot.getAxis("left").setLabel(scale.unit, color=self._palette.muted_text)
        self.plot.getAxis("bottom").setTicks([_ticks(self._runs)])
        entries = []
        for place, configuration in enumerate(_configurations(self._runs)):
            symbol, sign = SYMBOLS[place % len(SYMBOLS)]
            self._draw_series(configuration, symbol, scale.divisor, wide)
            words = configuration_text(configuration).replace(" ", "&nbsp;").replace("-", "\u2011")
            entries.append(f'<span style="color: {self._colour(configuration)}">{sign}</span>&nbsp;{words}')
        self.legend.setText("&nbsp;&nbsp; ".join(entries))
        ends = [us for run in self._runs if run.statistics is not None for us in run.statistics.ci95_us]
        low, high = (np.log10(us / scale.divisor) if wide else us / scale.divisor for us in (min(ends), max(ends)))
        self.plot.getAxis("left").setTicks([times_on_log_axis(low, high)] if wide else None)
        room = (high - low) * MARGIN or abs(low) * MARGIN or 1.0
        self.plot.setYRange(low - room, high + room, padding=0)
        self.plot.setXRange(0.5, max(len(self._runs), 8) + 0.5, padding=0)

    def _draw_series(self, configuration: Configuration, symbol: str, divisor: float, wide: bool) -> None:
        colour = QColor(self._colour(configuration))
        line = QColor(colour)
        line.setAlpha(110)
        places, medians, lows, highs, ids = [], [], [], [], []
        for place, run in enumerate(self._runs, 1):
            if run.statistics is not None and _series(run.configuration) == _series(configuration):
                places.append(place)
                medians.append(run.statistics.median_us / divisor)
                lows.append(run.statistics.ci95_us[0] / divisor)
                highs.append(run.statistics.ci95_us[1] / divisor)
                ids.append(run.id)
        shown = [np.log10(values) if wide else np.asarray(values) for values in (medians, lows, highs)]
        bars = pyqtgraph.ErrorBarItem(
            x=np.asarray(places), y=shown[0], bottom=shown[0] - shown[1], top=shown[2] - shown[0], beam=0.2, pen=colour
        )
        self.plot.addItem(bars)
        marked = [pyqtgraph.mkPen(self._palette.text, width=2) if each == self._current else None for each in ids]
        item = self.plot.plot(
            places,
            medians,
            pen=line,
            symbol=symbol,
            symbolSize=SIZE,
            symbolBrush=colour,
            symbolPen=marked,
            data=ids,
        )
        item.scatter.setCursor(Qt.CursorShape.PointingHandCursor)
        item.sigPointsClicked.connect(self._clicked)

    def _colour(self, configuration: Configuration) -> str:
        return COLOURS[configuration.engine][self._palette.name == "dark"]

    def _clicked(self, _item: Any, points: Sequence[Any], _event: Any) -> None:
        if len(points):
            self.chosen.emit(points[0].data())


def _series(configuration: Configuration) -> tuple[Engine, int]:
    return configuration.engine, configuration.threads


def _configurations(runs: Sequence[RunSummary]) -> list[Configuration]:
    """One of each engine and number of threads, in order."""
    found = {_series(run.configuration): run.configuration for run in runs}
    return [found[key] for key in sorted(found, key=lambda key: (list(Engine).index(key[0]), key[1]))]


def times_on_log_axis(low: float, high: float) -> list[tuple[float, str]]:
    """Places and names at 1, 2 and 5 of each power of ten between two logarithms; of more than three at 1 only."""
    steps = (1, 2, 5) if high - low <= 3 else (1,)
    powers = range(floor(low), ceil(high) + 1)
    values = [step * 10.0**power for power in powers for step in steps]
    return [(log10(value), f"{value:g}") for value in values]


def _ticks(runs: Sequence[RunSummary]) -> list[tuple[int, str]]:
    """The day at the first run of each."""
    days = groupby(enumerate(runs, 1), key=lambda pair: when_text(pair[1].started)[:10])
    return [(next(members)[0], day) for day, members in days]
