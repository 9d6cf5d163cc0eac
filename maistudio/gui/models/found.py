"""What a search found, for a Qt view."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from maistudio.tflite.search import Entry, label_of
from maistudio.tflite.text import clean, elide_middle

SHOWN = 200
"""Results listed; all of them can be stepped through."""
NAME_CHARACTERS = 200

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class FoundModel(QAbstractTableModel):
    """The first results: what they are, and what tells them apart."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._found: Sequence[Entry] = ()
        self._several = False

    def show(self, found: Sequence[Entry], several_subgraphs: bool) -> None:
        self.beginResetModel()
        self._found, self._several = found[:SHOWN], several_subgraphs
        self.endResetModel()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._found)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else 2

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            entry = self._found[index.row()]
            return elide_middle(label_of(entry), NAME_CHARACTERS) if index.column() == 0 else self._note(entry)
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() == 1:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None

    def _note(self, entry: Entry) -> str:
        where = f"subgraph {entry.subgraph} · " if self._several else ""
        if entry.kind == "op":
            return where + elide_middle(clean(entry.name), NAME_CHARACTERS)
        shape = entry.shapes.split(" ", 1)[0].strip("×")
        return f"{where}{entry.kind_word} #{entry.number} · {shape} {entry.lower_type}"
