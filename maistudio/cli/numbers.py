"""Numbers as options give them."""

from __future__ import annotations

from math import isfinite

from maistudio.errors import UsageError


def number(option: str, text: str) -> float:
    """A finite number written with digits. Raises UsageError, which names the option, for anything else."""
    try:
        value = float(text) if text.isascii() and "_" not in text else None
    except ValueError:
        value = None
    if value is None or not isfinite(value):
        raise UsageError(f"{option} {text}: give a number such as 29.87")
    return value


def whole(option: str, text: str, least: int, most: int) -> int:
    """A whole number in decimal digits, within bounds. Raises UsageError, which names the option, for anything else."""
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(most))) or not least <= int(text) <= most:
        raise UsageError(f"{option} {text}: give a whole number from {least} to {most:,}")
    return int(text)
