"""The scenes that a layout's patterns find in a folder."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple, TypeAlias

from maistudio.challenges.folders import Folders, stem_of, suffix_of
from maistudio.challenges.layouts import FRAME, SPLIT, expression, filled, placeholders
from maistudio.challenges.scenes import Scene, Unmatched
from maistudio.imaging.natural_order import natural_key

Values: TypeAlias = Mapping[str, str]
"""What placeholders stand for."""


@dataclass(frozen=True, slots=True)
class Patterns:
    """Of inputs and ground truths, from the same folder on."""

    input: str
    truth: str | None


@dataclass(frozen=True, slots=True)
class Matched:
    """The scenes in natural order, their splits, and what has no partner."""

    splits: tuple[str, ...]
    scenes: tuple[Scene, ...]
    unmatched: tuple[Unmatched, ...]


class Found(NamedTuple):
    """A picture that fits a pattern."""

    folder: Path
    name: str
    values: Values

    @property
    def path(self) -> Path:
        return self.folder / self.name


@dataclass(frozen=True, slots=True)
class Searched:
    """The pictures that fit a pattern, and beside them, by path, what doesn't and why."""

    found: list[Found] = field(default_factory=list)
    beside: dict[Path, str] = field(default_factory=dict)


Pair: TypeAlias = tuple[Found, Found | None]


def match(folders: Folders, root: Path, patterns: Patterns, known: Values) -> Matched:
    """What the patterns find from ``root`` on, where the placeholders have the values ``known`` so far.

    A split none of whose ground truths is there has scenes without them.
    """
    inputs = _search(folders, root, patterns.input, known)
    truths = _search(folders, root, patterns.truth, known) if patterns.truth else Searched()
    given = {(found.folder, found.name) for found in inputs.found}
    candidates = [found for found in truths.found if (found.folder, found.name) not in given]
    reasons = inputs.beside | truths.beside
    if reasons:
        for found in inputs.found + candidates:
            reasons.pop(found.path, None)
    paired = _pair(inputs.found, candidates, patterns, reasons)
    scenes = _scenes(paired, placeholders(patterns.input))
    order = sorted(reasons, key=lambda path: natural_key(str(path)))
    splits = tuple(dict.fromkeys(scene.split for scene in scenes if scene.split))
    return Matched(splits, scenes, tuple(Unmatched(path, reasons[path]) for path in order))


def _search(folders: Folders, root: Path, pattern: str, known: Values) -> Searched:
    searched = Searched()
    *parts, last = pattern.split("/")
    suffix = suffix_of(last)
    stem = stem_of(last) if suffix else last
    for folder, values in _folders_of(folders, root, parts, dict(known), searched.beside):
        contents = folders.contents(folder)
        if contents.fault:
            searched.beside[folder] = contents.fault
        fitting = expression(stem, values).fullmatch
        for name in contents.pictures:
            fits = fitting(stem_of(name))
            if fits and suffix in ("", suffix_of(name)):
                searched.found.append(Found(folder, name, values | fits.groupdict()))
            else:
                searched.beside[folder / name] = f"its name is not like {last}"
    return searched


def _folders_of(
    folders: Folders, root: Path, parts: list[str], values: dict[str, str], faults: dict[Path, str]
) -> Iterator[tuple[Path, dict[str, str]]]:
    """The folders that fit the parts of a pattern one after the other, with the placeholders' values."""
    if not parts:
        yield root, values
        return
    name = filled(parts[0], values)
    if name is not None:
        yield from _folders_of(folders, root / name, parts[1:], values, faults)
        return
    contents = folders.contents(root)
    if contents.fault:
        faults[root] = contents.fault
    fitting = expression(parts[0], values).fullmatch
    for name in contents.folders:
        if fits := fitting(name):
            yield from _folders_of(folders, root / name, parts[1:], values | fits.groupdict(), faults)


def _pair(inputs: list[Found], truths: list[Found], patterns: Patterns, reasons: dict[Path, str]) -> list[Pair]:
    """Each input with its ground truth, if its split has any; what has no partner is added to ``reasons``."""
    names = placeholders(patterns.input)
    shared = tuple(name for name in placeholders(patterns.truth or "") if name in names)
    whole, key, split = _key(names), _key(shared), _key(tuple(name for name in shared if name == SPLIT))
    same = Counter(whole(found.values) for found in inputs)
    splits_with_truth = {split(truth.values) for truth in truths}
    partners = {key(truth.values): truth for truth in truths}
    rivals = Counter(key(truth.values) for truth in truths)
    clips = _clip_counts(inputs, truths, shared)
    paired: list[Pair] = []
    for found in inputs:
        partner = partners.get(key(found.values))
        if (times := same[whole(found.values)]) > 1:
            reasons[found.path] = f"one of {times} pictures of the same name: remove all but one"
        elif split(found.values) not in splits_with_truth:
            paired.append((found, None))
        elif partner and rivals[key(found.values)] == 1:
            paired.append((found, partner))
        elif partner:
            reasons[found.path] = f"{rivals[key(found.values)]} pictures could be its ground truth"
        else:
            reasons[found.path] = _missing("ground truth", patterns.truth or "", found) + clips(found)
    asked = {key(found.values) for found in inputs}
    for truth in truths:
        if (times := rivals[key(truth.values)]) > 1:
            reasons[truth.path] = f"one of {times} pictures that could be the same ground truth"
        elif key(truth.values) not in asked:
            reasons[truth.path] = _missing("input", patterns.input, truth) + clips(truth)
    return paired


def _key(names: tuple[str, ...]) -> Callable[[Values], Hashable]:
    """What tells pictures apart by the values of these placeholders."""
    return itemgetter(*names) if names else lambda values: ()


def _missing(what: str, pattern: str, found: Found) -> str:
    expected = filled(pattern, found.values)
    return f"no {what}: {expected} is missing" if expected else f"no {what} like {pattern}"


def _clip_counts(inputs: list[Found], truths: list[Found], shared: tuple[str, ...]) -> Callable[[Found], str]:
    """Says, as the end of a sentence, how many frames the clip of a picture has; nothing where there are no frames."""
    if FRAME not in shared:
        return lambda found: ""
    clip = _key(tuple(name for name in shared if name != FRAME))
    given, true = (Counter(clip(found.values) for found in side) for side in (inputs, truths))
    return lambda found: (
        f"; its clip has {given[clip(found.values)]:,} inputs and {true[clip(found.values)]:,} ground truths"
    )


def _scenes(paired: list[Pair], names: tuple[str, ...]) -> tuple[Scene, ...]:
    naming = tuple(name for name in names if name not in (SPLIT, FRAME))
    gathered: defaultdict[tuple[str, str], list[Pair]] = defaultdict(list)
    for found, truth in paired:
        name = "/".join(found.values[name] for name in naming) or found.folder.name
        gathered[found.values.get(SPLIT, ""), name].append((found, truth))
    scenes = []
    for split, name in sorted(gathered, key=lambda scene: (natural_key(scene[0]), natural_key(scene[1]))):
        frames = gathered[split, name]
        if len(frames) > 1:
            frames.sort(key=lambda frame: natural_key(frame[0].values[FRAME]))
        inputs = tuple(found.path for found, _ in frames)
        scenes.append(Scene(name, inputs, tuple(truth.path for _, truth in frames if truth), split))
    return tuple(scenes)
