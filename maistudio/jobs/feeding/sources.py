"""The pictures to run a model on, in order, each with the files its results go to."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import count, islice
from math import ceil
from pathlib import Path

import numpy as np

from maistudio.errors import MaiStudioError, PictureError, UsageError
from maistudio.imaging.frames import frames_in
from maistudio.imaging.listing import is_folder, picture_files
from maistudio.imaging.picture import Picture
from maistudio.imaging.probe import SUFFIXES, probe
from maistudio.imaging.raw import load_raw
from maistudio.imaging.reading import load
from maistudio.imaging.saving import PARAMETERS
from maistudio.imaging.video import open_video
from maistudio.jobs.feeding.form import InputForm, Mosaic

VIDEOS = frozenset({".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi"})
KEPT_SUFFIXES = frozenset({".png", ".tif", ".tiff", ".bmp"})
"""Formats without loss that hold whatever a model gives; results of others are saved as PNG."""
FEWER_BITS = 4095
"""A picture of 16 bits that never exceeds this holds 8, 10 or 12 bits, or is all but black."""
DARK = 1 / 16
"""Part of white: a picture whose largest value is less is all but black, or white was meant to be elsewhere."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What goes through the model at once: one picture, or the frames it takes, and where the results go.

    There are fewer ``targets`` than pictures where the last frame was repeated to fill the model.
    """

    name: str
    pictures: tuple[Picture, ...]
    targets: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Failure:
    """A picture that could not be run, and why in a sentence."""

    name: str
    error: MaiStudioError


@dataclass(frozen=True, slots=True)
class Source:
    """Everything to run. ``count`` is None where it isn't known; ``alone`` tells one picture from a folder of one."""

    count: int | None
    alone: bool
    items: Callable[[], Generator[Loaded | Failure, None, None]]


def source_of(source: Path, output: Path, form: InputForm, white: float | None) -> Source:
    """What lies at ``source``: a picture, a folder of them, a video; results go to ``output``.

    ``white`` is the value of white where the files' types don't tell. Raises PictureError for a folder that can't be
    listed, a video that can't be opened, UsageError where the results would overwrite what they are made from.
    """
    if form.frames > 1:
        return _clip(source, output, form.frames, white)
    if source.suffix.lower() in VIDEOS:
        if form.mosaic is not None:
            raise UsageError(f"{source}: a video holds no raw mosaic: choose a PNG or TIFF")
        return _clip(source, output, 1, white)
    if not is_folder(source):
        target = output / source.name if is_folder(output) else output
        return _pictures([source], [target], form.mosaic, white, alone=True)
    paths = pictures_in(source)
    return _pictures(paths, targets_in(output, paths), form.mosaic, white, alone=False)


def pictures_in(folder: Path) -> list[Path]:
    """The files of a folder that are named as pictures, numbers in order of size; hidden ones are left out.

    Raises PictureError for a folder that can't be listed or holds none.
    """
    try:
        found = picture_files(folder)
    except OSError as error:
        raise PictureError(folder, f"can't be listed ({error.strerror}): choose a folder of pictures") from None
    if not found:
        raise PictureError(folder, f"holds no pictures ({', '.join(sorted(SUFFIXES))}): choose another folder")
    return found


def targets_in(folder: Path, paths: Sequence[Path]) -> list[Path]:
    """Where the results of these pictures go: files of the same names, as PNG where the format has losses."""
    taken = {path.name for path in paths}
    names = []
    for path in paths:
        name = path.name if path.suffix.lower() in KEPT_SUFFIXES else f"{path.stem}.png"
        names.append(name if name == path.name or name not in taken else f"{path.name}.png")
        taken.add(names[-1])
    return [folder / name for name in names]


def ahead(items: Generator[Loaded | Failure, None, None]) -> Generator[Loaded | Failure, None, None]:
    """The same items, the next one read by a thread while one is worked on."""
    with closing(items), ThreadPoolExecutor(1, "read ahead") as thread:
        coming = thread.submit(next, items, None)
        while (item := coming.result()) is not None:
            coming = thread.submit(next, items, None)
            yield item


def _pictures(
    paths: Sequence[Path], targets: Sequence[Path], mosaic: Mosaic | None, white: float | None, *, alone: bool
) -> Source:
    for path, target in zip(paths, targets, strict=True):
        _check_apart(path, target)

    def items() -> Generator[Loaded | Failure, None, None]:
        for path, target in zip(paths, targets, strict=True):
            try:
                picture = _load_mosaic(path, mosaic, white) if mosaic else with_white(load(path), white)
            except (MaiStudioError, MemoryError) as error:
                yield Failure(str(path), _sentence(path, error))
            else:
                yield Loaded(str(path), (picture,), (target,))

    return Source(len(paths), alone, items)


def _clip(source: Path, output: Path, frames: int, white: float | None) -> Source:
    if output.suffix.lower() in PARAMETERS and not is_folder(output):
        raise UsageError(f"{output}: the results are many frames: give a folder for them")
    if is_folder(source):
        return _clip_of_files(source, output, frames, white)
    if source.suffix.lower() not in VIDEOS:
        _check_readable(source)
        raise UsageError(f"{source}: the model takes {frames} frames at once: give a folder of frames, or a video")
    if white is not None:
        raise UsageError(f"--white {white:g}: a video says itself where white is: leave the option away")
    video = open_video(source)

    def items() -> Generator[Loaded | Failure, None, None]:
        with closing(video.frames()) as pictures:
            for start in count(0, frames):
                try:
                    group = list(islice(pictures, frames))
                except (MaiStudioError, MemoryError) as error:
                    yield Failure(str(source), _sentence(source, error))
                    return
                if not group:
                    return
                targets = [output / f"{place:08d}.png" for place in range(start, start + len(group))]
                yield _filled(source, start, group, targets, frames)

    return Source(None if video.stated_frames is None else ceil(video.stated_frames / frames), False, items)


def _clip_of_files(source: Path, output: Path, frames: int, white: float | None) -> Source:
    clip = frames_in(source)
    targets = targets_in(output, clip.paths)
    for path, target in zip(clip.paths, targets, strict=True):
        _check_apart(path, target)

    def items() -> Generator[Loaded | Failure, None, None]:
        for start in range(0, len(clip), frames):
            places = range(start, min(start + frames, len(clip)))
            try:
                group = [with_white(clip.load(place), white) for place in places]
            except (MaiStudioError, MemoryError) as error:
                yield Failure(_name(source, places), _sentence(source, error))
            else:
                yield _filled(source, start, group, targets[start : start + len(group)], frames)

    return Source(ceil(len(clip) / frames), False, items)


def _filled(source: Path, start: int, group: Sequence[Picture], targets: Sequence[Path], frames: int) -> Loaded:
    """Frames as a group of the size the model takes, the last one repeated where there are fewer."""
    name = _name(source, range(start, start + len(group)))
    missing = frames - len(group)
    if not missing:
        return Loaded(name, tuple(group), tuple(targets))
    times = "once" if missing == 1 else f"{missing} times"
    note = f"the last frame was repeated {times}, as the model takes {frames} frames at once"
    first = replace(group[0], notes=(*group[0].notes, note))
    return Loaded(name, (first, *group[1:], *[group[-1]] * missing), tuple(targets))


def _name(source: Path, places: range) -> str:
    where = f"frame {places[0]}" if len(places) == 1 else f"frames {places[0]} to {places[-1]}"
    return f"{source}, {where}"


def with_white(picture: Picture, white: float | None) -> Picture:
    """The picture with white where it was said to be, with a note where its values don't look like it.

    Raises PictureError for a white that its type can't hold, and where nothing was said and its largest value shows
    that white isn't where the type has it.
    """
    if white is not None:
        return _with_said_white(picture, white)
    highest = picture.maximum
    if picture.pixels.dtype == np.uint16 and 0 < highest <= FEWER_BITS:
        level = 2 ** int(highest).bit_length() - 1
        raise PictureError(
            picture.source,
            f"its 16 bits are used up to {highest:,.0f} only: say where white is, such as --white {level} "
            "(or --white 65535 if it is so dark)",
        )
    if picture.pixels.dtype.kind == "f" and highest > 2 * picture.white:
        raise PictureError(
            picture.source, f"its values reach {highest:g} where white is 1: say where white is, such as --white 255"
        )
    return picture


def _with_said_white(picture: Picture, white: float) -> Picture:
    pixels, highest = picture.pixels, picture.maximum
    if pixels.dtype.kind == "u" and white > np.iinfo(pixels.dtype).max:
        raise PictureError(
            picture.source,
            f"its {8 * pixels.dtype.itemsize} bits hold values up to {np.iinfo(pixels.dtype).max:,}, so white can't be "
            f"at {white:,.7g}: give its own, or leave --white away",
        )
    notes = picture.notes
    above = int(np.count_nonzero(pixels > white))
    if above:
        notes += (f"{above:,} of {pixels.size:,} values exceed the white of {white:,.7g}: is it the right one?",)
    elif 0 < highest < DARK * white:
        notes += (
            f"its largest value is {highest:,.7g}, and white was said to be at {white:,.7g}: is it the right one?",
        )
    return replace(picture, white=white, notes=notes)


def _load_mosaic(path: Path, mosaic: Mosaic, white: float | None) -> Picture:
    """A mosaic, its white the smallest level in use that its counts don't exceed, unless it is said."""
    if white is not None:
        return load_raw(path, mosaic.pattern, white)
    header = probe(path)
    limit = float(np.iinfo(header.dtype).max) if np.dtype(header.dtype).kind == "u" else 1.0
    picture = load_raw(path, mosaic.pattern, limit)
    level = min((each for each in mosaic.white_levels if each >= picture.maximum), default=limit)
    note = (
        f"read as a {mosaic.pattern} mosaic; its largest count is {picture.maximum:,.0f}, so white was taken to be at "
        f"{level:,.0f}: say where it is with --white"
    )
    return replace(picture, white=float(level), notes=(note, *picture.notes[1:]))


def _check_apart(path: Path, target: Path) -> None:
    """Raise UsageError where a result would overwrite what it is made from."""
    try:
        same = path.resolve() == target.resolve()
    except (OSError, RuntimeError):  # a working folder that is gone, links in a circle: nothing can be overwritten
        same = False
    if same:
        raise UsageError(f"{target}: would overwrite the picture it is made from: give another place with -o")


def _check_readable(path: Path) -> None:
    """Raise PictureError for what isn't there, or may not be looked at."""
    try:
        path.stat()
    except OSError as error:
        raise PictureError(path, f"can't be read ({error.strerror}): choose another") from None


def _sentence(path: Path, error: BaseException) -> MaiStudioError:
    if isinstance(error, MaiStudioError):
        return error
    return PictureError(path, "needs more memory than there is: close other programs, or choose a smaller one")
