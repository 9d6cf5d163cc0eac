"""The list of a file's faults while it is read, kept short however damaged the file is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from maistudio.tflite.flatbuffer import CorruptField
from maistudio.tflite.model import Problem

LISTED = 200
"""Faults beyond this many are counted, not listed."""

UNREADABLE_ENTRIES = 100
"""A list with more unreadable entries than this is given up."""

NAME_LIMIT = 65_536
"""Texts longer than this many bytes are cut: no converter writes such names."""

Entry = TypeVar("Entry")


class Problems:
    """Collects the faults of one reading."""

    def __init__(self) -> None:
        self._listed: list[Problem] = []
        self._unlisted = 0

    def __len__(self) -> int:
        return len(self._listed) + self._unlisted

    def add(self, where: str, what: str) -> None:
        if len(self._listed) < LISTED:
            self._listed.append(Problem(where, what))
        else:
            self._unlisted += 1

    def listed(self) -> tuple[Problem, ...]:
        """The faults in the order found; the last entry counts those left out."""
        if not self._unlisted:
            return tuple(self._listed)
        return (*self._listed, Problem("model", f"{self._unlisted} more problems are not listed"))

    def text(self, raw: bytes, where: str) -> str:
        """A text of the file; broken UTF-8 is shown with replacement characters, and reported."""
        if len(raw) > NAME_LIMIT:
            self.add(where, f"its text of {len(raw)} bytes is cut to {NAME_LIMIT}")
            raw = raw[:NAME_LIMIT]
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:
            self.add(where, "its text is not valid UTF-8; the broken characters are shown as \N{REPLACEMENT CHARACTER}")
            return raw.decode("utf-8", "replace")

    def read_each(
        self, word: str, tables: Sequence[int], read: Callable[[int, int, str], Entry], otherwise: Entry
    ) -> list[Entry]:
        """Read every table of a list by ``read(table, index, where)``.

        An unreadable entry becomes ``otherwise`` and a problem.
        """
        entries: list[Entry] = []
        unreadable = 0
        for index, table in enumerate(tables):
            where = f"{word} {index}"
            try:
                entries.append(read(table, index, where))
            except CorruptField as error:
                entries.append(otherwise)
                self.add(where, str(error))
                unreadable += 1
                if unreadable > UNREADABLE_ENTRIES:
                    left_out = f"{index + 1} to {len(tables) - 1}"
                    self.add(f"{word}s", f"too many are unreadable: those from {left_out} are left out")
                    break
        return entries
