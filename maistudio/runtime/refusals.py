"""LiteRT's words for what it refuses, as part of a sentence that says what to do next."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass

from maistudio.resources import resource_path

LONGEST = 300
LITERTS = (RuntimeError, ValueError, TypeError)
"""What LiteRT's Python raises; the rest is a fault of this program."""
NO_MEMORY = "it needs more memory than it may take: give it smaller inputs, or close other programs"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A pattern of LiteRT's words, and the sentence for it, where ``{name}`` is a group of the pattern."""

    pattern: re.Pattern[str]
    sentence: str


def refusal(error: Exception) -> str:
    """What to tell of an exception of LiteRT, or of the system."""
    words = str(error)
    if isinstance(error, MemoryError):
        return NO_MEMORY
    if isinstance(error, OSError):
        return f"it can't be read ({error.strerror or error}): check the file and try again"
    if not isinstance(error, LITERTS):
        return f"MAI Studio failed over it ({type(error).__name__}: {words}): report it with the log of the run"
    for known in _refusals():
        found = known.pattern.search(words)
        if found:
            return known.sentence.format(**found.groupdict())
    text = " ".join(words.split())[:LONGEST].rstrip(".")
    return f"LiteRT refuses it: {text or type(error).__name__}"


def _refusals() -> list[Refusal]:
    table = tomllib.loads(resource_path("runtime/refusals.toml").read_text("utf-8"))
    return [Refusal(re.compile(row["words"], re.DOTALL), row["sentence"]) for row in table["refusal"]]
