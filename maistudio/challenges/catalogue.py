"""The challenges there are: those shipped with the program, and the user's own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from maistudio.challenges.challenge import Challenge
from maistudio.challenges.read import read_challenge
from maistudio.errors import MaiStudioError
from maistudio.resources import resource_path
from maistudio.toml.folder import named, read_folder


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The challenges that could be read, shipped ones first, and what is wrong with files that could not."""

    challenges: tuple[Challenge, ...]
    faults: tuple[MaiStudioError, ...] = ()

    def named(self, name: str) -> Challenge:
        """The challenge of this id. Raises UsageError, which names the ids there are, for another."""
        return named(name, "challenge", self.challenges, self.faults)


def shipped_challenges() -> tuple[Challenge, ...]:
    """The challenges under ``resources/challenges``, by year and id."""
    files = sorted(resource_path("challenges").glob("*.toml"))
    return tuple(sorted((read_challenge(file) for file in files), key=lambda challenge: (challenge.year, challenge.id)))


def catalogue(folder: Path | None) -> Catalogue:
    """The shipped challenges and those of ``*.toml`` in the user's ``folder``, which need not be there.

    A faulty file is left out and told among the faults, as is a folder that can't be listed.
    """
    shipped = shipped_challenges()
    taken = {challenge.id: "shipped with the program" for challenge in shipped}

    def read(file: Path) -> Challenge:
        challenge = read_challenge(file, taken)
        taken[challenge.id] = f"taken by {file.name}"
        return challenge

    own, faults = read_folder(folder, read)
    return Catalogue((*shipped, *own), tuple(faults))
