"""What the Zoo page shows, as values. ``reading`` makes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from maistudio.gui.panels.facts import Group
from maistudio.zoo.forms import Form

if TYPE_CHECKING:
    from maistudio.zoo.drawing import Bar


@dataclass(frozen=True, slots=True)
class Network:
    """What can be built: its name, its own form and input size.

    Height and width must be multiples of ``multiple`` and at least ``least``, which is one of them.
    """

    name: str
    form: Form
    height: int
    width: int
    multiple: int
    least: int


@dataclass(frozen=True, slots=True)
class Card:
    """A row of a report's table. ``network`` is None where nothing can be built, ``unbuilt`` says why, "" otherwise.

    ``words`` stand in place of the drawing where there is none. ``numbers`` are (label, value), the most telling ones.
    """

    team: str
    name: str
    place: str
    place_tip: str
    basis: str
    words: str
    unbuilt: str
    bars: tuple[Bar, ...]
    numbers: tuple[tuple[str, str], ...]
    groups: tuple[Group, ...]
    network: Network | None
    searched: str

    @property
    def text(self) -> str:
        """All that the card shows, on lines."""
        numbers = ", ".join(f"{label} {value}" for label, value in self.numbers)
        first = ", ".join(part for part in (self.team, self.place_tip) if part)
        return "\n".join(part for part in (first, self.second, self.words, numbers) if part)

    @property
    def second(self) -> str:
        """Its name and what that rests on."""
        return " · ".join(part for part in (self.name, self.basis) if part)


@dataclass(frozen=True, slots=True)
class Shelf:
    """A challenge's cards in the table's order. ``title`` is short, ``long_title`` the challenge's own."""

    id: str
    title: str
    long_title: str
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Gallery:
    """Everything. ``missing`` says what building needs, "" where it is there; ``command`` installs it."""

    shelves: tuple[Shelf, ...]
    missing: str
    command: str


def matches(card: Card, words: str) -> bool:
    """Whether each of the words occurs in the card's team, name or description."""
    return all(word in card.searched for word in words.casefold().split())
