"""What lints say: the texts of ``resources/advice/lints.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from types import MappingProxyType

from maistudio.resources import resource_path


class Grade(IntEnum):
    """How grave a lint is, the gravest first."""

    FAULT = 0
    """Its output may be wrong."""
    SLOW = 1
    """It costs speed, or keeps ops off an accelerator."""
    HINT = 2
    """Changing it may pay off."""


@dataclass(frozen=True, slots=True)
class LintText:
    """One lint. ``message``, ``advice`` and ``source`` may hold ``{fields}`` that a finding fills in.

    ``rank`` counts the lints from 0, the gravest first. ``rewrite`` names a rewrite that mends it, "" for none.
    """

    id: str
    title: str
    grade: Grade
    rank: int
    message: str
    advice: str
    source: str
    rewrite: str = ""


@cache
def lint_texts() -> Mapping[str, LintText]:
    """The lints by id, the gravest first."""
    table = tomllib.loads(resource_path("advice/lints.toml").read_text("utf-8"))
    texts = (
        LintText(
            id=row["id"],
            title=row["title"],
            grade=Grade[row["grade"].upper()],
            rank=rank,
            message=row["message"],
            advice=row["advice"],
            source=row["source"],
            rewrite=row.get("rewrite", ""),
        )
        for rank, row in enumerate(table["lint"])
    )
    return MappingProxyType({text.id: text for text in texts})
