"""The fields of a TOML table, each asked for by name and type; a wrong one is told with its line."""

from __future__ import annotations

import stat
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from maistudio.errors import FactsFileError
from maistudio.toml.lines import Path as Place
from maistudio.toml.lines import toml_lines

LARGEST_FILE = 1 << 18
LARGEST_NUMBER = 10**30
MOST_DIGITS = 40
"""Behind the point."""
MOST_DOTS = 1000
"""In what may be a dotted key: tomllib needs time and memory by their square."""


@dataclass(frozen=True, slots=True)
class Fields:
    """A table of a file: its values, where it stands, and the lines of everything in the file.

    What asks for a field raises FactsFileError, with its line, where it is missing or not of the kind asked for.
    """

    file: Path
    values: Mapping[str, Any]
    place: Place
    lines: Mapping[Place, int]

    def wrong(self, place: Sequence[str | int], what: str) -> FactsFileError:
        """The error for what stands at ``place`` in this table, to be raised: names its line, or the table's."""
        full = (*self.place, *place)
        while full and full not in self.lines:
            full = full[:-1]
        return FactsFileError(self.file, self.lines.get(full, 1), what)

    def known_only(self, names: Iterable[str]) -> None:
        """Raises FactsFileError for a key that is none of ``names``."""
        known = tuple(names)
        for name in self.values:
            if name not in known:
                raise self.wrong((name,), f'there is no key "{name}" here: use {", ".join(known)}')

    def value(self, name: str) -> Any:
        if name not in self.values:
            raise self.wrong((), f'{self._where()} lacks the key "{name}": add it')
        return self.values[name]

    def _where(self) -> str:
        """The table as the file writes it: "[device]", "[[track]]"."""
        if not self.place:
            return "the file"
        return f"[{self.place[0]}]" if len(self.place) == 1 else f"[[{self.place[0]}]]"

    def text(self, name: str, default: str | None = None) -> str:
        if default is not None and name not in self.values:
            return default
        value = self.value(name)
        if not isinstance(value, str):
            raise self.wrong((name,), f'"{name}" must be text in quotes')
        if default is None and not value.strip():
            raise self.wrong((name,), f'"{name}" must not be empty')
        if unprinted := unprintable(value):
            raise self.wrong((name,), f'"{name}" must not hold {unprinted}')
        return value

    def choice(self, name: str, choices: Sequence[str], default: str | None = None) -> str:
        value = self.text(name, default)
        if value not in choices:
            raise self.wrong((name,), f'"{name}" is "{value}": use one of {", ".join(choices)}')
        return value

    def whole(self, name: str, least: int, most: int) -> int:
        value = self.value(name)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise self.wrong((name,), f'"{name}" must be a whole number from {least} to {most}')
        return value

    def at_least_one(self, name: str) -> float:
        number = as_number(self.value(name))
        if number is None or number < 1:
            raise self.wrong((name,), f'"{name}" must be a number from 1 to {LARGEST_NUMBER:.0e}')
        return float(number)

    def wholes(self, name: str, least: int, most: int, count: int | None = None) -> tuple[int, ...]:
        value = self.value(name)
        if not isinstance(value, list) or (count is not None and len(value) != count):
            raise self.wrong((name,), f'"{name}" must be a list of {count or "whole"} numbers')
        for index, element in enumerate(value):
            if not isinstance(element, int) or isinstance(element, bool) or not least <= element <= most:
                raise self.wrong((name, index), f'"{name}" must hold whole numbers from {least} to {most}')
        return tuple(value)

    def texts(self, name: str) -> tuple[str, ...]:
        value = self.value(name)
        if not isinstance(value, list):
            raise self.wrong((name,), f'"{name}" must be a list of texts')
        for index, element in enumerate(value):
            if not isinstance(element, str) or not element.strip():
                raise self.wrong((name, index), f'"{name}" must hold texts in quotes')
            if unprinted := unprintable(element):
                raise self.wrong((name, index), f'"{name}" must not hold {unprinted}')
        return tuple(value)

    def table(self, name: str) -> Fields:
        value = self.value(name)
        if not isinstance(value, dict):
            raise self.wrong((name,), f'"{name}" must be a table: begin it with [{name}]')
        return Fields(self.file, value, (*self.place, name), self.lines)

    def tables(self, name: str) -> tuple[Fields, ...]:
        """The tables of an array of tables, none where the key is missing."""
        value = self.values.get(name, [])
        if not isinstance(value, list) or not all(isinstance(element, dict) for element in value):
            raise self.wrong((name,), f'"{name}" must be tables: begin each with [[{name}]]')
        return tuple(Fields(self.file, table, (*self.place, name, i), self.lines) for i, table in enumerate(value))


def as_number(value: object) -> Decimal | int | None:
    """A finite number as TOML gave it, of bearable size and digits; None for anything else, booleans included."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value if abs(value) <= LARGEST_NUMBER else None
    if not isinstance(value, Decimal) or not value.is_finite():
        return None
    exponent = value.as_tuple().exponent
    return value if abs(int(exponent)) <= MOST_DIGITS and abs(value) <= LARGEST_NUMBER else None


def unprintable(text: str) -> str:
    """What of a text can't stand in a line of a table, to be named: "the character U+001B"; empty if nothing."""
    return next((f"the character U+{ord(c):04X}" for c in text if not c.isprintable()), "")


def facts_text(file: Path, kind: str) -> str:
    """The text of a file of facts, a ``kind`` of which it should be: "challenge".

    Raises FactsFileError for what is no file, too large, can't be read or isn't UTF-8.
    """
    try:
        found = file.stat()
        if not stat.S_ISREG(found.st_mode) or found.st_size > LARGEST_FILE:
            raise FactsFileError(file, 1, f"not a {kind} file (a text file of up to 256 KiB): remove it")
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise FactsFileError(file, 1, f"can't be read ({error.strerror}): mend or remove it") from None
    except UnicodeDecodeError:
        raise FactsFileError(file, 1, "not UTF-8 text: save it as UTF-8") from None


def read_fields(file: Path, text: str) -> Fields:
    """The top table of a TOML text, its fractions as Decimals that keep their digits.

    Raises FactsFileError where the text is not TOML.
    """
    for number, row in enumerate(text.split("\n"), start=1):
        if row.count(".") > MOST_DOTS:
            raise FactsFileError(file, number, f"a key or row with more than {MOST_DOTS:,} dots: shorten this line")
    try:
        return Fields(file, tomllib.loads(text, parse_float=Decimal), (), toml_lines(text))
    except tomllib.TOMLDecodeError as error:
        message, line = _without_place(str(error), text)
        raise FactsFileError(file, line, f"not valid TOML ({message}): mend this line") from None
    except (RecursionError, ValueError, ArithmeticError):
        raise FactsFileError(file, 1, "not valid TOML: nested too deep or a number too long") from None


def _without_place(message: str, text: str) -> tuple[str, int]:
    """tomllib's message without the place at its end, and the line that the place names."""
    what, _, place = message.rpartition(" (at ")
    words = place.replace(",", " ").rstrip(")").split()
    if words[:1] == ["line"] and len(words) > 1 and words[1].isdecimal():
        return what, int(words[1])
    return what or message, text.count("\n") + 1
