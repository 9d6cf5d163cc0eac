"""What a panel says, as values: groups of labelled lines, before any widget shows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from maistudio.gui.document import Document, Selected

Target = Selected | int | Literal["input shapes"]
"""Where a link leads: to an op or tensor, to a subgraph by its index, or to the choice of input shapes."""


LEAST_HIDDEN = 4
"""Lines left out at least: fewer take less room than the offer to show them."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One line. ``target`` makes it a link.

    ``tip`` explains the line. ``aside`` sets it in the quiet colour, ``wrap`` lets a sentence run over lines
    where a name would lose its middle.
    """

    label: str
    value: str
    target: Target | None = None
    tip: str = ""
    aside: bool = False
    wrap: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Facts under a title; ``folded`` ones start closed, and lines after about ``at_first`` are shown on request."""

    title: str
    facts: tuple[Fact, ...]
    folded: bool = False
    at_first: int = 60


def listed_first(count: int, at_first: int) -> int:
    """How many of ``count`` lines to show where about ``at_first`` are wanted."""
    return count if count < at_first + LEAST_HIDDEN else at_first


def facts_text(groups: Iterable[Group]) -> str:
    """Groups as plain text: a title line, then "label: value" lines, indented."""
    lines: list[str] = []
    for group in groups:
        lines.append(group.title)
        lines += [f"  {fact.label}: {fact.value}" if fact.label else f"    {fact.value}" for fact in group.facts]
    return "\n".join(lines) + "\n"


def follow(document: Document, target: Target) -> None:
    """Go where a link into the model points: select an op or tensor, or show a subgraph."""
    if isinstance(target, int):
        document.show_subgraph(target)
    elif isinstance(target, Selected):
        document.select(target)
