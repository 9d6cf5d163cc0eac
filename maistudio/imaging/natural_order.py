"""Names in the order of the numbers in them."""

from __future__ import annotations

import re

_DIGITS = re.compile("[0-9]+")
MOST_DIGITS = 255
"""Of a number in a name that is sorted by its value: longer than any file's name."""


def natural_key(name: str) -> str:
    """Sorts "2" before "10", and names whose numbers are equal but for zeros in front by these."""
    return f"{_DIGITS.sub(_with_length, name)}\0{name}"


def _with_length(digits: re.Match[str]) -> str:
    number = digits[0].lstrip("0")
    return f"{chr(min(len(number), MOST_DIGITS))}{number}"
