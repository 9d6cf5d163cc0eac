"""A table of ops or tensors for a Qt view: sorted and filtered here, every cell worked out when it is drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont, QPixmap

from maistudio.gui.models.tips import tip_text
from maistudio.jobs.tables import Column, Table, sorted_rows
from maistudio.tflite.kinds import OpKind
from maistudio.tflite.search import Entry, filtered, parse
from maistudio.tflite.text import elide_middle

CELL_CHARACTERS = 300
"""Longer words are cut for drawing; copying and export give them whole."""

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


@dataclass(frozen=True, slots=True)
class Scale:
    """How a column of numbers is written: over ``divisor``, with ``decimals``, ``unit`` in its heading."""

    divisor: int
    decimals: int
    unit: str


_SMALL_SHARE = 0.1
"""The share of a column's numbers that may read "<0.1" for the sake of a short largest one."""
_LONGEST = 10_000_000


def scale_of(column: Column, values: Sequence[float]) -> Scale:
    """The scale that leaves the largest of ``values`` under 10,000; counts stay whole.

    Where many would then read "<0.1", a finer unit is taken, as long as the largest stays under 10,000,000 of it.
    """
    if column.unit in ("percent", "real"):
        return Scale(1, 1, "")
    if column.unit == "ratio":
        return Scale(1, 2, "×")
    if column.unit == "us":
        return Scale(1000, 3, "ms") if max(values, default=0) >= 10_000 else Scale(1, 1, "µs")
    if column.unit == "macs":
        base, units = 1000, ("", "k", "M", "G", "T")
    elif column.unit == "bytes":
        base, units = 1024, ("bytes", "KiB", "MiB", "GiB", "TiB")
    else:
        return Scale(1, 0, "")
    largest = max(values, default=0)
    power = 0
    while power < len(units) - 1 and largest / base**power >= 10_000:
        power += 1
    while power and largest / base ** (power - 1) < _LONGEST and _many_vanish(values, base**power):
        power -= 1
    return Scale(base**power, 1 if power else 0, units[power])


def _many_vanish(values: Sequence[float], divisor: int) -> bool:
    """Whether too many of the numbers that are not zero would read "<0.1"."""
    held = [value for value in values if value > 0]
    return sum(value < 0.05 * divisor for value in held) > _SMALL_SHARE * len(held)


def scaled_text(value: float, scale: Scale) -> str:
    """A number on its column's scale; what would round to zero without being it reads "<0.1", or finer."""
    if value == 0:
        return "0"
    if scale.decimals and 0 < value < 0.5 * 0.1**scale.decimals * scale.divisor:
        return f"<{0.1**scale.decimals:.{scale.decimals}f}"
    return f"{value / scale.divisor:,.{scale.decimals}f}"


class RowsModel(QAbstractTableModel):
    """Shows ``table`` in the order of ``rows``, its numbers of the original rows that pass the filter.

    ``entries`` is called when something is first filtered, and gives what the search knows of each row.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.table: Table | None = None
        self.rows: list[int] = []
        self._entries: Callable[[], Sequence[Entry]] | None = None
        self._found: Sequence[Entry] | None = None
        self._filter = ""
        self._sorted_by: tuple[int, bool] = (-1, False)
        self._scales: dict[int, Scale] = {}
        self._pictures: Mapping[OpKind, QPixmap] = {}
        self.numbers = QFont()

    def set_table(self, table: Table | None, entries: Callable[[], Sequence[Entry]] | None) -> None:
        """Show another table, under the same filter and order."""
        self.table, self._entries = table, entries
        self._found = None
        self._scales.clear()
        self._arrange()

    def set_pictures(self, pictures: Mapping[OpKind, QPixmap]) -> None:
        """Draw the picture of a row's kind before the second column's text."""
        self._pictures = pictures
        if self.rows:
            self.dataChanged.emit(self.index(0, 1), self.index(len(self.rows) - 1, 1))

    def set_filter(self, text: str) -> None:
        """Keep the rows that match every word of ``text``; see ``tflite.search``."""
        if text != self._filter:
            self._filter = text
            self._arrange()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column, or show the file's order for -1."""
        self._sorted_by = (column, order == Qt.SortOrder.DescendingOrder)
        self._arrange()

    def place_of(self, row: int) -> int:
        """Where an original row is shown, -1 when it is filtered out."""
        return self.rows.index(row) if row in self.rows else -1

    def _arrange(self) -> None:
        self.beginResetModel()
        self.rows = self._passing()
        column, descending = self._sorted_by
        if self.table is not None and 0 <= column < len(self.table.columns):
            self.rows = sorted_rows(self.table, self.rows, column, descending)
        self.endResetModel()

    def _passing(self) -> list[int]:
        if self.table is None:
            return []
        query = parse(self._filter)
        if not query.words or self._entries is None:
            return list(range(self.table.rows))
        if self._found is None:
            self._found = self._entries()
        return [entry.number for entry in filtered(self._found, query)]

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if self.table is None or parent.isValid() else len(self.table.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if self.table is None:
            return None
        column, row = index.column(), self.rows[index.row()]
        described = self.table.columns[column]
        if role == Qt.ItemDataRole.DisplayRole:
            return self.cell_text(row, column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if described.unit else _LEFT
        if role == Qt.ItemDataRole.FontRole:
            return self.numbers if described.unit else None
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(described, row)
        if role == Qt.ItemDataRole.DecorationRole and column == 1 and self.table.kind is not None:
            return self._pictures.get(self.table.kind(row))
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if self.table is None or orientation != Qt.Orientation.Horizontal or section >= len(self.table.columns):
            return None
        column = self.table.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            unit = self._scale(section).unit
            return f"{column.title} ({unit})" if unit else column.title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column.unit else _LEFT
        if role == Qt.ItemDataRole.InitialSortOrderRole:
            order = Qt.SortOrder.DescendingOrder if column.largest_first else Qt.SortOrder.AscendingOrder
            return order.value
        return None

    def widest_texts(self, column: int, sampled: int) -> list[str]:
        """Texts to size a column by: of some of all rows, evenly taken, and of the largest number."""
        if self.table is None or not self.table.rows:
            return []
        rows = self.table.rows
        taken = {*range(0, rows, max(rows // sampled, 1)), rows - 1}
        if self.table.columns[column].unit:
            value = self.table.columns[column].value
            taken.add(max(range(rows), key=lambda row: value(row) or 0))
        return [self.cell_text(row, column) for row in taken]

    def cell_text(self, row: int, column: int) -> str:
        """What is drawn in a cell of an original row."""
        assert self.table is not None
        described = self.table.columns[column]
        if not described.unit:
            return elide_middle((described.brief or described.text)(row), CELL_CHARACTERS)
        value = described.value(row)
        return "" if value is None else scaled_text(value, self._scale(column))

    def _tip(self, column: Column, row: int) -> str:
        text = column.text(row)
        if column.unit in ("macs", "bytes") and text:
            return f"{int(text):,} {'MACs' if column.unit == 'macs' else 'bytes'}"
        cut = len(text) > 24 or (column.brief is not None and column.brief(row) != text)
        return tip_text(text) if not column.unit and cut else ""

    def _scale(self, column: int) -> Scale:
        if column not in self._scales:
            assert self.table is not None
            described = self.table.columns[column]
            scaled = described.unit in ("macs", "bytes", "us")
            values = map(described.value, range(self.table.rows if scaled else 0))
            self._scales[column] = scale_of(described, [value for value in values if value is not None])
        return self._scales[column]
