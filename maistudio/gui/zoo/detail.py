"""All that is known of the chosen card, and what can be built of it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from maistudio.gui.panels.fact_grid import FactGrid
from maistudio.gui.panels.facts import Target
from maistudio.gui.panels.scrolling import scroll_down
from maistudio.gui.panels.section import Section
from maistudio.gui.panels.value import Value
from maistudio.gui.theme import Palette
from maistudio.gui.zoo.cards import Card
from maistudio.gui.zoo.figure_view import FigureView
from maistudio.gui.zoo.order_form import NOTHING_CHOSEN, OrderForm

LEAST_WIDTH = 280
ALL = 100


class CardDetail(QFrame):
    """The facts scroll; ``order`` stays below them."""

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("detail")
        self.setMinimumWidth(LEAST_WIDTH)
        self.setAccessibleName("Details")
        self._card: Card | None = None
        self._closed: set[str] = set()
        self.team = Value("", parent=self)
        font = self.team.font()
        font.setWeight(font.Weight.DemiBold)
        self.team.setFont(font)
        self.second = Value("", parent=self)
        self.second.set_quiet()
        self.figure = FigureView(palette, self)
        self.order = OrderForm(self)
        self.facts = scroll_down(self)
        self.facts.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # so that the keyboard scrolls it
        self.facts.setAccessibleName("Facts")
        self._sheet = QWidget(self.facts)
        self._column = QVBoxLayout(self._sheet)
        self._column.setContentsMargins(0, 0, 0, 8)
        self._column.setSpacing(0)
        self._column.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._column.addWidget(self.figure)
        self.facts.setWidget(self._sheet)
        self._sections: list[Section] = []
        top = QVBoxLayout()
        top.setContentsMargins(16, 10, 16, 8)
        top.setSpacing(2)
        top.addWidget(self.team)
        top.addWidget(self.second)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self.facts, 1)
        column.addWidget(self.order)

    def show_card(self, card: Card | None, missing: str) -> None:
        """Show this card; ``missing`` says what building needs, "" where it is there."""
        unless = NOTHING_CHOSEN if card is None else card.unbuilt[:1].lower() + card.unbuilt[1:] or missing
        self.order.show_network(card.network if card is not None else None, unless)
        self.order.setVisible(card is not None and card.network is not None)
        if card is self._card:
            return
        self._card = card
        self.team.set_text(card.team if card is not None else "")
        words = (card.name, card.basis, card.place_tip) if card is not None else ()
        self.second.set_text(" · ".join(part for part in words if part))
        self.figure.show_bars(card.bars if card is not None else ())
        self._show_groups(card)
        self.facts.verticalScrollBar().setValue(0)

    def text(self) -> str:
        """The facts shown, line by line."""
        groups = self._card.groups if self._card is not None else ()
        return "\n".join(f"{fact.label}: {fact.value}" for group in groups for fact in group.facts)

    def apply_palette(self, palette: Palette) -> None:
        self.figure.apply_palette(palette)

    def _show_groups(self, card: Card | None) -> None:
        for section in self._sections:
            section.hide()
            self._column.removeWidget(section)
            section.deleteLater()
        self._sections = []
        for group in card.groups if card is not None else ():
            section = Section(
                group.title, partial(FactGrid, group.facts, _stay, ALL), group.title not in self._closed, self._sheet
            )
            section.toggled.connect(self._remember)
            self._column.addWidget(section)
            self._sections.append(section)

    def _remember(self, title: str, is_open: bool) -> None:
        (self._closed.discard if is_open else self._closed.add)(title)


def _stay(_target: Target) -> None:
    """No fact of a card leads anywhere."""
