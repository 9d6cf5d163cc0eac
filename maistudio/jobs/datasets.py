"""What a person asks of a folder of pictures: which scenes it holds, and what has no partner."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from maistudio.challenges.challenge import Challenge
from maistudio.challenges.datasets import Dataset, Scene, pair, recognise


def scenes_of(folder: Path, truths: Path | None, challenges: Iterable[Challenge]) -> Dataset:
    """The dataset in ``folder`` by the layouts of these challenges, or its pairs with those in ``truths``.

    Raises DatasetError where nothing is recognised or a folder can't be listed.
    """
    if truths is not None:
        return pair(folder, truths)
    layouts = dict.fromkeys(layout for challenge in challenges for layout in challenge.layouts)
    return recognise(folder, tuple(layouts))


def dataset_json(dataset: Dataset) -> dict[str, Any]:
    """What ``maistudio dataset --json`` prints."""
    return {
        "layout": dataset.layout.id,
        "title": dataset.layout.title,
        "root": str(dataset.root),
        "splits": list(dataset.splits),
        "scenes": [_scene(scene) for scene in dataset.scenes],
        "unmatched": [{"path": str(one.path), "reason": one.reason} for one in dataset.unmatched],
    }


def _scene(scene: Scene) -> dict[str, Any]:
    return {
        "name": scene.name,
        "split": scene.split,
        "inputs": [str(path) for path in scene.inputs],
        "truths": [str(path) for path in scene.truths],
    }
