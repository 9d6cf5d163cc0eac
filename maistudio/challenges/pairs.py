"""Pair pictures by their names alone: two folders, or a folder with two that are named like lr and hr."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from maistudio.challenges.folders import Folders, folder_chosen, stem_of
from maistudio.challenges.layouts import Layout
from maistudio.challenges.names import match_names
from maistudio.challenges.scenes import Dataset, Scene, Unmatched
from maistudio.errors import DatasetError
from maistudio.imaging.natural_order import natural_key

PAIRS = Layout("pairs", "Pairs by name", "{inputs}/{scene}", "{truths}/{scene}")

# What folders of inputs and of ground truths are called, in lower case.
# fmt: off
INPUT_NAMES = frozenset({
    "lr", "lq", "low", "lowres", "input", "inputs", "input_crops", "noisy", "noise", "degraded", "blur", "blurred",
    "raw", "source", "src", "x",
})
TRUTH_NAMES = frozenset({
    "hr", "hq", "high", "highres", "gt", "truth", "truths", "ground_truth", "groundtruth", "target", "targets",
    "target_crops", "clean", "denoised", "sharp", "rgb", "reference", "ref", "label", "labels", "y",
})
# fmt: on


@dataclass(frozen=True, slots=True)
class Sides:
    """A folder of inputs and one of their ground truths, in one split of a dataset."""

    inputs: Path
    truths: Path
    split: str = ""


@dataclass(frozen=True, slots=True)
class Paired:
    """What two folders gave: (name, input, truth), and what has no partner."""

    pictures: list[tuple[str, Path, Path]] = field(default_factory=list)
    unmatched: list[Unmatched] = field(default_factory=list)


def pair(inputs_folder: Path | str, truths_folder: Path | str) -> Dataset:
    """The pictures of two folders paired by name, or where they hold folders instead, clips of frames.

    Names are compared without suffix. They are equal, or become equal when a prefix or suffix that is the same for all
    is dropped on one side or both: "0001x3" belongs to "0001", "LR_1" to "HR_1". Raises DatasetError where no names
    belong together, and for folders that can't be listed.
    """
    sides = Sides(folder_chosen(inputs_folder), folder_chosen(truths_folder))
    if sides.inputs == sides.truths:
        raise DatasetError(f"{inputs_folder}: inputs and ground truths can't be the same folder: choose two")
    found = _dataset(Folders(), sides.inputs.parent, [sides])
    if not found.scenes:
        reasons = dict.fromkeys(unmatched.reason for unmatched in found.unmatched)
        why = next(iter(reasons), "they hold no pictures")
        raise DatasetError(f"{inputs_folder} and {truths_folder}: no pictures could be paired by name ({why})")
    return found


def recognise_pairs(folders: Folders, chosen: Path) -> Dataset | None:
    """Folders named like lr and hr in the chosen one, beside it where it is one of them, or in those inside it.

    Raises DatasetError where several folders could be the inputs or the ground truths.
    """
    name = chosen.name.lower()
    root = chosen.parent if name in INPUT_NAMES or name in TRUTH_NAMES else chosen
    sides = _sides(folders, chosen) or _sides(folders, root)
    if sides:
        found = _dataset(folders, sides.inputs.parent, [sides])
    else:
        splits = [_sides(folders, chosen / split, split) for split in folders.contents(chosen).folders]
        found = _dataset(folders, chosen, [sides for sides in splits if sides])
    return found if found.scenes else None


def _sides(folders: Folders, folder: Path, split: str = "") -> Sides | None:
    names = folders.contents(folder).folders
    inputs = [name for name in names if name.lower() in INPUT_NAMES]
    truths = [name for name in names if name.lower() in TRUTH_NAMES]
    if not inputs or not truths:
        return None
    if len(inputs) > 1 or len(truths) > 1:
        raise DatasetError(
            f"{folder}: {', '.join(inputs)} could hold the inputs, {', '.join(truths)} the ground truths: choose the "
            "two folders one by one"
        )
    return Sides(folder / inputs[0], folder / truths[0], split)


def _dataset(folders: Folders, root: Path, all_sides: Sequence[Sides]) -> Dataset:
    scenes: list[Scene] = []
    unmatched: list[Unmatched] = []
    for sides in all_sides:
        inputs, truths = folders.contents(sides.inputs), folders.contents(sides.truths)
        if inputs.pictures or truths.pictures:
            paired = _pair_pictures(sides, inputs.pictures, truths.pictures)
            scenes += (Scene(name, (given,), (truth,), sides.split) for name, given, truth in paired.pictures)
            unmatched += paired.unmatched
        else:
            _add_clips(folders, sides, scenes, unmatched)
        unmatched += (
            Unmatched(folder, contents.fault)
            for folder, contents in ((sides.inputs, inputs), (sides.truths, truths))
            if contents.fault
        )
    splits = dict.fromkeys(scene.split for scene in scenes if scene.split)
    unmatched.sort(key=lambda one: natural_key(str(one.path)))
    return Dataset(PAIRS, root, tuple(splits), tuple(scenes), tuple(unmatched))


def _add_clips(folders: Folders, sides: Sides, scenes: list[Scene], unmatched: list[Unmatched]) -> None:
    """The frames of folders of the same name, as scenes; those of others are unmatched."""
    inputs, truths = folders.contents(sides.inputs).folders, folders.contents(sides.truths).folders
    partners = match_names(set(inputs), set(truths)).partners
    alone = set(truths) - set(partners.values())
    clips = [(clip, partners.get(clip, "")) for clip in inputs] + [("", clip) for clip in truths if clip in alone]
    for clip, partner in clips:
        # Without a name it is the folder of all clips, which holds no pictures.
        both = Sides(sides.inputs / clip, sides.truths / partner)
        frames = folders.contents(both.inputs).pictures, folders.contents(both.truths).pictures
        paired = _pair_pictures(both, *frames)
        unmatched += paired.unmatched
        if paired.pictures:
            _, given, true = zip(*paired.pictures, strict=True)
            scenes.append(Scene(min(clip, partner, key=len), given, true, sides.split))


def _pair_pictures(sides: Sides, inputs: Sequence[str], truths: Sequence[str]) -> Paired:
    """Pairs in natural order of the inputs' names."""
    paired = Paired()
    by_stem = _by_stem(sides.inputs, inputs, paired.unmatched)
    truth_by_stem = _by_stem(sides.truths, truths, paired.unmatched)
    matched = match_names(by_stem.keys(), truth_by_stem.keys())
    for stem in sorted(matched.partners, key=natural_key):
        partner = matched.partners[stem]
        paired.pictures.append((min(stem, partner, key=len), by_stem.pop(stem), truth_by_stem.pop(partner)))
    counts = f"; {len(inputs):,} inputs, {len(truths):,} ground truths" if len(inputs) != len(truths) else ""
    why = "the names fit in several ways" if matched.ambiguous else ""
    for path in by_stem.values():
        paired.unmatched.append(Unmatched(path, (why or f"no ground truth of its name in {sides.truths}") + counts))
    for path in truth_by_stem.values():
        paired.unmatched.append(Unmatched(path, (why or f"no input of its name in {sides.inputs}") + counts))
    return paired


def _by_stem(folder: Path, pictures: Iterable[str], unmatched: list[Unmatched]) -> dict[str, Path]:
    """The pictures by their names without suffix; those with the same are ``unmatched``."""
    times = Counter(stem_of(name) for name in pictures)
    by_stem: dict[str, Path] = {}
    for name in pictures:
        stem = stem_of(name)
        if times[stem] == 1:
            by_stem[stem] = folder / name
        else:
            reason = f"one of {times[stem]} pictures named {stem}: remove all but one"
            unmatched.append(Unmatched(folder / name, reason))
    return by_stem
