"""Side lanes: where the wires that reach over many layers run, left or right of everything they pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

LANE_GAP = 14.0
"""Distance of a lane from what lies inside it."""


@dataclass(frozen=True, slots=True)
class Reach:
    """A wire that needs a lane: its first and last layer, and where across the drawing its ends stand."""

    first: int
    last: int
    ends: tuple[float, ...]


def lanes(reaches: Sequence[Reach], left: list[float], right: list[float]) -> list[float]:
    """The place of each lane. ``left`` and ``right``, the drawing's reach in every layer, grow by them.

    Short lanes lie inside long ones. A wire takes the side with the shorter way, but prefers the right,
    so that most lie together.
    """
    found = [0.0] * len(reaches)
    for number in sorted(range(len(reaches)), key=lambda n: (reaches[n].last - reaches[n].first, n)):
        reach = reaches[number]
        span = slice(reach.first, reach.last)
        leftmost, rightmost = min(left[span]), max(right[span])
        way_right = sum(rightmost - end for end in reach.ends)
        way_left = sum(end - leftmost for end in reach.ends)
        side, at = (left, leftmost - LANE_GAP) if 2 * way_left < way_right else (right, rightmost + LANE_GAP)
        side[span] = [at] * (reach.last - reach.first)
        found[number] = at
    return found
