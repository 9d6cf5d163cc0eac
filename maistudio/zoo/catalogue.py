"""Everything in the zoo, known without TensorFlow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from maistudio.challenges.catalogue import shipped_challenges
from maistudio.challenges.challenge import Challenge
from maistudio.errors import UsageError
from maistudio.zoo.read import read_rows
from maistudio.zoo.rows import Row, Status
from maistudio.zoo.shipped import shipped

NEAREST = 3
LIST = "`maistudio zoo list` has them all"
UNBUILT = {
    Status.NOT_DESCRIBED: "for the report does not describe it",
    Status.CLASSICAL: "for it is a classical method",
}


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
    return tuple(Shelf(each, read_rows(shipped(f"zoo/{each.id}.toml"), each)) for each in chosen)


def find_network(name: str, among: Sequence[Shelf]) -> tuple[Challenge, Row]:
    """The first row with this builder, and its challenge.

    Raises UsageError for another name: with those it may stand for, or why the team of this name has none.
    """
    rows = [(shelf.challenge, row) for shelf in among for row in shelf.rows]
    for challenge, row in rows:
        if row.status is Status.BUILT and row.name == name:
            return challenge, row
    wanted = name.casefold()
    teams = {row.team.casefold(): row for _, row in reversed(rows)}
    if wanted in teams and teams[wanted].status is not Status.BUILT:
        raise UsageError(f"{teams[wanted].team} can't be built, {UNBUILT[teams[wanted].status]}: {LIST}")
    known = {row.name.casefold(): row.name for _, row in rows if row.name}
    known |= {team: row.name for team, row in teams.items() if row.name}
    near = dict.fromkeys(known[each] for each in get_close_matches(wanted, known, NEAREST))
    meant = f"did you mean {' or '.join(near)}? " if near else ""
    raise UsageError(f"the zoo has no network {name}: {meant}{LIST}")
