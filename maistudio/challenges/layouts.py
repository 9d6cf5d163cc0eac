"""Dataset layouts as data (being written)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Layout:
    """How a dataset lies on disk: path patterns of inputs and ground truths."""

    id: str
    title: str
    input: str
    truth: str | None
