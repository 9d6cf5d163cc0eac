"""The challenges there are: those shipped with the program, and the user's own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from maistudio.challenges.challenge import Challenge
from maistudio.challenges.read import read_challenge
from maistudio.errors import FactsFileError, MaiStudioError, UsageError
from maistudio.resources import resource_path
from maistudio.toml.folder import toml_files


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The challenges that could be read, shipped ones first, and what is wrong with files that could not."""

    challenges: tuple[Challenge, ...]
    faults: tuple[MaiStudioError, ...] = ()

    def named(self, name: str) -> Challenge:
        """The challenge of this id. Raises UsageError, which names the ids there are, for another."""
        for challenge in self.challenges:
            if challenge.id == name:
                return challenge
        faults = "".join(f" (not read: {fault})" for fault in self.faults[:1])
        known = ", ".join(challenge.id for challenge in self.challenges)
        raise UsageError(f"there is no challenge {name}: choose one of {known}{faults}")


def shipped_challenges() -> tuple[Challenge, ...]:
    """The challenges under ``resources/challenges``, by year and id."""
    files = sorted(resource_path("challenges").glob("*.toml"))
    return tuple(sorted((read_challenge(file) for file in files), key=lambda challenge: (challenge.year, challenge.id)))


def catalogue(folder: Path | None) -> Catalogue:
    """The shipped challenges and those of ``*.toml`` in the user's ``folder``, which need not be there.

    A faulty file is left out and told among the faults, as is a folder that can't be listed.
    """
    challenges = list(shipped_challenges())
    taken = {challenge.id: "shipped with the program" for challenge in challenges}
    faults: list[MaiStudioError] = []
    try:
        files = toml_files(folder)
    except UsageError as fault:
        files = []
        faults.append(fault)
    for file in files:
        try:
            challenge = read_challenge(file, taken)
        except FactsFileError as fault:
            faults.append(fault)
            continue
        challenges.append(challenge)
        taken[challenge.id] = f"taken by {file.name}"
    return Catalogue(tuple(challenges), tuple(faults))
