"""Where the bars of a network's drawing lie: its ops from left to right, as a report's figure shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log2, sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from maistudio.zoo.drawing import Bar


WIDEST_PITCH = 18.0
"""From column to column at most, in device-independent pixels: a short network keeps to the middle."""
GAPLESS_PITCH = 3.0
"""Columns closer than that touch."""
STEEPNESS = 0.6
"""A bar at half the resolution has 2 to the minus this of the height."""
LOWEST = 3.0
LANE_GAP = 2.0
HEADROOM = 0.3
"""Of the height, what skip connections may take."""
MOST_OCTAVES = 10
SHADES = 5
LEAST_SPAN = 2
"""Columns that a connection must pass to be drawn."""
LEAST_ARC = 5.0
"""And how wide it must be, in device-independent pixels."""


@dataclass(frozen=True, slots=True)
class Block:
    """A bar's place in pixels. ``shade`` is 0..SHADES-1, more for more channels."""

    kind: str
    shade: int
    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Arc:
    """A skip connection: from the top of one bar to that of another, by way of ``peak``."""

    left: float
    left_top: float
    right: float
    right_top: float
    peak: float


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing in pixels. ``wire`` is the line that runs through it: left, right and height."""

    blocks: tuple[Block, ...]
    arcs: tuple[Arc, ...]
    wire: tuple[float, float, float]


def lay_out(bars: Sequence[Bar], width: float, height: float, scale: float = 1.0) -> Figure:
    """Place the bars in ``width`` × ``height`` pixels, ``scale`` of them to a device-independent one."""
    columns = max((bar.column for bar in bars), default=-1) + 1
    if not columns:
        return Figure((), (), (0, width, height / 2))
    spans = {(bars[index].column, bar.column) for bar in bars for index in bar.after}
    pitch = min(WIDEST_PITCH * scale, width / columns)
    least = max(LEAST_SPAN, LEAST_ARC * scale / pitch)
    spans = {(start, end) for start, end in spans if end - start >= least}
    head = HEADROOM * height if spans else 0.0
    left = (width - pitch * columns) / 2
    room, middle = height - head, head + (height - head) / 2
    top_octave = max(bar.octaves for bar in bars)
    lanes = [0] * columns
    for bar in bars:
        lanes[bar.column] = max(lanes[bar.column], bar.lane + 1)
    blocks = []
    tops = [middle] * columns
    for bar in bars:
        high = max(room * 2 ** (STEEPNESS * (bar.octaves - top_octave)), LOWEST * scale)
        slot = min(high, room / lanes[bar.column])
        top = middle + slot * (bar.lane - lanes[bar.column] / 2)
        gap = min(LANE_GAP * scale, slot / 3) if lanes[bar.column] > 1 else 0.0
        share = min(log2(max(bar.channels, 1)) / MOST_OCTAVES, 1.0)
        at, wide = _across(left + pitch * bar.column, pitch, share, scale)
        blocks.append(Block(bar.kind, round(share * (SHADES - 1)), at, top + gap / 2, wide, slot - gap))
        tops[bar.column] = min(tops[bar.column], top)
    arcs = tuple(_arc(start, end, tops, left, pitch, head) for start, end in sorted(spans))
    return Figure(tuple(blocks), arcs, (left, left + pitch * columns, middle))


def _across(left: float, pitch: float, share: float, scale: float) -> tuple[float, float]:
    """Where a bar begins and how wide it is: wider with more channels; crowded ones touch."""
    if pitch < GAPLESS_PITCH * scale:
        return float(round(left)), max(float(round(left + pitch) - round(left)), 1.0)
    wide = pitch * (0.3 + 0.5 * share)
    return left + (pitch - wide) / 2, wide


def _arc(start: int, end: int, tops: Sequence[float], left: float, pitch: float, head: float) -> Arc:
    highest = min(tops[start : end + 1])
    rise = highest * sqrt(min((end - start) / len(tops), 1.0)) if head else 0.0
    middle_of = [left + pitch * (column + 0.5) for column in (start, end)]
    return Arc(middle_of[0], tops[start], middle_of[1], tops[end], highest - rise)
