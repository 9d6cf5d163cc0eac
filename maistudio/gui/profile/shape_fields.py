"""A line for each input of a model, in which its shape is typed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QLineEdit, QVBoxLayout, QWidget

from maistudio.errors import UsageError
from maistudio.gui.labels import Wrapped
from maistudio.gui.profile.choice import main_inputs, shape_at_first, shape_of
from maistudio.jobs.open import OpenedModel
from maistudio.tflite.model import Tensor
from maistudio.tflite.shapes import Shape
from maistudio.tflite.text import clean, elide_middle, plural, shape_text

LISTED = 8
NAME_WIDTH = 36


class ShapeFields(QWidget):
    """``changed`` comes when a shape was typed, ``entered`` with Enter. What does not fit is said under its line."""

    changed = Signal()
    entered = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tensors: tuple[Tensor, ...] = ()
        self.lines: dict[str, QLineEdit] = {}
        self._reasons: dict[str, Wrapped] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)

    def show_inputs(self, opened: OpenedModel) -> None:
        """Lines for the inputs of this model, with the shapes it has or was given."""
        while (item := self._column.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        inputs = main_inputs(opened.model)
        self._tensors = inputs[:LISTED]
        self.lines, self._reasons = {}, {}
        for tensor in self._tensors:
            self._add(tensor, shape_at_first(opened, tensor))
        if len(inputs) > LISTED:
            more = QLabel(f"and {plural(len(inputs) - LISTED, 'more input')} as in the file", self)
            more.setObjectName("muted")
            self._column.addWidget(more)
        for name in self.lines:
            self._check(name)

    def shapes(self) -> Mapping[str, Shape]:
        """The shapes that are not the file's own, by input name; without those that do not fit."""
        made = {}
        for tensor in self._tensors:
            try:
                shape = shape_of(self.lines[tensor.label].text(), tensor)
            except UsageError:
                continue
            if shape != tensor.shape or -1 in tensor.open_shape:
                made[tensor.label] = shape
        return made

    def problem(self) -> tuple[str, QLineEdit] | None:
        """The first sentence about a shape that does not fit, with its line; None where all do."""
        for tensor in self._tensors:
            line = self.lines[tensor.label]
            try:
                shape_of(line.text(), tensor)
            except UsageError as error:
                return str(error), line
        return None

    def _add(self, tensor: Tensor, shape: Shape) -> None:
        name = QLabel(clean(elide_middle(tensor.label, NAME_WIDTH)), self)
        name.setTextFormat(Qt.TextFormat.PlainText)
        name.setToolTip(clean(tensor.label))
        line = QLineEdit("" if not tensor.open_shape else shape_text(shape), self)
        line.setAccessibleName(f"Shape of {clean(tensor.label)}")
        line.setToolTip(f"The file says {shape_text(tensor.open_shape)}. Type sizes with x or blanks between them")
        line.setEnabled(bool(tensor.open_shape))
        line.setPlaceholderText("scalar" if not tensor.open_shape else "")
        line.textEdited.connect(partial(self._typed, tensor.label))
        line.returnPressed.connect(self.entered)
        reason = Wrapped("", self)
        reason.setObjectName("warned")
        name.setBuddy(line)
        for part in (name, line, reason):
            self._column.addWidget(part)
        self.lines[tensor.label], self._reasons[tensor.label] = line, reason

    def _typed(self, name: str, _text: str) -> None:
        self._check(name)
        self.changed.emit()

    def _check(self, name: str) -> None:
        tensor = next(tensor for tensor in self._tensors if tensor.label == name)
        sentence = ""
        try:
            shape_of(self.lines[name].text(), tensor)
        except UsageError as error:
            sentence = str(error)
        self._reasons[name].say(sentence)
