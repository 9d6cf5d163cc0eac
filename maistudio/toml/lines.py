"""In which line of a TOML text each key and each element of an array stands; ``tomllib`` tells no places."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from typing import TypeAlias

Path: TypeAlias = tuple[str | int, ...]
"""Keys and array indices from the top down: ("track", 0, "rows", 3)."""

LONGEST_KEY = 50
"""Parts of a dotted key; each of them would be a place of its own."""

_SPACE = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BLANK = re.compile(r"[ \t]*")
_KEY = re.compile(r'"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|[A-Za-z0-9_-]+')
_STRING = re.compile(r'"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'', re.DOTALL)
_BARE = re.compile(r"[^,\]}\n#]*")


def toml_lines(text: str) -> dict[Path, int]:
    """The line, counted from 1, where each key and array element of valid TOML begins.

    An array of tables is found by its index: ("track", 1) is the line of the second ``[[track]]``. Raises ValueError
    for keys of more than LONGEST_KEY parts.
    """
    scan = _Scan(text, [match.start() for match in re.finditer("\n", text)])
    while scan.at < len(text):
        scan.skip(_SPACE)
        if scan.at >= len(text):
            break
        if text.startswith("[[", scan.at):
            scan.open_table(2)
        elif text[scan.at] == "[":
            scan.open_table(1)
        else:
            scan.pair(scan.table)
    return scan.lines


@dataclass(slots=True)
class _Scan:
    """Where the reading stands: its offset, the table it is in, and what was found."""

    text: str
    breaks: list[int]
    """The offsets of the line breaks."""
    at: int = 0
    table: Path = ()
    lines: dict[Path, int] = field(default_factory=dict)
    counts: dict[Path, int] = field(default_factory=dict)
    """How many tables each array of tables has so far."""

    def skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self.text, self.at)
        self.at = match.end() if match else self.at

    def found(self, path: Path, at: int) -> None:
        self.lines.setdefault(path, bisect_left(self.breaks, at) + 1)

    def open_table(self, brackets: int) -> None:
        start = self.at
        self.at += brackets
        names = self.key()
        self.at += brackets
        parent: Path = ()
        for name in names[:-1]:
            parent = self.latest((*parent, name))
        path: Path = (*parent, names[-1])
        if brackets == 2:
            self.found(path, start)
            self.counts[path] = self.counts.get(path, 0) + 1
        self.table = self.latest(path)
        self.found(self.table, start)

    def latest(self, path: Path) -> Path:
        """``path``, or the newest table in it where it is an array of tables."""
        count = self.counts.get(path)
        return path if count is None else (*path, count - 1)

    def key(self) -> list[str]:
        """A dotted key's parts, the offset left behind it and the blanks after it."""
        names = []
        while True:
            self.skip(_BLANK)
            match = _KEY.match(self.text, self.at)
            if match is None:
                raise ValueError(f"no key at offset {self.at}: not valid TOML")
            names.append(_unquoted(match.group()))
            self.at = match.end()
            self.skip(_BLANK)
            if self.text[self.at : self.at + 1] != ".":
                return names
            if len(names) == LONGEST_KEY:
                raise ValueError(f"a key of more than {LONGEST_KEY} parts")
            self.at += 1

    def pair(self, table: Path) -> None:
        self.skip(_BLANK)
        start = self.at
        path = table
        for name in self.key():
            path = (*path, name)
            self.found(path, start)
        self.at += 1  # =
        self.skip(_BLANK)
        self.value(path)

    def value(self, path: Path) -> None:
        opening = self.text[self.at : self.at + 1]
        if opening == "[":
            self.array(path)
        elif opening == "{":
            self.inline_table(path)
        elif opening in ('"', "'"):
            self.skip(_STRING)
        else:
            self.skip(_BARE)

    def array(self, path: Path) -> None:
        self.at += 1
        index = 0
        while True:
            self.skip(_SPACE)
            if self.text[self.at] == "]":
                self.at += 1
                return
            self.found((*path, index), self.at)
            self.value((*path, index))
            index += 1
            self.skip(_SPACE)
            if self.text[self.at] == ",":
                self.at += 1

    def inline_table(self, path: Path) -> None:
        self.at += 1
        while True:
            self.skip(_SPACE)
            if self.text[self.at] == "}":
                self.at += 1
                return
            self.pair(path)
            self.skip(_SPACE)
            if self.text[self.at] == ",":
                self.at += 1


def _unquoted(name: str) -> str:
    """A key without its quotes; escapes are left as written, no key of ours has any."""
    return name[1:-1] if name[0] in "\"'" else name
