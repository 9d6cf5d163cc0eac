"""A two-dimensional slice of an array as a Qt table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from maistudio.tflite.text import clean, elide_middle, number_text

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_LINES = 100_000
"""Rows and columns shown at most: Qt's headers keep memory for each."""
CELL_CHARACTERS = 200

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class SliceModel(QAbstractTableModel):
    """The elements of an array along two of its dimensions, the others held at one index each.

    An array of one dimension is one column, a scalar one cell.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._slice: NDArray[Any] | None = None

    def show(self, values: NDArray[Any], rows: int, columns: int | None, at: Sequence[int]) -> None:
        """Show ``values`` with dimension ``rows`` down and ``columns`` across (None for none).

        ``at`` gives an index for every dimension; those shown are ignored.
        """
        self.beginResetModel()
        if values.ndim == 0 or values.size == 0:
            self._slice = values.reshape(-1, 1)
        else:
            shown = tuple(slice(0, MOST_LINES) if axis in (rows, columns) else at[axis] for axis in range(values.ndim))
            plane = values[shown]
            if columns is None:
                plane = plane.reshape(-1, 1)
            elif rows > columns:
                plane = plane.T
            self._slice = plane
        self.endResetModel()

    def clear(self) -> None:
        self.beginResetModel()
        self._slice = None
        self.endResetModel()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if self._slice is None or parent.isValid() else int(self._slice.shape[0])

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if self._slice is None or parent.isValid() else int(self._slice.shape[1])

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if self._slice is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return value_text(self._slice[index.row(), index.column()])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        return str(section) if role == Qt.ItemDataRole.DisplayRole else None


def value_text(value: Any) -> str:
    """One element: a number with six digits, a string of bytes as text."""
    if isinstance(value, bytes):
        return elide_middle(clean(value.decode("utf-8", "replace")), CELL_CHARACTERS)
    kind = getattr(getattr(value, "dtype", None), "kind", "")
    if kind == "b":
        return "true" if value else "false"
    if kind in "iu":
        return str(int(value)).replace("-", "−")
    if kind == "c":
        return f"{number_text(value.real)} + {number_text(value.imag)}i"
    return number_text(float(value))
