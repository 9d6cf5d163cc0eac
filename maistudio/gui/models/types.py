"""Ops by type for a Qt view."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from maistudio.gui.theme import Palette
from maistudio.jobs.tables import TypeShare
from maistudio.tflite.kinds import kind_of
from maistudio.tflite.text import amount_text, clean, percent_text, plural

SHARE_ROLE = int(Qt.ItemDataRole.UserRole)
COLOURS_ROLE = SHARE_ROLE + 1
HEADINGS = ("Type", "Ops", "MACs")

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class TypesModel(QAbstractTableModel):
    """A row per op type: its name, its share of the ops and its share of the MACs.

    ``SHARE_ROLE`` gives a share from 0 to 1 (None for none), ``COLOURS_ROLE`` the kind's (fill, border).
    """

    def __init__(self, palette: Palette, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.types: tuple[TypeShare, ...] = ()
        self._ops = 0
        self._macs: int | None = None
        self._palette = palette

    def show(self, types: tuple[TypeShare, ...], macs: int | None) -> None:
        self.beginResetModel()
        self.types, self._macs = types, macs
        self._ops = sum(len(share.ops) for share in types)
        self.endResetModel()

    def set_palette(self, palette: Palette) -> None:
        self._palette = palette
        if self.types:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.types) - 1, 2))

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.types)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(HEADINGS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        share = self.types[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(share, index.column())
        if role == SHARE_ROLE:
            return self._part(share, index.column())
        if role == COLOURS_ROLE:
            return self._palette.kinds[kind_of(share.type, share.custom)]
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(share, index.column())
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return HEADINGS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(
                Qt.AlignmentFlag.AlignVCenter | (Qt.AlignmentFlag.AlignRight if section else Qt.AlignmentFlag.AlignLeft)
            )
        return None

    def _text(self, share: TypeShare, column: int) -> str:
        if column == 0:
            return clean(share.type)
        if column == 1:
            return f"{len(share.ops):,}"
        if share.macs is None:
            return "?"
        return percent_text(share.macs, self._macs) if share.macs else ""

    def _part(self, share: TypeShare, column: int) -> float | None:
        if column == 1:
            return len(share.ops) / self._ops if self._ops else None
        if column == 2 and share.macs and self._macs:
            return share.macs / self._macs
        return None

    def _tip(self, share: TypeShare, column: int) -> str:
        if column == 0:
            kind = kind_of(share.type, share.custom).value
            return f"{kind}; click for the next of these {plural(len(share.ops), 'op')}"
        if column == 1:
            return f"{percent_text(len(share.ops), self._ops)} of {plural(self._ops, 'op')}"
        if share.macs is None:
            return "MACs unknown: custom ops, or shapes the file does not give"
        return f"{amount_text(share.macs)} MACs" if share.macs else "No multiply-accumulates are counted for these"
