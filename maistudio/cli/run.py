"""``maistudio run``: what a model makes of a picture, of a folder of pictures, or of a clip."""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from maistudio.cli.challenges import known_challenges
from maistudio.cli.inspect import parse_shapes
from maistudio.cli.metrics import chosen_white
from maistudio.cli.numbers import whole
from maistudio.cli.output import complain, labelled, print_lines
from maistudio.cli.telling import finish_told
from maistudio.errors import UsageError, clean
from maistudio.timing.values import Configuration, Engine

if TYPE_CHECKING:  # it imports numpy and OpenCV, which a mistyped option need not wait for
    from maistudio.jobs.feeding.choice import Choice
    from maistudio.jobs.run_model import PictureRun, RunReport
    from maistudio.runtime.protocol import TensorSpec

REFUSED = 2
MOST_THREADS = 256
LARGEST_TILE = 2**16

NEGATIVE = re.compile(r"-\.?\d")
"""The beginning of a value such as -1..1, which argparse takes for an option before Python 3.14."""
NO_ROOM = ("failed to map segment", "annot allocate memory")
"""What the system's loader says of a library it has no memory for."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser._negative_number_matcher = NEGATIVE
    engines = ", ".join(Engine)
    parser.add_argument("model", metavar="MODEL", help="a .tflite file")
    parser.add_argument("source", metavar="IN", help="a picture, a folder of pictures or frames, or a video")
    parser.add_argument(
        "-o",
        "--output",
        required=True,
        metavar="OUT",
        help="the picture to write, or a folder for the results of a folder; .npy or .npz for the model's own numbers",
    )
    parser.add_argument("--challenge", metavar="ID", help="feed the model as this challenge does")
    parser.add_argument(
        "--values",
        metavar="RANGE",
        help="the numbers of black and white in the input: 0..1, 0..255, -1..1, counts (as in the file) or stored "
        "(8 bits as they are, whatever the input's scale); without: what the model states, else by trial",
    )
    parser.add_argument(
        "--white",
        metavar="VALUE",
        help="the value of white, where 16 bits hold fewer, floats more than 0..1, or in raw",
    )
    parser.add_argument(
        "--shape",
        action="append",
        default=[],
        metavar="NAME=1x360x640x3",
        help="run at this shape of the input, where its file leaves it open",
    )
    parser.add_argument("--tile", metavar="N", help="run in tiles of N×N pixels; without: only where memory is short")
    parser.add_argument("--overlap", metavar="N", help="pixels by which tiles overlap")
    parser.add_argument("--engine", default=Engine.XNNPACK.value, metavar="NAME", help=f"one of {engines}")
    parser.add_argument("--threads", metavar="N", help="CPU threads; without: as many as cores")
    parser.add_argument("--signature", metavar="KEY", help="run this signature of the model")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Run the model and print what was done. Returns 2 where some pictures of several failed.

    Raises MaiStudioError for a model that can't be run, and for everything that is asked wrongly, MemoryError where
    there is too little memory even to begin.
    """
    try:
        return _run(args)
    except ImportError as error:
        if any(words in str(error) for words in NO_ROOM):
            raise MemoryError from error
        raise


def _run(args: argparse.Namespace) -> int:
    configuration = Configuration(
        chosen_engine(args.engine), cpu_threads(args.threads), parse_shapes(args.shape), args.signature
    )
    challenge = None if args.challenge is None else known_challenges().named(args.challenge)
    white = None if args.white is None else chosen_white(args.white)
    tile = None if args.tile is None else whole("--tile", args.tile, 1, LARGEST_TILE)
    overlap = None if args.overlap is None else whole("--overlap", args.overlap, 0, LARGEST_TILE)
    from maistudio.jobs.feeding.feeder import FeedOptions
    from maistudio.jobs.feeding.fitting import Wishes
    from maistudio.jobs.feeding.values import parse_values
    from maistudio.jobs.run_model import run_on_pictures

    if args.values is not None:
        parse_values(args.values)
    options = FeedOptions(configuration, challenge, args.values, Wishes(tile, overlap))
    job = run_on_pictures(Path(args.model), Path(args.source), Path(args.output), options, white)
    done = finish_told(job, sys.stderr)
    if args.json:
        print_lines([json.dumps(as_json(done), indent=1, allow_nan=False, ensure_ascii=False)])
    else:
        print_lines(report(done))
    for failure in done.failures:
        complain(str(failure.error))
    return REFUSED if done.failures else 0


def chosen_engine(name: str) -> Engine:
    """Who executes the ops. Raises UsageError for an unknown one."""
    if name not in tuple(Engine):
        raise UsageError(f"--engine {name}: choose one of {', '.join(Engine)}")
    return Engine(name)


def cpu_threads(text: str | None) -> int:
    """The number of threads asked for, else one for each core this process may use."""
    if text is None:
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return whole("--threads", text, 1, MOST_THREADS)


def report(done: RunReport) -> Iterable[str]:
    """What was run, how, and what came of each picture."""
    threads = done.configuration.threads
    yield labelled("Model", clean(str(done.model)))
    yield labelled(
        "Engine", f"{done.configuration.engine}, {threads} thread{'' if threads == 1 else 's'}, {done.runtime}"
    )
    if done.values is not None:
        yield labelled("Input", _tensor(done.input, done.values))
    if done.output is not None and done.output_values is not None:
        yield labelled("Output", _tensor(done.output, done.output_values))
    yield labelled("Ready in", _ms(done.init_us))
    label = "Pictures" if len(done.pictures) > 1 else "Picture"
    for picture in done.pictures:
        yield labelled(label, _picture(picture))
        label = ""
    yield from notes_told(done.notes, ((picture.source, picture.notes) for picture in done.pictures))


def _tensor(spec: TensorSpec, choice: Choice) -> str:
    from maistudio.tflite.text import shape_text

    return f"{clean(spec.name)}  {shape_text(spec.shape)}  {spec.dtype}  values {choice.values.text}, {choice.why}"


def _picture(picture: PictureRun) -> str:
    target = clean(str(picture.targets[0]))
    if len(picture.targets) > 1:
        target += f" to {clean(picture.targets[-1].name)}"
    size = "" if picture.output_size is None else f" {_size(picture.output_size)}"
    tiles = "" if picture.tiles == 1 else f" in {picture.tiles} tiles"
    return f"{clean(picture.source)} {_size(picture.size)} → {target}{size}  {_ms(picture.inference_us)}{tiles}"


def _size(size: tuple[int, int]) -> str:
    return f"{size[1]}×{size[0]}"


def _ms(us: float) -> str:
    return f"{us / 1000:,.1f} ms"


def notes_told(notes: Iterable[str], pictures: Iterable[tuple[str, Iterable[str]]]) -> Iterable[str]:
    """Each note once; those of pictures, given by name, with the first that has it where others have none of it."""
    label = "Notes"
    told: dict[str, list[str]] = {note: [] for note in notes}
    count = 0
    for source, its_notes in pictures:
        count += 1
        for note in dict.fromkeys(its_notes):
            told.setdefault(note, []).append(source)
    for note, sources in told.items():
        of_all = not sources or len(sources) == count
        more = f" and {len(sources) - 1:,} more" if len(sources) > 1 else ""
        yield labelled(label, clean(note if of_all else f"{sources[0]}{more}: {note}"))
        label = ""


def as_json(done: RunReport) -> dict[str, Any]:
    """What ``maistudio run --json`` prints; times in µs, sizes as width and height."""
    return {
        "model": str(done.model),
        "engine": done.configuration.engine.value,
        "threads": done.configuration.threads,
        "runtime": done.runtime,
        "init_us": done.init_us,
        "input": done.values and _tensor_json(done.input, done.values),
        "output": done.output and done.output_values and _tensor_json(done.output, done.output_values),
        "pictures": [
            {
                "source": picture.source,
                "targets": [str(target) for target in picture.targets],
                "size": list(reversed(picture.size)),
                "output_size": picture.output_size and list(reversed(picture.output_size)),
                "inference_us": picture.inference_us,
                "tiles": picture.tiles,
                "notes": list(picture.notes),
            }
            for picture in done.pictures
        ],
        "failures": [{"source": failure.name, "error": str(failure.error)} for failure in done.failures],
        "notes": list(done.notes),
    }


def _tensor_json(spec: TensorSpec, choice: Choice) -> dict[str, Any]:
    return {
        "name": spec.name,
        "shape": list(spec.shape),
        "type": spec.dtype,
        "scale": spec.scale,
        "zero_point": spec.zero_point,
        "values": choice.values.text,
        "chosen": choice.why,
    }
