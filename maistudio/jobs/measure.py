"""Measure a picture against a reference, each number with the convention that made it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from maistudio.errors import MeasureError, clean
from maistudio.imaging.conventions import Convention
from maistudio.imaging.metrics import ms_ssim, psnr, smallest_for_ms_ssim, ssim
from maistudio.imaging.picture import Picture, Pixels
from maistudio.imaging.reading import load
from maistudio.imaging.vmaf import VMAF_NEG, vmaf_neg, why_no_vmaf
from maistudio.jobs.progress import Job, Progress

WHITE_OF_VMAF = 255.0

FEWER_BITS = 4095
"""A pair of 16 bits that never exceeds this holds 8, 10 or 12 bits, or is all but black."""
BEYOND_WHITE = 2.0
"""Floats above this many times white are on another range; a network's overshoot stays below."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """What a picture measures against a reference.

    ``psnr`` in dB is infinite where nothing measured differs; SSIMs are at most 1, ``vmaf_neg`` is 0..100. None stands
    for what could not be measured; ``notes`` say why, and what was done to the pictures when they were read.
    """

    psnr: float
    ssim: float | None
    ms_ssim: float | None
    vmaf_neg: float | None
    convention: Convention
    notes: tuple[str, ...]

    @property
    def identical(self) -> bool:
        return math.isinf(self.psnr)


def measure(picture: Path, reference: Path, convention: Convention, white: float | None = None) -> Job[Measurement]:
    """Measure two picture files under a convention.

    ``white`` is the value of white in both files where it isn't that of their type: 1023 for 10 bits stored in 16.
    Raises PictureError for a file that can't be read as a picture, MeasureError for two that don't fit, or whose
    values evidently have another white.
    """
    yield Progress("reading the pictures", 0.0)
    first, second = load(picture), load(reference)
    if white is None:
        check_white(first, second)
    else:
        first, second = (replace(each, white=white) for each in (first, second))
    notes = [f"{each.source}: {note}" for each in (first, second) for note in each.notes]
    a, b = (on_range(each, convention.peak) for each in (first, second))
    yield Progress("measuring PSNR", 0.2)
    decibels = psnr(a, b, convention)
    yield Progress("measuring SSIM", 0.3)
    similarity = _or_note(lambda: ssim(a, b, convention), notes)
    yield Progress("measuring MS-SSIM", 0.5)
    multiscale = None if similarity is None else ms_ssim(a, b, convention)
    if similarity is not None and multiscale is None:
        side = smallest_for_ms_ssim(convention)
        notes.append(f"MS-SSIM needs pictures of {side}×{side} pixels or more under this convention")
    yield Progress("measuring VMAF-NEG", 0.7)
    perceptual = _vmaf(first, second, notes)
    return Measurement(
        decibels, similarity, multiscale, perceptual, convention, tuple(dict.fromkeys(map(clean, notes)))
    )


def check_white(picture: Picture, reference: Picture) -> None:
    """Raises MeasureError where the largest values show that white isn't where the files' types have it."""
    for each in (picture, reference):
        if each.pixels.dtype.kind == "f" and each.maximum > BEYOND_WHITE * each.white:
            raise MeasureError(
                f"{each.source}: its values reach {each.maximum:g} where white is {each.white:g}: say where white is, "
                "such as --white 255"
            )
    deep = all(each.pixels.dtype == np.uint16 for each in (picture, reference))
    highest = max(picture.maximum, reference.maximum)
    if deep and 0 < highest <= FEWER_BITS:
        raise MeasureError(
            f"{picture.source} and {reference.source}: their 16 bits are used up to {highest:,.0f} only: say where "
            f"white is, such as --white {2 ** int(highest).bit_length() - 1} (or --white 65535 if they are so dark)"
        )


def on_range(picture: Picture, peak: float) -> Pixels:
    """Pixels as the metrics take them: integers that fill their type as they are, others as floats on 0..peak."""
    pixels = picture.pixels
    if pixels.dtype.kind == "u" and picture.white == np.iinfo(pixels.dtype).max:
        return pixels
    with np.errstate(over="ignore"):  # the metrics refuse what becomes infinite
        return pixels.astype(np.float32) * np.float32(peak / picture.white)


def _or_note(measured: Callable[[], float | None], notes: list[str]) -> float | None:
    """A number, or None and a note where the pictures are too small for it."""
    try:
        return measured()
    except MeasureError as error:
        notes.append(str(error))
        return None


def _vmaf(picture: Picture, reference: Picture, notes: list[str]) -> float | None:
    reason = why_no_vmaf(picture.height, picture.width)
    if reason:
        notes.append(reason)
        return None
    a, b = (on_range(each, WHITE_OF_VMAF) for each in (picture, reference))
    return _or_note(lambda: vmaf_neg(a, b), notes)


def as_json(measurement: Measurement) -> dict[str, Any]:
    """What ``maistudio metrics --json`` prints; an infinite PSNR is None with ``identical`` true."""
    return {
        "psnr": None if measurement.identical else measurement.psnr,
        "ssim": measurement.ssim,
        "ms_ssim": measurement.ms_ssim,
        "vmaf_neg": measurement.vmaf_neg,
        "convention": convention_json(measurement.convention) | {"vmaf": vmaf_json()},
        "identical": measurement.identical,
        "notes": list(measurement.notes),
    }


def convention_json(convention: Convention) -> dict[str, Any]:
    """A convention with everything that a number depends on. ``shave`` is what was cut off each side, in pixels."""
    window = convention.window
    return {
        "id": convention.id,
        "title": convention.title,
        "colour": convention.colour.value,
        "shave": convention.border,
        "scale": convention.scale if convention.shave_per_scale else None,
        "rounding": convention.rounding.value,
        "peak": convention.peak,
        "window": {"shape": "Gaussian", "taps": window.taps, "sigma": window.sigma, "margin": window.margin},
        "sample_covariance": convention.sample_covariance,
        "source": convention.source,
    }


def vmaf_json() -> dict[str, Any]:
    """What VMAF-NEG is measured with, whatever the convention: the whole picture in 8 bits."""
    return asdict(VMAF_NEG)
