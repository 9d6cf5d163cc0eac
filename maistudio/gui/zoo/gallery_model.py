"""The cards of a challenge as rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from maistudio.gui.models.tips import tip_text
from maistudio.gui.zoo.cards import Card

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class GalleryModel(QAbstractListModel):
    """Cards as rows; the card itself under the role ``CARD``."""

    CARD = int(Qt.ItemDataRole.UserRole)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.cards: Sequence[Card] = ()

    def show_cards(self, cards: Sequence[Card]) -> None:
        self.beginResetModel()
        self.cards = cards
        self.endResetModel()

    def place_of(self, card: Card | None) -> int:
        """The row of a card, -1 where it is not shown."""
        return next((row for row, each in enumerate(self.cards) if each is card), -1)

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.cards)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        card = self.cards[index.row()]
        if role == self.CARD:
            return card
        if role == Qt.ItemDataRole.DisplayRole:
            return card.team
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return card.text
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip_text(card.text)
        return None
