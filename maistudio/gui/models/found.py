"""What a search found, for a Qt view."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from maistudio.gui.models.tips import tip_text
from maistudio.tflite.links import brief_name, common_scope
from maistudio.tflite.model import Model, Subgraph
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
        self._graphs: Sequence[Subgraph] = ()
        self._scopes: dict[int, str] = {}

    def set_model(self, model: Model | None) -> None:
        """Leave out of names what those of a subgraph have in common."""
        self._graphs = model.subgraphs if model is not None else ()
        self._scopes.clear()

    def show(self, found: Sequence[Entry]) -> None:
        self.beginResetModel()
        self._found = found[:SHOWN]
        self.endResetModel()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._found)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else 2

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            entry = self._found[index.row()]
            return self._label(entry) if index.column() == 0 else self._note(entry)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip_text(self._found[index.row()].name)
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() == 1:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None

    def _label(self, entry: Entry) -> str:
        if entry.kind == "op" or not entry.name:
            return elide_middle(label_of(entry), NAME_CHARACTERS)
        return self._brief(entry)

    def _brief(self, entry: Entry) -> str:
        if entry.subgraph not in self._scopes:
            self._scopes[entry.subgraph] = common_scope(tensor.name for tensor in self._graphs[entry.subgraph].tensors)
        return elide_middle(clean(brief_name(entry.name, self._scopes[entry.subgraph])), NAME_CHARACTERS)

    def _note(self, entry: Entry) -> str:
        where = f"subgraph {entry.subgraph} · " if len(self._graphs) > 1 else ""
        if entry.kind == "op":
            return where + self._brief(entry)
        shape = entry.shapes.split(" ", 1)[0].strip("×")
        return f"{where}{entry.kind_word} #{entry.number} · {shape} {entry.lower_type}"
