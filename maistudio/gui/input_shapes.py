"""The dialog that asks at which input shapes a model is looked at, where its file leaves dimensions open."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import islice

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from maistudio.gui.panels.scrolling import scroll_down
from maistudio.jobs.open import OpenedModel
from maistudio.tflite.model import Model, Tensor
from maistudio.tflite.shapes import Shape
from maistudio.tflite.text import clean, elide_middle, shape_text

LARGEST = 2**31 - 1
NAME_WIDTH = 48
NARROWEST = 440
HIGHEST = 360
"""Of the lines, in device-independent pixels; more of them scroll."""
LISTED = 100
DIGITS = 18
_BETWEEN_SIZES = {"x", "×", ","}


def open_inputs(model: Model) -> tuple[Tensor, ...]:
    """The inputs with an unknown dimension, each name once, of the subgraphs that are run from outside."""
    entries = dict.fromkeys((0, *(signature.subgraph for signature in model.signatures))) if model.subgraphs else {}
    found: dict[str, Tensor] = {}
    for index in entries:
        graph = model.subgraphs[index]
        for tensor in (graph.tensors[place] for place in graph.inputs if 0 <= place < len(graph.tensors)):
            if -1 in tensor.open_shape:
                found.setdefault(tensor.label, tensor)
    return tuple(found.values())


class InputShapes(QDialog):
    """One line for each input, with a number to set for each unknown dimension; fixed ones are only shown.

    ``asked`` carries the shapes by input name, none for the file's own. The dialog stays until ``accept`` or a cancel.
    """

    asked = Signal(object)

    def __init__(self, name: str, opened: OpenedModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Input shapes of {name}")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(NARROWEST)
        inputs = open_inputs(opened.model)
        self._tensors = inputs[:LISTED]
        self.spins: dict[str, dict[int, QSpinBox]] = {}
        text = QLabel("The file leaves these dimensions open. Shapes, MACs and memory are worked out at:", self)
        text.setWordWrap(True)
        sheet = QWidget()
        grid = QGridLayout(sheet)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        for row, tensor in enumerate(self._tensors):
            label = QLabel(elide_middle(clean(tensor.label), NAME_WIDTH), self)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setToolTip(clean(tensor.label))
            grid.addWidget(label, row, 0)
            grid.addLayout(self._line(tensor, _shape_now(opened, tensor)), row, 1)
        if len(inputs) > LISTED:
            more = QLabel(f"and {len(inputs) - LISTED:,} more, which keep the file's own sizes", sheet)
            grid.addWidget(more, len(self._tensors), 0, 1, 2)
        lines = scroll_down(self)
        lines.setWidget(sheet)
        lines.setFixedHeight(min(sheet.sizeHint().height(), HIGHEST))
        self.sentence = QLabel(self)
        self.sentence.setTextFormat(Qt.TextFormat.PlainText)
        self.sentence.setWordWrap(True)
        self.sentence.hide()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        self.apply = buttons.addButton("Apply", QDialogButtonBox.ButtonRole.ApplyRole)
        self.apply.setDefault(True)
        self.apply.clicked.connect(self._apply)
        self.own = buttons.addButton("Use the file's own", QDialogButtonBox.ButtonRole.ResetRole)
        self.own.setToolTip("Go back to the sizes that stand in the file for the open dimensions")
        self.own.setEnabled(bool(opened.given))
        self.own.clicked.connect(self._forget)
        self._own_possible = bool(opened.given)
        buttons.rejected.connect(self.reject)
        column = self._column = QVBoxLayout(self)
        column.setSpacing(12)
        column.addWidget(text)
        column.addWidget(lines)
        column.addWidget(self.sentence)
        column.addStretch(1)
        column.addWidget(buttons)

    def shapes(self) -> Mapping[str, Shape]:
        """The shapes as set, by input name."""
        return {tensor.label: self._shape(tensor) for tensor in self._tensors}

    def say(self, sentence: str) -> None:
        """Show why the shapes were refused, and let them be changed."""
        self.sentence.setText(f"{sentence[:1].upper()}{sentence[1:]}")
        self.sentence.show()
        self._column.activate()
        self.resize(self.width(), max(self.height(), self._column.totalHeightForWidth(self.width())))
        self._wait(False)

    def _shape(self, tensor: Tensor) -> Shape:
        spins = self.spins[tensor.label]
        return tuple(spins[axis].value() if axis in spins else size for axis, size in enumerate(tensor.open_shape))

    def _line(self, tensor: Tensor, now: Shape) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(6)
        spins = self.spins[tensor.label] = {}
        for axis, size in enumerate(tensor.open_shape):
            if axis:
                line.addWidget(QLabel("×", self))
            if size != -1:
                line.addWidget(QLabel(str(size), self))
                continue
            spin = spins[axis] = QSpinBox(self)
            spin.setRange(1, LARGEST)
            spin.setValue(now[axis])
            spin.setMaximumWidth(112)
            spin.setAccessibleName(f"{clean(tensor.label)}, dimension {axis}")
            spin.setToolTip("Type × to go on to the next size, or paste a whole shape")
            spin.setProperty("input", tensor.label)
            spin.installEventFilter(self)
            line.addWidget(spin)
        line.addStretch(1)
        return line

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(watched, QSpinBox) and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            name = watched.property("input")
            if event.matches(QKeySequence.StandardKey.Paste):
                return self._paste(name, QGuiApplication.clipboard().text())
            if event.text().lower() in _BETWEEN_SIZES:
                self._go_on(name, watched)
                return True
        return super().eventFilter(watched, event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        for spins in islice(self.spins.values(), 1):
            _type_in(next(iter(spins.values())))

    def _go_on(self, name: str, spin: QSpinBox) -> None:
        """Go to the input's next open size; beyond the last one a size is typed that is not open."""
        spins = list(self.spins[name].values())
        after = spins.index(spin) + 1
        if after < len(spins):
            _type_in(spins[after])
        else:
            self.say(f"{self._stated(name)}: type only the sizes at ?")

    def _stated(self, name: str) -> str:
        label = elide_middle(clean(name), NAME_WIDTH)
        return f"the shape of {label} is {shape_text(self._open_shape(name))}"

    def _open_shape(self, name: str) -> Shape:
        return next(tensor.open_shape for tensor in self._tensors if tensor.label == name)

    def _paste(self, name: str, text: str) -> bool:
        """Take a whole shape for an input, or its open sizes alone; false for a text that is a single size."""
        words = re.split(r"\s*[x×,]\s*", text.strip().strip("[]()"), flags=re.IGNORECASE)
        if len(words) == 1:
            return False
        shape, spins = self._open_shape(name), self.spins[name]
        sizes = [int(word) if word.isascii() and word.isdecimal() and len(word) <= DIGITS else 0 for word in words]
        if len(sizes) == len(spins):
            taken = dict(zip(spins, sizes, strict=True))
        elif len(sizes) == len(shape) and all(size in (-1, given) for size, given in zip(shape, sizes, strict=True)):
            taken = {axis: sizes[axis] for axis in spins}
        else:
            taken = {}
        if not taken or min(taken.values()) < 1:
            self.say(f"{self._stated(name)}: {elide_middle(clean(text), NAME_WIDTH)} does not fit")
            return True
        self.sentence.hide()
        for axis, size in taken.items():
            spins[axis].setValue(min(size, LARGEST))
        return True

    def _apply(self) -> None:
        self._ask(self.shapes())

    def _forget(self) -> None:
        self._ask({})

    def _ask(self, shapes: Mapping[str, Shape]) -> None:
        self._wait(True)
        self.asked.emit(shapes)

    def _wait(self, waiting: bool) -> None:
        self.apply.setEnabled(not waiting)
        self.own.setEnabled(not waiting and self._own_possible)


def _type_in(spin: QSpinBox) -> None:
    """Put the keyboard into a box so that what is typed replaces what stands there."""
    spin.setFocus()
    spin.selectAll()


def _shape_now(opened: OpenedModel, tensor: Tensor) -> Shape:
    return opened.given.get(tensor.label) or tensor.shape
