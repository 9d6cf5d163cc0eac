"""What panels say of costs: shares, numbers in full, and what the numbers leave out or hold for."""

from __future__ import annotations

from collections.abc import Sequence

from maistudio.gui.document import Selected
from maistudio.gui.panels.facts import Fact
from maistudio.gui.panels.neighbours import op_words
from maistudio.jobs.open import OpenedModel
from maistudio.tflite.text import count_text, percent_text, plural

PLACEHOLDER = "at placeholder shapes"
"""Said of numbers that hold for sizes that only stand in for what the file leaves open."""


def with_share(words: str, part: int | None, whole: int | None, of: str = "of all") -> str:
    """``words`` with the share of ``part`` in ``whole``, where there is one."""
    share = percent_text(part, whole) if part else ""
    return f"{words} · {share} {of}" if share else words


def exactly(count: int | None, unit: str) -> str:
    """A number in full, for a tooltip; empty for an unknown one."""
    return "" if count is None else f"{count_text(count)} {unit}"


def placeholder_facts(opened: OpenedModel) -> list[Fact]:
    """That costs hold for placeholders, where they do."""
    return [Fact("At shape", "the file's placeholders", aside=True)] if opened.at_placeholder else []


def uncounted_facts(opened: OpenedModel, uncounted: Sequence[tuple[int, int]]) -> list[Fact]:
    """Ops, as (subgraph, op), whose MACs are unknown."""
    if not uncounted:
        return []
    tip = "Their MACs are unknown: custom ops, or ops whose shapes the file does not give"
    facts = [Fact("Not counted", plural(len(uncounted), "op"), tip=tip, aside=True)]
    facts += [
        Fact("", op_words(opened.model.subgraphs[graph], op), Selected("op", graph, op)) for graph, op in uncounted
    ]
    return facts
