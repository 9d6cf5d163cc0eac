"""The timing of one run, while it goes on and when it is over."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from maistudio.gui.labels import Wrapped, muted, selectable
from maistudio.gui.panels.scrolling import scroll_down
from maistudio.gui.panels.section import Section
from maistudio.gui.profile.pieces import FactCells, FlagRows, headline
from maistudio.gui.profile.plots import SamplesPlot
from maistudio.gui.profile.reading import Reading, Trace, live_shape
from maistudio.gui.profile.words import (
    STATUS_NAMES,
    TimeScale,
    configuration_text,
    preset_text,
    scale_of_time,
    shapes_text,
    time_text,
    when_text,
)
from maistudio.gui.theme import Palette
from maistudio.jobs.profile import Live
from maistudio.tflite.text import bytes_text, clean, plural
from maistudio.timing.statistics import FEWEST_FOR_CONFIDENCE
from maistudio.timing.values import Run, Statistics, Status

MARGIN = 16
LOG_HEIGHT = 200
CELLS = {
    "Mean": "The mean of all timed runs",
    "p90": "Nine of ten runs took no longer than this",
    "Fastest": "The fastest timed run",
    "First": "The first inference after initialisation, not counted among the runs",
    "Initialisation": "Loading the model and preparing it to run",
    "Throughput": "Inferences a second, by the mean",
    "CPU time": "The median of the CPU time a run took on all threads together",
    "Peak memory": "The most memory that the process which ran it held",
    "Variation": "Standard deviation by mean; over 5 % counts as unstable",
    "Runs": "Timed runs + those before them that warmed the model up",
}


class TimingView(QWidget):
    """Headline, flags, numbers, plots and context of one run."""

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._trace: Trace | None = None
        self._id = ""
        self.title = selectable(Wrapped("", self))
        self.title.setObjectName("heading")
        self.median = headline(self)
        self.median.setAccessibleName("Median")
        self.interval = selectable(muted("", self))
        self.flags = FlagRows(palette, self)
        self.cells = FactCells(CELLS, self)
        self.plot = SamplesPlot(palette, self)
        self.context = selectable(muted("", self))
        self.notes = selectable(muted("", self))
        self.log = QPlainTextEdit(self)
        self.log.setReadOnly(True)
        self.log.setAccessibleName("LiteRT's log")
        self.log.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.log.setFixedHeight(LOG_HEIGHT)
        self.log.setTabChangesFocus(True)
        self._fold = Section("LiteRT's log", lambda: self.log, False, self)
        self.log.hide()
        self._lay_out()

    def _lay_out(self) -> None:
        sheet = QWidget(self)
        top = QHBoxLayout()
        top.setSpacing(16)
        top.addWidget(self.median)
        top.addWidget(self.interval, 1, Qt.AlignmentFlag.AlignVCenter)
        inner = QVBoxLayout(sheet)
        inner.setContentsMargins(MARGIN, 12, MARGIN, 12)
        inner.setSpacing(8)
        inner.addWidget(self.title)
        inner.addLayout(top)
        inner.addWidget(self.flags)
        inner.addWidget(self.cells)
        inner.addWidget(self.plot, 1)
        inner.addWidget(self.context)
        inner.addWidget(self.notes)
        inner.addWidget(self._fold)
        inner.addStretch(0)
        area = scroll_down(self)
        area.setWidget(sheet)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(area)

    def apply_palette(self, palette: Palette) -> None:
        self.flags.apply_palette(palette)
        self.plot.apply_palette(palette)

    def show_live(self, live: Live, model: str = "") -> None:
        """Draw what has been measured so far of a run that goes on; ``model`` names it where it is another one."""
        if live.run.id != self._id or self._trace is None:
            self._begin(live.run)
        assert self._trace is not None
        self._show_context(live.run, model)
        numbers = _known(live.run)
        if self._trace.take(live.wall_us):
            values = self._trace.values
            median, found = live_shape(values)
            scale = scale_of_time(median)
            self.median.setText(scale.text(median))
            self.interval.say(f"median of {plural(len(values), 'run')} so far")
            self.plot.show_samples(values, found, median, None, scale)
            numbers["Runs"] = _runs_text(len(values), live.run)
        self.cells.show_values(numbers)

    def show_reading(self, reading: Reading, model: str = "") -> None:
        """Draw a run that is over; ``model`` names it where it is another one."""
        run, found = reading.run, reading.statistics
        self._id, self._trace = run.id, None
        self._show_context(run, model)
        self.flags.show_flags(run.flags)
        numbers = _known(run)
        if found is None or reading.histogram is None:
            self.median.setText("–")
            self.interval.say("nothing was measured")
            self.plot.clear()
        else:
            scale = scale_of_time(found.median_us)
            self.median.setText(scale.text(found.median_us))
            self.interval.say(f"median of {plural(found.runs, 'run')}, {interval_text(found, scale)}")
            numbers |= {
                "Mean": scale.text(found.mean_us),
                "p90": scale.text(found.p90_us),
                "Fastest": scale.text(found.min_us),
                "Throughput": f"{rate_text(found.throughput_per_s)} /s",
                "CPU time": "" if reading.cpu_median_us is None else scale.text(reading.cpu_median_us),
                "Variation": f"{found.cv:.1%}",
                "Runs": _runs_text(found.runs, run),
            }
            self.plot.show_samples(reading.wall_us, reading.histogram, found.median_us, found.ci95_us, scale)
        self.cells.show_values(numbers)

    def _begin(self, run: Run) -> None:
        self._id, self._trace = run.id, Trace()
        self.median.setText("–")
        self.interval.say("")
        self.flags.show_flags(())
        self.plot.clear()

    def _show_context(self, run: Run, model: str) -> None:
        status = "" if run.status in (Status.DONE, Status.RUNNING) else f"{STATUS_NAMES[run.status]} · "
        parts = [
            clean(model),
            configuration_text(run.configuration),
            shapes_text(run.configuration),
            preset_text(run.preset),
        ]
        self.title.say(status + " · ".join(part for part in (*parts, when_text(run.started)) if part))
        machine = run.machine
        about = [
            version_text(run.runtime_version),
            machine.name,
            machine.cpu,
            plural(machine.cores, "core"),
            bytes_text(machine.memory_bytes),
            machine.system,
        ]
        self.context.say(" · ".join(part for part in about if part))
        self.notes.say("\n".join(run.notes))
        if run.log != self.log.toPlainText():
            self.log.setPlainText(run.log)
        self._fold.setVisible(bool(run.log))


def _known(run: Run) -> dict[str, str]:
    """What is known of a run besides its samples."""
    return {
        "First": time_text(run.first_us),
        "Initialisation": time_text(run.init_us),
        "Peak memory": "" if run.peak_rss_bytes is None else bytes_text(run.peak_rss_bytes),
    }


def _runs_text(runs: int, run: Run) -> str:
    return f"{runs:,}" if not run.warmup_runs else f"{runs:,} + {run.warmup_runs:,}"


def interval_text(found: Statistics, scale: TimeScale) -> str:
    """Where the true median lies; of too few runs the extremes, which are less sure."""
    low, high = found.ci95_us
    if found.runs >= FEWEST_FOR_CONFIDENCE:
        return f"95 % sure between {scale.number(low)} and {scale.text(high)}"
    return f"all between {scale.number(low)} and {scale.text(high)}"


def version_text(version: str | None) -> str:
    """Which LiteRT it was, "" where it is not known."""
    if not version:
        return ""
    return version if version.startswith("LiteRT") else f"LiteRT {version}"


def rate_text(per_s: float) -> str:
    """A rate with three digits."""
    return f"{per_s:,.0f}" if per_s >= 99.95 else f"{per_s:.3g}"
