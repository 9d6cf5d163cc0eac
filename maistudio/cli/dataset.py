"""``maistudio dataset``: the scenes of a dataset's folder, and what has no partner."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from pathlib import Path

from maistudio.challenges.datasets import Dataset, Scene
from maistudio.cli.challenges import known_challenges
from maistudio.cli.output import labelled, print_lines
from maistudio.jobs.datasets import dataset_json, scenes_of
from maistudio.tflite.text import clean, count_text, plural

SCENES_SHOWN = 5
UNMATCHED_SHOWN = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", help="a dataset's folder, one above or inside it, or a folder of inputs")
    parser.add_argument("truths", nargs="?", help="the folder of ground truths, to pair two folders by their names")
    parser.add_argument("--challenge", metavar="ID", help="look for this challenge's datasets only")
    parser.add_argument("--json", action="store_true", help="print one JSON object with every scene")


def run(args: argparse.Namespace) -> int:
    """Print the scenes. Raises MaiStudioError where no dataset is recognised."""
    known = known_challenges()
    challenges = (known.named(args.challenge),) if args.challenge else known.challenges
    dataset = scenes_of(Path(args.folder), Path(args.truths) if args.truths else None, challenges)
    if args.json:
        print_lines([json.dumps(dataset_json(dataset), indent=1, allow_nan=False)])
    else:
        print_lines(report(dataset))
    return 0


def report(dataset: Dataset) -> Iterable[str]:
    """A dataset's lines for people: counts, its first scenes, and what has no partner."""
    yield labelled("Dataset", clean(dataset.layout.title))
    yield labelled("Folder", clean(str(dataset.root)))
    frames = sum(len(scene.inputs) for scene in dataset.scenes)
    of_frames = f" of {count_text(frames)} frames" if frames != len(dataset.scenes) else ""
    without = sum(not scene.truths for scene in dataset.scenes)
    no_truth = f", {count_text(without)} without ground truth" if without else ""
    yield labelled("Scenes", f"{count_text(len(dataset.scenes))}{of_frames}{no_truth}")
    for scene in dataset.scenes[:SCENES_SHOWN]:
        yield labelled("", _scene(scene, dataset.root))
    yield from _more(len(dataset.scenes) - SCENES_SHOWN)
    yield labelled("Unmatched", count_text(len(dataset.unmatched)))
    for one in dataset.unmatched[:UNMATCHED_SHOWN]:
        yield labelled("", f"{_within(one.path, dataset.root)}: {clean(one.reason)}")
    yield from _more(len(dataset.unmatched) - UNMATCHED_SHOWN)


def _scene(scene: Scene, root: Path) -> str:
    truth = _within(scene.truths[0], root) if scene.truths else "no ground truth"
    frames = f" and {plural(len(scene.inputs) - 1, 'more frame')}" if len(scene.inputs) > 1 else ""
    return f"{_within(scene.inputs[0], root)} → {truth}{frames}"


def _within(path: Path, root: Path) -> str:
    return clean(str(path.relative_to(root) if path.is_relative_to(root) else path))


def _more(count: int) -> Iterable[str]:
    if count > 0:
        yield labelled("", f"and {count_text(count)} more; --json lists them all")
