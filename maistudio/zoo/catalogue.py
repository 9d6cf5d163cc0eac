"""Everything in the zoo, known without TensorFlow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from maistudio.challenges.catalogue import shipped_challenges
from maistudio.challenges.challenge import Challenge
from maistudio.errors import UsageError
from maistudio.resources import resource_path
from maistudio.zoo.read import read_rows
from maistudio.zoo.rows import Row, Status


@dataclass(frozen=True, slots=True)
class Shelf:
    """A challenge and the rows of its result table, in the table's order."""

    challenge: Challenge
    rows: tuple[Row, ...]


def shelves(challenge: str | None = None) -> tuple[Shelf, ...]:
    """All challenges that have a shelf, by year and id, or the one of this id.

    Raises UsageError for another, FactsFileError where a shipped file is broken.
    """
    known = shipped_challenges()
    chosen = tuple(each for each in known if challenge in (None, each.id))
    if not chosen:
        raise UsageError(f"the zoo has no challenge {challenge}: choose one of {', '.join(each.id for each in known)}")
    return tuple(Shelf(each, read_rows(resource_path(f"zoo/{each.id}.toml"), each)) for each in chosen)


def find_network(name: str, among: Sequence[Shelf]) -> tuple[Challenge, Row]:
    """The first row with this builder, and its challenge. Raises UsageError, which names the builders, for another."""
    for shelf in among:
        for row in shelf.rows:
            if row.status is Status.BUILT and row.name == name:
                return shelf.challenge, row
    names = dict.fromkeys(row.name for shelf in among for row in shelf.rows if row.status is Status.BUILT)
    raise UsageError(f"the zoo has no network {name}: choose one of {', '.join(names)}")
