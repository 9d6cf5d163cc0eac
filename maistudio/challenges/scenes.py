"""A dataset as values: scenes with their inputs and ground truths, and what has no partner."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from maistudio.challenges.layouts import Layout


@dataclass(frozen=True, slots=True)
class Scene:
    """What belongs together: one input and its ground truth, or the frames of a clip in order.

    ``truths`` is as long as ``inputs``, or empty where the dataset has no ground truth. ``split`` is the part of the
    dataset (train, val, test), empty where it has none; a name occurs once in each.
    """

    name: str
    inputs: tuple[Path, ...]
    truths: tuple[Path, ...]
    split: str = ""


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A picture without a partner, or a folder that can't be listed, and why."""

    path: Path
    reason: str


@dataclass(frozen=True, slots=True)
class Dataset:
    """Scenes in natural order, split by split.

    ``root`` is the folder in which the layout's patterns, or their tails, start. ``splits`` are those of the scenes,
    none where the layout knows none.
    """

    layout: Layout
    root: Path
    splits: tuple[str, ...]
    scenes: tuple[Scene, ...]
    unmatched: tuple[Unmatched, ...]
