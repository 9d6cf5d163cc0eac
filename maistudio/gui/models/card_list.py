"""Cards as a list for Qt, each drawn by a delegate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from maistudio.gui.models.tips import tip_text

Index = QModelIndex | QPersistentModelIndex
Shown = TypeVar("Shown")
CARD = int(Qt.ItemDataRole.UserRole)
"""The role of the card itself."""
_NOWHERE = QModelIndex()


class Texts(NamedTuple):
    """A card's name, which typing finds; all of it, read aloud; and its tooltip."""

    name: str
    aloud: str
    tip: str


class CardListModel(QAbstractListModel, Generic[Shown]):
    """Cards as rows."""

    def __init__(self, texts: Callable[[Shown], Texts], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._texts = texts
        self.cards: Sequence[Shown] = ()

    def show_cards(self, cards: Sequence[Shown]) -> None:
        self.beginResetModel()
        self.cards = cards
        self.endResetModel()

    def place_of(self, card: Shown | None) -> int:
        """The row of a card, -1 where it is not shown."""
        return next((row for row, each in enumerate(self.cards) if each is card), -1)

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.cards)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        card = self.cards[index.row()]
        if role == CARD:
            return card
        if role == Qt.ItemDataRole.DisplayRole:
            return self._texts(card).name
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._texts(card).aloud
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip_text(self._texts(card).tip)
        return None
