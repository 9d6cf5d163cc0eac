"""The targets to choose from as a tree: families, and in each its targets with a box to tick."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QFont

from maistudio.gui.models.tips import tip_text
from maistudio.gui.targets.families import FAMILIES
from maistudio.gui.targets.reading import KnownTarget
from maistudio.tflite.text import clean

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class TargetsModel(QAbstractItemModel):
    """``ticked`` carries the ids chosen after a box was ticked or unticked."""

    ticked = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._targets: Sequence[KnownTarget] = ()
        self._chosen: frozenset[str] = frozenset()
        self._filter = ""
        self.families: tuple[tuple[str, tuple[KnownTarget, ...]], ...] = ()
        self.heading = QFont()
        self.row_height = 0

    def show_targets(self, targets: Sequence[KnownTarget]) -> None:
        """Offer these."""
        self._targets = targets
        self._arrange()

    def show_chosen(self, chosen: Sequence[str]) -> None:
        """Tick these."""
        changed = self._chosen.symmetric_difference(chosen)
        self._chosen = frozenset(chosen)
        for target in changed:
            if (index := self.index_of(target)).isValid():
                self.dataChanged.emit(index, index, [Qt.ItemDataRole.CheckStateRole])

    def set_filter(self, text: str) -> None:
        """Offer those whose name or id has every word of ``text``."""
        self._filter = text
        self._arrange()

    def target_at(self, index: Index) -> KnownTarget | None:
        """The target of a row, None for a family."""
        if not index.isValid() or not index.internalId():
            return None
        return self.families[index.internalId() - 1][1][index.row()]

    def index_of(self, target: str) -> QModelIndex:
        """Where a target stands; nowhere where it is filtered out."""
        for row, (_, targets) in enumerate(self.families):
            for place, each in enumerate(targets):
                if each.id == target:
                    return self.index(place, 0, self.index(row, 0))
        return QModelIndex()

    def _arrange(self) -> None:
        words = self._filter.casefold().split()
        found: Mapping[str, list[KnownTarget]] = {family: [] for family in FAMILIES}
        for target in self._targets:
            text = f"{target.id} {target.name} {target.about} {target.family}".casefold()
            if all(word in text for word in words):
                found[target.family].append(target)
        self.beginResetModel()
        self.families = tuple((family, tuple(targets)) for family, targets in found.items() if targets)
        self.endResetModel()

    def index(self, row: int, column: int, parent: Index = _NOWHERE) -> QModelIndex:
        """A family's index carries 0, a target's the position of its family plus one."""
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, parent.row() + 1 if parent.isValid() else 0)

    def parent(self, index: Index = _NOWHERE) -> QModelIndex:  # type: ignore[override]
        family = index.internalId() if index.isValid() else 0
        return self.createIndex(family - 1, 0, 0) if family else QModelIndex()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        if not parent.isValid():
            return len(self.families)
        return 0 if parent.internalId() else len(self.families[parent.row()][1])

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 1

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        if self.target_at(index) is None:
            return Qt.ItemFlag.ItemIsEnabled
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        target = self.target_at(index)
        if role == Qt.ItemDataRole.SizeHintRole:
            return QSize(0, self.row_height)
        if target is None:
            if role == Qt.ItemDataRole.DisplayRole:
                return self.families[index.row()][0]
            return self.heading if role == Qt.ItemDataRole.FontRole else None
        if role == Qt.ItemDataRole.DisplayRole:
            return clean(target.name)
        if role == Qt.ItemDataRole.CheckStateRole:
            return Qt.CheckState.Checked if target.id in self._chosen else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.ToolTipRole:
            proof = f"Can be proved by {target.prover}" if target.prover else "By its rules alone"
            return tip_text("\n".join(filter(None, (target.name, target.id, target.about, proof))))
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        target = self.target_at(index)
        if target is None or role != Qt.ItemDataRole.CheckStateRole:
            return False
        ticked = Qt.CheckState(value) == Qt.CheckState.Checked
        self._chosen = self._chosen | {target.id} if ticked else self._chosen - {target.id}
        self.dataChanged.emit(index, index, [Qt.ItemDataRole.CheckStateRole])
        self.ticked.emit(tuple(self._chosen))
        return True
