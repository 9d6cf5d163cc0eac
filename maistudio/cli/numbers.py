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
