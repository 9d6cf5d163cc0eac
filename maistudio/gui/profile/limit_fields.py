"""How long to measure: a preset, or runs and seconds of one's own."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QFormLayout, QSpinBox, QVBoxLayout, QWidget

from maistudio.errors import UsageError
from maistudio.gui.labels import muted
from maistudio.gui.panels.scrolling import leave_wheel
from maistudio.timing.presets import FREE, PRESET_NAMES, PRESETS, Limits, describe

MOST_RUNS = 1_000_000
MOST_SECONDS = 86_400.0


class LimitFields(QWidget):
    """``changed`` comes with every other choice. The numbers are shown for a free choice only."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.preset = QComboBox(self)
        self.preset.setAccessibleName("Preset")
        for name, title in PRESET_NAMES.items():
            self.preset.addItem(title, name)
        self.words = muted("", self)
        self.runs = QSpinBox(self)
        self.runs.setRange(1, MOST_RUNS)
        self.runs.setGroupSeparatorShown(True)
        self.runs.setAccessibleName("Runs")
        self.seconds = _seconds("At least", 0.0, self)
        self.cap = _seconds("At most", 0.1, self)
        self._own = QWidget(self)
        form = QFormLayout(self._own)
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(8)
        form.setVerticalSpacing(4)
        form.addRow("Runs", self.runs)
        form.addRow("At least", self.seconds)
        form.addRow("At most", self.cap)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.preset)
        column.addWidget(self._own)
        column.addWidget(self.words)
        leave_wheel(self.preset, self.runs, self.seconds, self.cap)
        self._fill(next(iter(PRESETS.values())))
        self.preset.currentIndexChanged.connect(self._chosen)
        for field in (self.runs, self.seconds, self.cap):
            field.valueChanged.connect(self._typed)
        self._chosen()

    def limits(self) -> Limits:
        """What is chosen. Raises UsageError for numbers that make no sense together."""
        preset = self.preset.currentData()
        if preset != FREE:
            return PRESETS[preset]
        return Limits(self.runs.value(), self.seconds.value(), self.cap.value())

    def problem(self) -> str:
        """Why these numbers make no sense, "" where they do."""
        try:
            self.limits()
        except UsageError as error:
            return str(error)
        return ""

    def _fill(self, limits: Limits) -> None:
        self.runs.setValue(limits.runs)
        self.seconds.setValue(limits.seconds)
        self.cap.setValue(limits.cap_seconds)

    def _chosen(self) -> None:
        preset = self.preset.currentData()
        self._own.setVisible(preset == FREE)
        if preset != FREE:
            self._fill(PRESETS[preset])
        self._typed()

    def _typed(self) -> None:
        problem = self.problem()
        self.words.say(problem[:1].upper() + problem[1:] if problem else describe(self.limits()))
        self.changed.emit()


def _seconds(name: str, least: float, parent: QWidget) -> QDoubleSpinBox:
    field = QDoubleSpinBox(parent)
    field.setRange(least, MOST_SECONDS)
    field.setDecimals(1)
    field.setSuffix(" s")
    field.setAccessibleName(f"{name}, in seconds")
    return field
