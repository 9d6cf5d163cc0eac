"""A user's mimeapps.list: which program opens which type of file (MIME applications associations, 1.0.1)."""

from __future__ import annotations

from itertools import pairwise

_GROUP = "[Default Applications]"


def with_default(text: str, mime_type: str, entry: str) -> str:
    """``text`` with ``entry`` as the first choice for a type; earlier choices stay behind it."""
    lines = without_default(text, mime_type, entry).splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    start, end = _default_group(lines)
    if start == end:
        gap = ["\n"] if lines else []
        return "".join([*lines, *gap, f"{_GROUP}\n", f"{mime_type}={entry};\n"])
    for number in range(start, end):
        key, _, choices = lines[number].partition("=")
        if key.strip() == mime_type:
            lines[number] = f"{key}={entry};{choices}"
            return "".join(lines)
    return "".join([*lines[: start + 1], f"{mime_type}={entry};\n", *lines[start + 1 :]])


def without_default(text: str, mime_type: str, entry: str) -> str:
    """``text`` with ``entry`` no longer a choice for a type. A group left empty goes as well."""
    lines = text.splitlines(keepends=True)
    start, end = _default_group(lines)
    group = [kept for line in lines[start:end] if (kept := _without_choice(line, mime_type, entry))]
    if group == lines[start:end]:
        return text
    if any(line.strip() for line in group[1:]):
        return "".join([*lines[:start], *group, *lines[end:]])
    before = lines[:start]
    if before and not before[-1].strip():
        before.pop()
    return "".join([*before, *lines[end:]])


def _default_group(lines: list[str]) -> tuple[int, int]:
    """The lines of the group, header first, as a half-open range; an empty range where there is none."""
    headers = [number for number, line in enumerate(lines) if line.startswith("[")]
    for number, following in pairwise([*headers, len(lines)]):
        if lines[number].strip() == _GROUP:
            return number, following
    return len(lines), len(lines)


def _without_choice(line: str, mime_type: str, entry: str) -> str:
    """The line without one choice; empty where no choice is left."""
    key, separator, value = line.partition("=")
    choices = value.rstrip("\n").split(";")
    if key.strip() != mime_type or not separator or entry not in [choice.strip() for choice in choices]:
        return line
    kept = [choice for choice in choices if choice.strip() != entry]
    if not any(choice.strip() for choice in kept):
        return ""
    return f"{key}={';'.join(kept)}\n"
