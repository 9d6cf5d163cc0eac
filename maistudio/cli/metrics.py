"""``maistudio metrics``: a picture measured against a reference, with the convention of every number."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from maistudio.cli.numbers import number
from maistudio.cli.output import labelled, print_lines
from maistudio.errors import UsageError
from maistudio.imaging.conventions import ASSUMED_SCALE, DEFAULT, PRESETS, Colour, Convention, convention_named
from maistudio.jobs.progress import finish

LARGEST_WHITE = 1e6

if TYPE_CHECKING:  # it imports numpy and OpenCV, which a mistyped option need not wait for
    from maistudio.jobs.measure import Measurement


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("picture", metavar="A.png", help="the picture to measure")
    parser.add_argument("reference", metavar="B.png", help="what it is measured against: the ground truth")
    known = ", ".join(preset.id for preset in PRESETS)
    parser.add_argument("--convention", default=DEFAULT.id, metavar="ID", help=f"one of {known}; without: {DEFAULT.id}")
    parser.add_argument(
        "--scale",
        metavar="N",
        help=f"the factor of super-resolution, for conventions that cut off by it; without: {ASSUMED_SCALE}",
    )
    parser.add_argument(
        "--white", metavar="VALUE", help="the value of white in both, where 16 bits hold fewer or floats more than 0..1"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Print the metrics. Raises MaiStudioError for pictures that can't be read or measured."""
    convention = chosen_convention(args.convention, args.scale)
    from maistudio.jobs.measure import as_json, measure

    white = None if args.white is None else chosen_white(args.white)
    measurement = finish(measure(Path(args.picture), Path(args.reference), convention, white))
    if args.json:
        print_lines([json.dumps(as_json(measurement), indent=1, allow_nan=False, ensure_ascii=False)])
    else:
        print_lines(report(measurement, scale_given=args.scale is not None))
    return 0


def chosen_white(text: str) -> float:
    """The value of white. Raises UsageError for one that can be none."""
    white = number("--white", text)
    if not 0 < white <= LARGEST_WHITE:
        raise UsageError(f"--white {text}: give the value of white, such as 1023")
    return white


def chosen_convention(name: str, scale: str | None) -> Convention:
    """The preset at this scale. Raises UsageError for an unknown one, or a scale that is no factor."""
    convention = convention_named(name)
    if scale is None:
        return convention
    if not (scale.isascii() and scale.isdecimal() and len(scale) <= 2) or not 1 <= int(scale) <= 16:
        raise UsageError(f"--scale {scale}: give a whole number from 1 to 16")
    return convention.at_scale(int(scale))


def report(measurement: Measurement, scale_given: bool) -> Iterable[str]:
    """The numbers, what they were measured by, and what should be known about the pictures."""
    same = "infinite: nothing that was measured differs"
    yield labelled("PSNR", same if measurement.identical else f"{measurement.psnr:.4f} dB")
    yield labelled("SSIM", _number(measurement.ssim, 6))
    yield labelled("MS-SSIM", _number(measurement.ms_ssim, 6))
    yield labelled("VMAF-NEG", _number(measurement.vmaf_neg, 2))
    yield from _lines("Convention", _convention(measurement.convention, scale_given))
    if measurement.vmaf_neg is not None:
        from maistudio.imaging.vmaf import VMAF_NEG

        yield labelled("", f"VMAF-NEG: model {VMAF_NEG.model}, {VMAF_NEG.matrix} luma in 8 bits, the whole picture")
    yield from _lines("Notes", measurement.notes)


def _convention(convention: Convention, scale_given: bool) -> Iterable[str]:
    yield f"{convention.id}: {convention.title}"
    scale = ""
    if convention.shave_per_scale:
        scale = f" (scale {convention.scale}{'' if scale_given else ', assumed: give another with --scale'})"
    channels = "luma of RGB" if convention.colour is Colour.LUMA else "RGB"
    yield (
        f"{channels}, {convention.rounding.value}, peak {convention.peak:g}, "
        f"{convention.border} px cut off each side{scale}"
    )
    window = convention.window
    covariance = "sample" if convention.sample_covariance else "population"
    yield f"SSIM: Gaussian of {window.taps} taps, sigma {window.sigma:g}, {covariance} covariance, mean of channels"


def _lines(label: str, lines: Iterable[str]) -> Iterable[str]:
    for line in lines:
        yield labelled(label, line)
        label = ""


def _number(value: float | None, decimals: int) -> str:
    return "not measured" if value is None else f"{value:.{decimals}f}"
