"""``maistudio zoo test``: what a model reaches on a folder of pictures, beside the baseline."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

from maistudio.cli.challenges import known_challenges
from maistudio.cli.output import complain, labelled, print_lines
from maistudio.cli.run import cpu_threads, notes_told
from maistudio.cli.telling import finish_told
from maistudio.errors import clean
from maistudio.jobs.text_tables import TextTable, aligned
from maistudio.timing.values import Configuration

if TYPE_CHECKING:  # it imports numpy and OpenCV, which a mistyped option need not wait for
    from maistudio.jobs.model_quality import MeasuredPicture, ModelMeasurement, Quality

REFUSED = 2
HEADINGS = ("Picture", "Size", "PSNR", "Baseline", "Gain", "SSIM", "Baseline", "Gain")
NUMBERS = (False, *[True] * 7)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", help="a .tflite file")
    parser.add_argument("--images", required=True, metavar="DIR", help="a folder of photographs, which are degraded")
    parser.add_argument(
        "--challenge", metavar="ID", help="what the model is for; without: told by its input and output"
    )
    parser.add_argument("--values", metavar="RANGE", help="the numbers of black and white, as in `maistudio run`")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Measure and print. Returns 2 where some pictures were left out.

    Raises MaiStudioError for a model that can't be run, and for everything that is asked wrongly.
    """
    catalogue = known_challenges()
    challenge = None if args.challenge is None else catalogue.named(args.challenge)
    from maistudio.jobs.feeding.feeder import FeedOptions
    from maistudio.jobs.feeding.values import parse_values
    from maistudio.jobs.measure_model import measure_model

    if args.values is not None:
        parse_values(args.values)
    options = FeedOptions(Configuration(threads=cpu_threads(None)), challenge, args.values)
    job = measure_model(Path(args.model), Path(args.images), options, catalogue.challenges)
    done = finish_told(job, sys.stderr)
    if args.json:
        print_lines([json.dumps(as_json(done), indent=1, allow_nan=False, ensure_ascii=False)])
    else:
        print_lines(report(done))
    for failure in done.failures:
        complain(str(failure.error))
    return REFUSED if done.failures else 0


def report(done: ModelMeasurement) -> Iterable[str]:
    """What was measured and how, each picture, and the means."""
    yield labelled("Model", clean(str(done.path)))
    how = ", told by its input and output" if done.recognised else ""
    yield labelled("Challenge", f"{done.challenge.id}{how}")
    yield labelled("Pictures", f"{done.degradation}; the same for every model")
    yield labelled("Baseline", done.baseline_title)
    yield labelled("Measured", f"{done.convention.id}: {done.convention.title}")
    yield labelled("Input", f"values {done.values.values.text}, {done.values.why}")
    yield from notes_told(done.notes, ((picture.source, picture.notes) for picture in done.pictures))
    yield ""
    rows = [_row(picture) for picture in done.pictures]
    mean = ("Mean", "", *_numbers(done.model, done.baseline))
    yield from aligned(TextTable(HEADINGS, NUMBERS, (*rows, mean)))


def _row(picture: MeasuredPicture) -> tuple[str, ...]:
    height, width = picture.size
    name = clean(Path(picture.source).name)
    return (name, f"{width}×{height}", *_numbers(picture.model, picture.baseline))


def _numbers(model: Quality, baseline: Quality) -> Iterable[str]:
    yield from (f"{model.psnr:.2f}", f"{baseline.psnr:.2f}", _gain(model.psnr - baseline.psnr, 2))
    yield from (f"{model.ssim:.4f}", f"{baseline.ssim:.4f}", _gain(model.ssim - baseline.ssim, 4))


def _gain(value: float, decimals: int) -> str:
    return f"{value:+.{decimals}f}" if isfinite(value) else "–"


def as_json(done: ModelMeasurement) -> dict[str, Any]:
    """What ``--json`` prints: dB, gains over the baseline, times in µs; null for a PSNR where nothing differs."""
    from maistudio.jobs.measure import convention_json

    return {
        "model": str(done.path),
        "challenge": done.challenge.id,
        "task": done.task.value,
        "recognised": done.recognised,
        "degradation": done.degradation,
        "seed": done.seed,
        "baseline": done.baseline_title,
        "convention": convention_json(done.convention),
        "input_values": done.values.values.text,
        "output_values": done.output_values.values.text,
        "pictures": [
            {
                "source": picture.source,
                "size": list(reversed(picture.size)),
                **_values(picture.model, picture.baseline),
                "inference_us": picture.inference_us,
                "tiles": picture.tiles,
                "notes": list(picture.notes),
            }
            for picture in done.pictures
        ],
        "mean": _values(done.model, done.baseline),
        "failures": [{"source": failure.name, "error": str(failure.error)} for failure in done.failures],
        "notes": list(done.notes),
    }


def _values(model: Quality, baseline: Quality) -> dict[str, float | None]:
    values = {
        "psnr": model.psnr,
        "ssim": model.ssim,
        "baseline_psnr": baseline.psnr,
        "baseline_ssim": baseline.ssim,
        "psnr_gain": model.psnr - baseline.psnr,
        "ssim_gain": model.ssim - baseline.ssim,
    }
    return {name: value if isfinite(value) else None for name, value in values.items()}
