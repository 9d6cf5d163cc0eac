"""The left side of the Profile page: what to run, and the button that runs it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QLineEdit, QPushButton, QVBoxLayout, QWidget

from maistudio.errors import UsageError
from maistudio.gui.labels import Wrapped, heading, muted
from maistudio.gui.panels.scrolling import scroll_down
from maistudio.gui.profile.choice import Choice, Subject, requests_of, threads_of
from maistudio.gui.profile.engine_boxes import EngineBoxes
from maistudio.gui.profile.limit_fields import LimitFields
from maistudio.gui.profile.shape_fields import ShapeFields
from maistudio.tflite.text import clean, elide_middle
from maistudio.timing.values import Engine

WIDTH = 248
NAME_SHOWN = 30


class SetupPanel(QFrame):
    """``changed`` comes with every other choice, ``cancel_asked`` from the button, ``run_asked`` also with Enter."""

    changed = Signal()
    run_asked = Signal()
    cancel_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("side")
        self.setFixedWidth(WIDTH)
        self._subject: Subject | None = None
        self._others: Sequence[Subject] = ()
        self._running = False
        self.engines = EngineBoxes(self)
        self.threads = QLineEdit("1", self)
        self.threads.setAccessibleName("Threads")
        self.threads.setToolTip(f"Numbers of threads, such as 1 or 1, 2 or 1-{_cores()}; one run each")
        self._threads_reason = _reason(self)
        self.limits = LimitFields(self)
        self.with_ops = QCheckBox("Times per op", self)
        self.with_ops.setToolTip("Measure each op as well, in runs of their own after the timed ones")
        self.with_ops.setChecked(True)
        self.inputs = ShapeFields(self)
        self.models = QWidget(self)
        self._models = QVBoxLayout(self.models)
        self._models.setContentsMargins(0, 0, 0, 0)
        self._models.setSpacing(4)
        self.other_boxes: list[QCheckBox] = []
        self._models_heading = heading("Also run", self)
        self.expected = muted("", self)
        self.button = QPushButton("Run", self)
        self.button.setObjectName("first")
        self.button.clicked.connect(self._pressed)
        self._lay_out()
        for signal in (self.engines.changed, self.threads.textEdited, self.limits.changed, self.inputs.changed):
            signal.connect(self._changed)
        self.with_ops.toggled.connect(self._changed)
        for entered in (self.threads.returnPressed, self.inputs.entered):
            entered.connect(self.run_asked)
        self._show_models()
        self._changed()

    def show_subject(self, subject: Subject) -> None:
        """Run this model. Its inputs are asked for anew where it is another state of the file."""
        other = self._subject is None or self._subject.opened is not subject.opened
        self._subject = subject
        if other:
            self.inputs.show_inputs(subject.opened)
            self._order_tab_stops()
        self._changed()

    def show_others(self, others: Sequence[Subject]) -> None:
        """Offer these models beside it; those ticked stay so."""
        ticked = {each.opened.model.path for each in self._ticked()}
        self._others = others
        self._show_models(ticked)
        self._changed()

    def show_reasons(self, reasons: Mapping[Engine, str]) -> None:
        """Say which engines can't run here."""
        self.engines.show_reasons(reasons)

    def show_running(self, running: bool) -> None:
        """Turn the button into the one that cancels, and back."""
        self._running = running
        self._changed()

    def choice(self) -> Choice:
        """What is chosen. Raises UsageError with the sentence to show where it makes no sense."""
        if self._subject is None:
            raise UsageError("Open a model first")
        if not self.engines.chosen():
            raise UsageError("Choose at least one engine")
        if (found := self.inputs.problem()) is not None:
            raise UsageError(found[0])
        threads, limits = threads_of(self.threads.text(), _cores()), self.limits.limits()
        subjects = (self._subject, *self._ticked())
        return Choice(subjects, self.engines.chosen(), threads, limits, self.with_ops.isChecked(), self.inputs.shapes())

    def runs(self) -> int:
        """How many runs are chosen, 0 where the choice makes no sense."""
        try:
            return len(requests_of(self.choice()))
        except UsageError:
            return 0

    def go_to_problem(self) -> None:
        """Put the keyboard where the choice makes no sense."""
        found = self.inputs.problem()
        field = (
            found[1]
            if found is not None
            else self.threads
            if self.engines.chosen()
            else self.engines.boxes[Engine.XNNPACK]
        )
        field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _lay_out(self) -> None:
        sheet = QWidget(self)
        inner = QVBoxLayout(sheet)
        inner.setContentsMargins(16, 12, 12, 12)
        inner.setSpacing(4)
        for title, parts in (
            ("Engine", (self.engines,)),
            ("Threads", (self.threads, self._threads_reason)),
            ("Length", (self.limits, self.with_ops)),
            ("Inputs", (self.inputs,)),
        ):
            inner.addWidget(heading(title, self))
            for part in parts:
                inner.addWidget(part)
            inner.addSpacing(12)
        inner.addWidget(self._models_heading)
        inner.addWidget(self.models)
        inner.addStretch(1)
        area = scroll_down(self)
        area.setWidget(sheet)
        foot = QFrame(self)
        foot.setObjectName("foot")
        below = QVBoxLayout(foot)
        below.setContentsMargins(16, 12, 16, 12)
        below.setSpacing(8)
        below.addWidget(self.expected)
        below.addWidget(self.button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(area, 1)
        column.addWidget(foot)

    def _show_models(self, ticked: set[str] | None = None) -> None:
        while (item := self._models.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        self.other_boxes = []
        for other in self._others:
            box = QCheckBox(clean(elide_middle(other.name, NAME_SHOWN)).replace("&", "&&"), self.models)
            box.setToolTip(clean(other.opened.model.path))
            box.setChecked(other.opened.model.path in (ticked or set()))
            box.toggled.connect(self._changed)
            self._models.addWidget(box)
            self.other_boxes.append(box)
        self.models.setVisible(bool(self._others))
        self._models_heading.setVisible(bool(self._others))
        self._order_tab_stops()

    def _order_tab_stops(self) -> None:
        """Let Tab go from the top to the bottom, also through what was made late."""
        stops = (
            *self.engines.boxes.values(),
            self.threads,
            *(self.limits.preset, self.limits.runs, self.limits.seconds, self.limits.cap),
            self.with_ops,
            *self.inputs.lines.values(),
            *self.other_boxes,
            self.button,
        )
        for before, after in pairwise(stops):
            QWidget.setTabOrder(before, after)

    def _ticked(self) -> tuple[Subject, ...]:
        return tuple(other for other, box in zip(self._others, self.other_boxes, strict=True) if box.isChecked())

    def _changed(self) -> None:
        try:
            threads_of(self.threads.text(), _cores())
            self._threads_reason.say("")
        except UsageError as error:
            self._threads_reason.say(str(error))
        runs = self.runs()
        self.button.setText("Cancel" if self._running else "Run" if runs < 2 else f"Run {runs:,} timings")
        self.button.setObjectName("" if self._running else "first")
        self.button.style().unpolish(self.button)
        self.button.style().polish(self.button)
        self.button.setToolTip("Stop and keep what was measured (Ctrl+.)" if self._running else "Start (Ctrl+Return)")
        self.changed.emit()

    def _pressed(self) -> None:
        (self.cancel_asked if self._running else self.run_asked).emit()


def _reason(parent: QWidget) -> Wrapped:
    label = muted("", parent)
    label.setObjectName("warned")
    label.hide()
    return label


def _cores() -> int:
    """Logical cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
