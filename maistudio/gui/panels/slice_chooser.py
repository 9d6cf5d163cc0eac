"""Which two dimensions of an array stand in the rows and columns of a table, and where the others are held."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QSpinBox, QWidget

from maistudio.gui.panels.fact_grid import INDENT, LABEL_WIDTH
from maistudio.gui.panels.scrolling import leave_wheel
from maistudio.gui.panels.value import quiet_label

_MOST_DIMENSIONS = 12
"""Dimensions that get a control; further ones stay at index 0."""


@dataclass(frozen=True, slots=True)
class At:
    """``rows`` and ``columns`` are dimensions (None for none); ``indices`` holds one index per dimension."""

    rows: int
    columns: int | None
    indices: tuple[int, ...]


def first_slice(shape: tuple[int, ...]) -> At:
    """The longest two dimensions, the earlier one in the rows: of convolution weights output by input channels."""
    longest = sorted(sorted(range(len(shape)), key=lambda axis: -shape[axis])[:2])
    rows = longest[0] if longest else 0
    return At(rows, longest[1] if len(longest) > 1 else None, (0,) * len(shape))


class SliceChooser(QWidget):
    """Dimension choosers and an index for each other dimension. Nothing to choose below two dimensions."""

    changed = Signal()

    def __init__(self, shape: tuple[int, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shape = shape
        self._at = first_slice(shape)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(INDENT, 0, 8, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnMinimumWidth(0, LABEL_WIDTH)
        self._grid.setColumnStretch(1, 1)
        self.rows = QComboBox(self)
        self.columns = QComboBox(self)
        self.spins: dict[int, QSpinBox] = {}
        self._labels: dict[int, QLabel] = {}
        self.setVisible(len(shape) > 1)
        if len(shape) > 1:
            self._build()

    def at(self) -> At:
        return self._at

    def go_to(self, at: At) -> None:
        """Choose a slice, where the array has it."""
        if len(at.indices) == len(self._shape):
            self._at = at
            self._refresh()

    def _build(self) -> None:
        for row, (label, box) in enumerate((("Rows", self.rows), ("Columns", self.columns))):
            box.addItems([f"dimension {axis} ({size:,})" for axis, size in enumerate(self._shape)])
            box.setAccessibleName(label)
            box.setMinimumContentsLength(8)
            self._grid.addWidget(quiet_label(label), row, 0)
            self._grid.addWidget(box, row, 1)
        self.rows.activated.connect(self._choose_rows)
        self.columns.activated.connect(self._choose_columns)
        for axis, size in enumerate(self._shape[:_MOST_DIMENSIONS]):
            spin = QSpinBox(self)
            spin.setMinimumHeight(self.rows.sizeHint().height())
            spin.setRange(0, max(size - 1, 0))
            spin.setSuffix(f"  (0 to {max(size - 1, 0):,})")
            spin.setAccessibleName(f"Index in dimension {axis}")
            spin.valueChanged.connect(self._choose_index)
            self.spins[axis] = spin
            self._labels[axis] = quiet_label(f"Dimension {axis}")
            self._grid.addWidget(self._labels[axis], 2 + axis, 0)
            self._grid.addWidget(spin, 2 + axis, 1)
        leave_wheel(self.rows, self.columns, *self.spins.values())
        self._refresh()

    def _choose_rows(self, axis: int) -> None:
        columns = self._at.rows if axis == self._at.columns else self._at.columns
        self._change(At(axis, columns, self._at.indices))

    def _choose_columns(self, axis: int) -> None:
        rows = self._at.columns if axis == self._at.rows and self._at.columns is not None else self._at.rows
        self._change(At(rows, axis, self._at.indices))

    def _choose_index(self) -> None:
        indices = tuple(self.spins[axis].value() if axis in self.spins else 0 for axis in range(len(self._shape)))
        self._change(At(self._at.rows, self._at.columns, indices))

    def _change(self, at: At) -> None:
        if at != self._at:
            self._at = at
            self._refresh()

    def _refresh(self) -> None:
        """Let the controls show what is chosen; the two shown dimensions need no index."""
        self.rows.setCurrentIndex(self._at.rows)
        self.columns.setCurrentIndex(-1 if self._at.columns is None else self._at.columns)
        for axis, spin in self.spins.items():
            with QSignalBlocker(spin):
                spin.setValue(self._at.indices[axis])
            held = axis not in (self._at.rows, self._at.columns) and self._shape[axis] > 1
            spin.setVisible(held)
            self._labels[axis].setVisible(held)
        self.changed.emit()
