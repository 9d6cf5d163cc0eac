"""Recognise datasets on disk: which layout a chosen folder belongs to, and its scenes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from maistudio.challenges.folders import Folders, folder_chosen
from maistudio.challenges.layouts import SPLIT, Layout, expression, placeholders
from maistudio.challenges.matching import Patterns, match
from maistudio.challenges.pairs import pair, recognise_pairs
from maistudio.challenges.scenes import Dataset, Scene, Unmatched
from maistudio.errors import DatasetError

__all__ = ["Dataset", "Scene", "Unmatched", "pair", "recognise"]

MOST_LEVELS_UP = 3


def recognise(folder: Path | str, layouts: Sequence[Layout]) -> Dataset:
    """The dataset that ``folder`` is, holds, or is a part of; of a part, such as one split, only its own scenes.

    Layouts are tried on the folder itself, on up to MOST_LEVELS_UP folders above it, then on those right inside it;
    where none fits, folders named like lr and hr are paired by name. Of several layouts that fit, the one with most
    pairs counts, the earlier where they have as many. Scenes without ground truth count only where nothing has one.
    Files are listed, never opened.

    Raises DatasetError where nothing is recognised, where several datasets lie beside each other, and for a folder
    that can't be listed.
    """
    chosen = folder_chosen(folder)
    folders = Folders()
    without_truth: Dataset | None = None
    for candidate in _candidates(folders, chosen, layouts):
        if _pairs(candidate):
            return candidate
        without_truth = without_truth or candidate
    found = recognise_pairs(folders, chosen) or without_truth
    if found is None:
        looked_for = ", ".join(
            [*dict.fromkeys(layout.title for layout in layouts), "pairs of folders such as lr and hr"]
        )
        raise DatasetError(
            f"{folder}: no dataset recognised (looked for {looked_for}): choose the dataset's folder, or its inputs "
            "and its ground truths as two folders"
        )
    return found


def _candidates(folders: Folders, chosen: Path, layouts: Sequence[Layout]) -> Iterable[Dataset]:
    """The best dataset on each level that has one: the chosen folder's, those above it, then those inside it."""
    roots = (chosen, *chosen.parents)[: MOST_LEVELS_UP + 1]
    for root in roots:
        yield from _best(_match_all(folders, root, chosen.relative_to(root).parts, layouts))
    inside = [
        found
        for name in folders.contents(chosen).folders
        for found in _best(_match_all(folders, chosen / name, (), layouts))
    ]
    yield from _of_siblings(chosen, [found for found in inside if _pairs(found)] or inside)


def _match_all(folders: Folders, root: Path, below: tuple[str, ...], layouts: Sequence[Layout]) -> Iterable[Dataset]:
    """What each layout finds in ``root``, in those parts of it that lead through the folders ``below`` it."""
    for layout in layouts:
        for input_pattern, truth_pattern in layout.tails():
            known = _values_of(below, input_pattern, truth_pattern)
            if known is None:
                continue
            found = match(folders, root, Patterns(input_pattern, truth_pattern), known)
            if found.scenes:
                yield Dataset(layout, root, found.splits, found.scenes, found.unmatched)


def _values_of(below: tuple[str, ...], *patterns: str | None) -> dict[str, str] | None:
    """The placeholders' values where the folders ``below`` the root are the first of one of the patterns."""
    for pattern in patterns:
        parts = pattern.split("/")[:-1] if pattern else []
        if len(below) > len(parts):
            continue
        values: dict[str, str] = {}
        for name, part in zip(below, parts, strict=False):
            fits = expression(part, values).fullmatch(name)
            if fits is None:
                break
            values |= fits.groupdict()
        else:
            return values
    return None


def _best(found: Iterable[Dataset]) -> tuple[Dataset, ...]:
    """The dataset with most pairs, then scenes, the first where several have as many; none of none."""
    best = max(found, key=lambda dataset: (_pairs(dataset), len(dataset.scenes)), default=None)
    return () if best is None else (best,)


def _pairs(dataset: Dataset) -> int:
    return sum(len(scene.truths) for scene in dataset.scenes)


def _of_siblings(parent: Path, found: Sequence[Dataset]) -> tuple[Dataset, ...]:
    """Datasets beside each other as one: as its splits, where they have the same layout and that knows none."""
    if len(found) < 2:
        return tuple(found)
    layout = found[0].layout
    if any(dataset.layout != layout for dataset in found) or SPLIT in placeholders(layout.input):
        each = ", ".join(f"{dataset.root.name} ({dataset.layout.title})" for dataset in found)
        raise DatasetError(f"{parent}: holds {len(found)} datasets: choose one of {each}")
    splits = tuple(dataset.root.name for dataset in found)
    scenes = (replace(scene, split=dataset.root.name) for dataset in found for scene in dataset.scenes)
    unmatched = (one for dataset in found for one in dataset.unmatched)
    return (Dataset(layout, parent, splits, tuple(scenes), tuple(unmatched)),)
