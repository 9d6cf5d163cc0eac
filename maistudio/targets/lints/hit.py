"""What a lint found, before it is put into words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from maistudio.tflite.text import plural

Place = tuple[int, int]
"""(subgraph, op)."""


@dataclass(frozen=True, slots=True)
class Hit:
    """The lint of this id holds at ``places``, of the whole model where there are none.

    ``words`` fill the fields of its texts. Without ``rewritable`` the lint's rewrite doesn't fit what was found.
    """

    lint: str
    places: tuple[Place, ...]
    words: Mapping[str, str] = field(default_factory=dict)
    rewritable: bool = True


def place_text(place: Place) -> str:
    """Where an op stands: "op 4", "subgraph 2, op 4"."""
    graph, op = place
    return f"subgraph {graph}, op {op:,}" if graph else f"op {op:,}"


def where(places: Sequence[Place]) -> str:
    """The first place in brackets, ready to follow a word: " (op 4)", " (first op 4)" where there are more."""
    if not places:
        return ""
    return f" ({'first ' if len(places) > 1 else ''}{place_text(places[0])})"


def counted(count: int, one: str, verb: str, verbs: str) -> str:
    """A count with its noun and verb: "1 convolution has", "5 convolutions have"."""
    return f"{plural(count, one)} {verb if count == 1 else verbs}"
