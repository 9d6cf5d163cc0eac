"""Measure what a model makes of a folder of pictures: degraded, run, and set beside the originals and a baseline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from maistudio.challenges.challenge import Challenge
from maistudio.errors import MeasureError, ModelRunError, PictureError, UsageError
from maistudio.imaging.conventions import Convention
from maistudio.imaging.metrics import psnr, ssim
from maistudio.imaging.packing import unpack_frames
from maistudio.imaging.picture import Pixels
from maistudio.jobs.degraded import Degraded, degraded
from maistudio.jobs.feeding.channels import EIGHT_BITS, FLOATS
from maistudio.jobs.feeding.feeder import Feeder, FeedOptions, Steps
from maistudio.jobs.feeding.sources import Failure, pictures_in
from maistudio.jobs.model_quality import MeasuredPicture, ModelMeasurement, Quality, mean, measured_by
from maistudio.jobs.open import open_model
from maistudio.jobs.progress import Job, Progress
from maistudio.jobs.tasks import recognised, task_of
from maistudio.runtime.children import Children


def measure_model(
    model: Path,
    images: Path,
    options: FeedOptions,
    known: Sequence[Challenge],
    children: Children | None = None,
) -> Job[ModelMeasurement]:
    """Measure ``model`` on the pictures of a folder, each degraded as its challenge's task has it.

    Without a challenge in ``options``, it is the one of ``known`` that its input and output fit. A picture that can't
    be used is told among the failures. Raises ModelFileError, ModelRunError and RuntimeMissingError for the model,
    UsageError where its task can't be told, PictureError for a folder without a picture that can be used.
    """
    paths = pictures_in(images)
    yield Progress("reading the model", 0.0)
    opened = yield from open_model(model)
    chosen = options.challenge or recognised(opened, known)
    feeder = Feeder(model, opened, replace(options, challenge=chosen), children)
    try:
        yield from feeder.start()
        if chosen is None:
            raise UsageError(
                f"{model}: its input and output fit no challenge: say what it is for with --challenge, one of "
                f"{', '.join(each.id for each in known)}"
            )
        pictures, failures = yield from _measure_all(feeder, chosen, paths)
        if not pictures:
            raise PictureError(images, f"holds no picture that can be used: {failures[0].error}")
        assert feeder.values is not None
        assert feeder.output_values is not None
        return ModelMeasurement(
            model,
            chosen,
            options.challenge is None,
            task_of(chosen),
            feeder.values,
            feeder.output_values,
            pictures,
            failures,
            (*feeder.session.notes, *feeder.notes),
        )
    finally:
        feeder.close()


def _measure_all(
    feeder: Feeder, challenge: Challenge, paths: Sequence[Path]
) -> Job[tuple[tuple[MeasuredPicture, ...], tuple[Failure, ...]]]:
    measured: list[MeasuredPicture] = []
    failures: list[Failure] = []
    for place, path in enumerate(paths):
        yield Progress(f"measuring {path.name}", place / len(paths))
        try:
            pair = degraded(path, challenge)
            measured.append((yield from _measured(feeder, challenge, str(path), pair)))
        except PictureError as error:
            failures.append(Failure(str(path), error))
        except MeasureError as error:
            failures.append(Failure(str(path), PictureError(path, f"can't be measured, as {error}")))
    return tuple(measured), tuple(failures)


def _measured(feeder: Feeder, challenge: Challenge, source: str, pair: Degraded) -> Steps[MeasuredPicture]:
    """One picture through the model. Raises ModelRunError where what comes out isn't what the challenge asks for."""
    convention = measured_by(challenge)
    fit = feeder.fit(pair.given.size)
    yield from feeder.choose(pair.given)
    depth = EIGHT_BITS if pair.truth[0].dtype == np.uint8 else FLOATS
    outcome = yield from feeder.run(pair.given, fit, depth, f"running {source}")
    made = list(unpack_frames(outcome.pixels)) if len(pair.truth) > 1 else [outcome.pixels]
    height, width = made[0].shape[:2]
    size = pair.truth[0].shape[:2]
    if (height, width, len(made)) != (*size, len(pair.truth)):
        raise ModelRunError(
            f"{feeder.model}: it made {width}×{height} of {pair.given.size[1]}×{pair.given.size[0]}, and the challenge "
            f"{challenge.id} asks for {size[1]}×{size[0]}: give another --challenge"
        )
    yield Progress(f"comparing {source}")
    model, plain = (_quality(frames, pair.truth, convention) for frames in (made, pair.baseline))
    notes = (*pair.notes, *outcome.notes)
    return MeasuredPicture(source, (height, width), model, plain, outcome.inference_us, outcome.tiles, notes)


def _quality(frames: Sequence[Pixels], truth: Sequence[Pixels], convention: Convention) -> Quality:
    pairs = [(_levels(a, convention), _levels(b, convention)) for a, b in zip(frames, truth, strict=True)]
    return mean([Quality(psnr(a, b, convention), ssim(a, b, convention)) for a, b in pairs])


def _levels(pixels: Pixels, convention: Convention) -> Pixels:
    """8 bits as they are, floats of 0..1 on the convention's range."""
    return pixels if pixels.dtype == np.uint8 else np.clip(pixels, 0, 1) * np.float32(convention.peak)
