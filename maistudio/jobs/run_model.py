"""Run a model on pictures: one, a folder of them, or the frames of a clip."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from maistudio.errors import ExportError, MaiStudioError, ModelRunError, UsageError
from maistudio.imaging.listing import is_folder
from maistudio.imaging.probe import SUFFIXES
from maistudio.imaging.saving import PARAMETERS, save
from maistudio.imaging.tiling import Size
from maistudio.jobs.feeding.array_files import ARRAYS, array_file, renamed
from maistudio.jobs.feeding.channels import Packed, depth_for, packed, pictures_of
from maistudio.jobs.feeding.choice import Choice
from maistudio.jobs.feeding.doubts import doubts
from maistudio.jobs.feeding.feeder import Feeder, FeedOptions, Steps
from maistudio.jobs.feeding.fitting import Fit
from maistudio.jobs.feeding.sources import Failure, Loaded, Source, ahead, source_of
from maistudio.jobs.open import open_model
from maistudio.jobs.progress import Job, Progress
from maistudio.runtime.children import Children
from maistudio.runtime.protocol import TensorSpec
from maistudio.save import save_bytes
from maistudio.timing.values import Configuration


@dataclass(frozen=True, slots=True)
class PictureRun:
    """One picture, or one group of frames, that was run.

    ``size`` and ``output_size`` are height and width of what went in and of what came out, the latter None where it
    was saved as numbers. ``inference_us`` is the time of all its inferences alone, one for each of its ``tiles``.
    """

    source: str
    targets: tuple[Path, ...]
    size: Size
    output_size: Size | None
    inference_us: float
    tiles: int
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RunReport:
    """What was run and how. ``input`` is as it was last shaped; ``values`` are None where no picture could be read.

    ``output`` and its values are None where its numbers were saved as they are.
    """

    model: Path
    configuration: Configuration
    runtime: str
    init_us: float
    input: TensorSpec
    values: Choice | None
    output: TensorSpec | None
    output_values: Choice | None
    pictures: tuple[PictureRun, ...]
    failures: tuple[Failure, ...]
    notes: tuple[str, ...]


def run_on_pictures(
    model: Path,
    source: Path,
    output: Path,
    options: FeedOptions,
    white: float | None = None,
    children: Children | None = None,
) -> Job[RunReport]:
    """Run ``model`` on what lies at ``source`` and save what it makes of it at ``output``.

    ``source`` is a picture, a folder of pictures, or, for a model that takes frames, a folder of frames or a video.
    ``output`` is a file for one picture, else a folder, which is made; with the suffix .npy it takes the model's
    output as it comes, with .npz all of its outputs. ``white`` is the value of white where files don't tell it. A
    picture of several that can't be read, run or saved is told among the failures, and the others are run.

    Raises ModelFileError, ModelRunError and RuntimeMissingError for the model, PictureError, ExportError and UsageError
    for what is asked, and for the picture where there is only one.
    """
    _check_output(source, output)
    yield Progress("reading the model", 0.0)
    opened = yield from open_model(model)
    feeder = Feeder(model, opened, options, children)
    try:
        yield from feeder.start()
        found = source_of(source, output, feeder.form, white)
        with nullcontext() if found.alone else _folder_for_results(output):
            pictures, failures = yield from _run_all(feeder, found)
        return RunReport(
            model,
            options.configuration,
            feeder.session.runtime_version,
            feeder.init_us,
            feeder.session.inputs[0],
            feeder.values,
            feeder.output,
            feeder.output_values,
            pictures,
            failures,
            (*feeder.session.notes, *feeder.notes),
        )
    finally:
        feeder.close()


def _run_all(feeder: Feeder, found: Source) -> Job[tuple[tuple[PictureRun, ...], tuple[Failure, ...]]]:
    runs: list[PictureRun] = []
    failures: list[Failure] = []
    items = ahead(found.items())
    try:
        for place, item in enumerate(items):
            yield Progress(f"running {item.name}", None if found.count is None else min(1.0, place / found.count))
            outcome = item if isinstance(item, Failure) else (yield from _run_one(feeder, item))
            if isinstance(outcome, PictureRun):
                runs.append(outcome)
            elif found.alone:
                raise outcome.error
            else:
                failures.append(outcome)
    finally:
        items.close()
    return tuple(runs), tuple(failures)


def _run_one(feeder: Feeder, item: Loaded) -> Steps[PictureRun | Failure]:
    """One picture run and saved. What is wrong with the model, or with what was asked, is raised."""
    try:
        given = packed(item.pictures, feeder.form)
        fit = feeder.fit(given.size)
    except (MaiStudioError, MemoryError) as error:
        if isinstance(error, UsageError):
            raise
        return Failure(item.name, _told(error, item))
    as_numbers = item.targets[0].suffix.lower() in ARRAYS
    yield from feeder.choose(given, as_numbers)
    try:
        return (yield from (_numbers if as_numbers else _pictures)(feeder, item, given, fit))
    except (ExportError, MemoryError) as error:
        return Failure(item.name, _told(error, item))


def _pictures(feeder: Feeder, item: Loaded, given: Packed, fit: Fit) -> Steps[PictureRun]:
    first, target = item.pictures[0], item.targets[0]
    depth = depth_for(first, feeder.session.outputs[0], target.suffix)
    outcome = yield from feeder.run(given, fit, depth, f"running {item.name}")
    results = pictures_of(outcome.pixels, depth, feeder.form.frames, item.name)
    for picture, path in zip(results, item.targets, strict=False):  # repeated frames have no target
        save(picture, path)
    notes = (*given.notes, *outcome.notes, *doubts(given, outcome.pixels, depth))
    size = first.pixels.shape[0], first.pixels.shape[1]
    output_size = results[0].height, results[0].width
    return PictureRun(item.name, item.targets, size, output_size, outcome.inference_us, outcome.tiles, notes)


def _numbers(feeder: Feeder, item: Loaded, given: Packed, fit: Fit) -> Steps[PictureRun]:
    """What the model gives, saved as it is. Raises ModelRunError for a picture that doesn't go in whole."""
    assert feeder.values is not None
    height, width = fit.tiling.tile
    if len(fit.tiling) > 1 or any(fit.tiling.padding):
        raise ModelRunError(
            f"{item.name}: it is {given.size[1]}×{given.size[0]}, and the model takes {width}×{height}: scale or cut "
            "it to that size first, as the model's numbers can't be put together from parts"
        )
    outputs = yield from feeder.infer(given.pixels, given.white, feeder.values.values, f"running {item.name}")
    target = item.targets[0]
    save_bytes(target, array_file(outputs, target.suffix), "the model's output")
    size = item.pictures[0].pixels.shape[0], item.pictures[0].pixels.shape[1]
    notes = (*given.notes, *renamed(outputs, target.suffix))
    return PictureRun(item.name, (target,), size, None, feeder.session.wall_us, 1, notes)


def _check_output(source: Path, output: Path) -> None:
    """Raise UsageError for an output that can't hold what will come, before anything is run."""
    saved = ARRAYS | PARAMETERS.keys()
    if is_folder(source):
        if output.suffix.lower() in saved and not is_folder(output):
            raise UsageError(f"{output}: {source} is a folder: give a folder for its results, too")
    elif source.suffix.lower() in SUFFIXES and not is_folder(output) and output.suffix.lower() not in saved:
        known = ", ".join(sorted(PARAMETERS))
        raise UsageError(f"{output}: pictures are saved as {known}, numbers as .npy or .npz: give one of these")


@contextmanager
def _folder_for_results(folder: Path) -> Iterator[None]:
    """The folder, made with those above it; the new ones are taken away again where nothing was put into them.

    Raises ExportError where it can't be made.
    """
    new: list[Path] = []
    try:
        try:
            new += takewhile(lambda path: not path.exists(), (folder, *folder.parents))
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ExportError(f"{folder}: can't be made ({error.strerror}): give another folder with -o") from None
        yield
    finally:
        for path in new:
            with suppress(OSError):
                path.rmdir()


def _told(error: BaseException, item: Loaded) -> MaiStudioError:
    if isinstance(error, MaiStudioError):
        return error
    return ModelRunError(f"{item.name}: needs more memory than there is: close other programs, or give smaller tiles")
