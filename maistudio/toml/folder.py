"""The files of facts that a user keeps in a folder, and what is known from all of them by its id."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

from maistudio.errors import FactsFileError, MaiStudioError, UsageError

MOST_FILES = 1000


class Known(Protocol):
    """Something that a file of facts states."""

    @property
    def id(self) -> str: ...


Fact = TypeVar("Fact", bound=Known)


def toml_files(folder: Path | None) -> list[Path]:
    """The ``*.toml`` of a folder, by name; none of one that isn't there. Raises UsageError where it can't be listed."""
    if folder is None:
        return []
    try:
        with os.scandir(folder) as entries:
            return sorted(Path(entry.path) for entry in entries if entry.name.endswith(".toml"))[:MOST_FILES]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise UsageError(f"{folder}: can't be listed ({error.strerror}): mend or remove it") from None


def read_folder(folder: Path | None, read: Callable[[Path], Fact | None]) -> tuple[list[Fact], list[MaiStudioError]]:
    """What ``read`` makes of the ``*.toml`` of a folder that need not be there, and what is wrong with the rest.

    A file of which ``read`` makes None is passed over; one for which it raises FactsFileError is among the faults, as
    is a folder that can't be listed.
    """
    try:
        files = toml_files(folder)
    except UsageError as fault:
        return [], [fault]
    found: list[Fact] = []
    faults: list[MaiStudioError] = []
    for file in files:
        try:
            made = read(file)
        except FactsFileError as fault:
            faults.append(fault)
        else:
            found += [made] if made is not None else []
    return found, faults


def named(name: str, kind: str, known: Sequence[Fact], faults: Sequence[MaiStudioError]) -> Fact:
    """The fact of this id. Raises UsageError, which names the ids there are and the first fault, for another.

    ``kind`` is what sentences call it: "target".
    """
    for each in known:
        if each.id == name:
            return each
    unread = "".join(f" (not read: {fault})" for fault in faults[:1])
    raise UsageError(f"there is no {kind} {name}: choose one of {', '.join(each.id for each in known)}{unread}")
