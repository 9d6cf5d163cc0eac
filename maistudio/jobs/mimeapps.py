"""A user's mimeapps.list: which program opens which type of file (MIME applications associations, 1.0.1).

Taking a program out again brings back the text as it was before the program was put in, line ends included.
"""

from __future__ import annotations

from io import StringIO
from itertools import pairwise

_GROUP = "[Default Applications]"


def with_default(text: str, mime_type: str, entry: str) -> str:
    """``text`` with ``entry`` as the first choice for a type; earlier choices stay behind it."""
    text = without_default(text, mime_type, entry)
    lines, end_of_line = _lines(text)
    return _text(_lines_with(lines, end_of_line, mime_type, entry), end_of_line, like=text)


def without_default(text: str, mime_type: str, entry: str) -> str:
    """``text`` with ``entry`` no longer a choice for a type. A group made for it goes too when it is left empty."""
    lines, end_of_line = _lines(text)
    return _text(_lines_without(lines, mime_type, entry), end_of_line, like=text)


def _lines(text: str) -> tuple[list[str], str]:
    """The lines, all of them ended, and how they end: as the group's header does, else as the first line.

    After a carriage return at the very end, a line feed alone could not be told from the end of a line later.
    """
    lines = list(StringIO(text, newline="\n"))
    start, _ = _default_group(lines)
    first = next((line for line in (*lines[start:], *lines) if line.endswith("\n")), "")
    end_of_line = "\r\n" if first.endswith("\r\n") or text.endswith("\r") else "\n"
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += end_of_line
    return lines, end_of_line


def _text(lines: list[str], end_of_line: str, like: str) -> str:
    """The text of lines, whose last one is ended only where that of the text ``like`` is."""
    text = "".join(lines)
    return text if not like or like.endswith("\n") else text.removesuffix(end_of_line)


def _lines_with(lines: list[str], end_of_line: str, mime_type: str, entry: str) -> list[str]:
    start, end = _default_group(lines)
    if start == end:
        gap = [end_of_line] if lines else []
        return [*lines, *gap, _GROUP + end_of_line, _in_own_group(mime_type, entry) + end_of_line]
    for number in range(start, end):
        key, _, choices = lines[number].partition("=")
        if key.strip() == mime_type:
            return [*lines[:number], f"{key}={entry};{choices}", *lines[number + 1 :]]
    return [*lines[: start + 1], f"{mime_type}={entry}{end_of_line}", *lines[start + 1 :]]


def _lines_without(lines: list[str], mime_type: str, entry: str) -> list[str]:
    start, end = _default_group(lines)
    group = [kept for line in lines[start:end] if (kept := _without_choice(line, mime_type, entry))]
    own_group = any(line.strip() == _in_own_group(mime_type, entry) for line in lines[start:end])
    if not own_group or any(line.strip() for line in group[1:]):
        return [*lines[:start], *group, *lines[end:]]
    before = lines[:start]
    if before and not before[-1].strip("\r\n"):
        before.pop()
    return [*before, *lines[end:]]


def _in_own_group(mime_type: str, entry: str) -> str:
    """The line in a group made for it. The semicolon, which is optional, tells it from one in a group found empty."""
    return f"{mime_type}={entry};"


def _default_group(lines: list[str]) -> tuple[int, int]:
    """The lines of the group, header first, as a half-open range; an empty range where there is none."""
    headers = [number for number, line in enumerate(lines) if line.startswith("[")]
    for number, following in pairwise([*headers, len(lines)]):
        if lines[number].strip() == _GROUP:
            return number, following
    return len(lines), len(lines)


def _without_choice(line: str, mime_type: str, entry: str) -> str:
    """The line without one choice; empty where no choice is left."""
    key, _, value = line.partition("=")
    listed = value.rstrip("\r\n")
    kept = [choice for choice in listed.split(";") if choice.strip() != entry]
    if key.strip() != mime_type or len(kept) == listed.count(";") + 1:
        return line
    if not any(choice.strip() for choice in kept):
        return ""
    return f"{key}={';'.join(kept)}{value[len(listed) :]}"
