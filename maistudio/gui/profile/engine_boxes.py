"""A box to tick for each engine, with the reason where one can't run here."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from maistudio.gui.labels import Wrapped, muted
from maistudio.gui.profile.words import ENGINE_NAMES, ENGINE_TIPS
from maistudio.timing.values import Engine

LOOKING = "Looking whether this machine has one"


class EngineBoxes(QWidget):
    """``changed`` comes with every tick. The GPU waits for the answer whether there is one."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.boxes: dict[Engine, QCheckBox] = {}
        self.reasons: dict[Engine, Wrapped] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for engine in Engine:
            box = QCheckBox(ENGINE_NAMES[engine], self)
            box.setToolTip(ENGINE_TIPS[engine])
            box.toggled.connect(self.changed)
            reason = muted("", self)
            reason.setContentsMargins(24, 0, 0, 0)
            column.addWidget(box)
            column.addWidget(reason)
            self.boxes[engine], self.reasons[engine] = box, reason
            self._say(engine, LOOKING if engine is Engine.GPU else "")
        self.boxes[Engine.XNNPACK].setChecked(True)

    def show_reasons(self, reasons: Mapping[Engine, str]) -> None:
        """Offer the engines without a reason, and say the others' reasons."""
        for engine in Engine:
            self._say(engine, reasons.get(engine, ""))

    def chosen(self) -> tuple[Engine, ...]:
        return tuple(engine for engine, box in self.boxes.items() if box.isChecked() and box.isEnabled())

    def _say(self, engine: Engine, reason: str) -> None:
        box = self.boxes[engine]
        was = engine in self.chosen()
        box.setEnabled(not reason)
        box.setAccessibleDescription(reason)
        self.reasons[engine].say(reason)
        if was != (engine in self.chosen()):
            self.changed.emit()
