"""``maistudio zoo train``: train a network of the zoo on a folder of pictures, or go on where that was stopped."""

from __future__ import annotations

import argparse
import json
import shlex
import sys
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from maistudio.cli.numbers import number, whole
from maistudio.cli.output import complain, labelled, print_lines
from maistudio.cli.telling import finish_told
from maistudio.cli.zoo_order import add_order_arguments, ordered
from maistudio.errors import UsageError, clean
from maistudio.tflite.text import bytes_text
from maistudio.zoo.catalogue import find_network, shelves
from maistudio.zoo.forms import Form

if TYPE_CHECKING:  # it imports numpy and OpenCV, which a mistyped option need not wait for
    from maistudio.jobs.train import Trained
    from maistudio.zoo.training.lesson import Lesson
    from maistudio.zoo.training.pictures import Skipped

EXAM = "patches of the pictures to validate on"
MOST_STEPS = 10_000_000
LARGEST_PATCH = 1024
LARGEST_BATCH = 4096
LARGEST_SEED = 2**31 - 1
LARGEST_RATE = 1.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="a name of `maistudio zoo list`, such as abpn")
    parser.add_argument("--images", required=True, metavar="DIR", help="a folder of photographs to learn from")
    parser.add_argument("--validation", metavar="DIR", help="those to validate on; without: some of --images, held out")
    for option, metavar, says in (
        ("--steps", "N", "steps to train, before those with quantization"),
        ("--patch", "N", "side of a patch, in pixels of the network's input"),
        ("--batch", "N", "patches a step"),
        ("--rate", "X", "Adam's learning rate at the start"),
        ("--seed", "N", "of weights and patches"),
    ):
        parser.add_argument(option, metavar=metavar, help=says)
    add_order_arguments(parser)
    parser.add_argument("--twins", action="store_true", help="write FILE_none.tflite and FILE_none_float.tflite, too")
    parser.add_argument("-o", "--output", required=True, metavar="FILE", help="the .tflite file to write")
    parser.add_argument("--overwrite", action="store_true", help="replace a file that is there")
    parser.add_argument(
        "--restart", action="store_true", help="forget what was trained in FILE.training, and begin anew"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.epilog = (
        "Its state is kept in FILE.training: after a stop, the same command goes on. Without options: the report's "
        "schedule, scaled down."
    )


def run(args: argparse.Namespace) -> int:
    """Train and print what was reached. Pictures that can't be used are told and left out.

    Raises MaiStudioError for what is asked wrongly and what fails, KeyboardInterrupt where a person stops it, after
    saying how to go on.
    """
    output = Path(args.output)
    steps = _whole(args, "steps", MOST_STEPS)
    patch, batch = _whole(args, "patch", LARGEST_PATCH), _whole(args, "batch", LARGEST_BATCH)
    rate = None if args.rate is None else _rate(args.rate)
    order = ordered(args.name, args.form, args.shape)
    from maistudio.jobs.train import train
    from maistudio.jobs.training_plan import SEED, Asked, plan_training
    from maistudio.jobs.training_progress import step_kept
    from maistudio.jobs.training_state import training_folder

    seed = SEED if args.seed is None else whole("--seed", args.seed, 0, LARGEST_SEED)
    validation = None if args.validation is None else Path(args.validation)
    plan = plan_training(order, Asked(Path(args.images), validation, steps, patch, batch, rate, seed))
    _tell_skipped(plan.skipped)
    try:
        with closing(train(plan, output, args.twins, args.overwrite, args.restart)) as job:
            trained = finish_told(job, sys.stderr)
    except KeyboardInterrupt:
        folder = training_folder(output)
        complain(f"stopped: the same command goes on from step {step_kept(folder):,}, which is kept in {folder}")
        raise
    _tell_skipped(trained.skipped)
    if args.json:
        print_lines([json.dumps(as_json(trained), indent=1, allow_nan=False, ensure_ascii=False)])
    else:
        print_lines(report(trained))
    return 0


def _tell_skipped(pictures: Iterable[Skipped]) -> None:
    for picture in pictures:
        complain(f"left out: {picture.reason}")


def _whole(args: argparse.Namespace, name: str, most: int) -> int | None:
    text = getattr(args, name)
    return None if text is None else whole(f"--{name}", text, 1, most)


def _rate(text: str) -> float:
    rate = number("--rate", text)
    if not 0 < rate <= LARGEST_RATE:
        raise UsageError(f"--rate {text}: give a number above 0, up to {LARGEST_RATE:g}, such as 0.001")
    return rate


def report(trained: Trained) -> Iterable[str]:
    """What was trained on what, what was reached, and where it lies."""
    from maistudio.zoo.training.baseline import TITLES

    lesson = trained.plan.lesson
    quantized = f", then {lesson.quantized_steps:,} with quantization" if lesson.quantized_steps else ""
    went_on = f", the last part from step {trained.resumed_at:,} on" if trained.resumed_at else ""
    yield labelled("Network", f"{lesson.name}, {lesson.form}, {lesson.height}×{lesson.width}")
    yield labelled("Steps", f"{lesson.steps:,}{quantized}{went_on}")
    yield labelled("Patches", f"{lesson.batch} a step, {lesson.patch}×{lesson.patch} of the input, seed {lesson.seed}")
    held_out = ", held out of the same folder" if trained.plan.held_out else ""
    count = len(lesson.validation)
    yield labelled("Pictures", f"{len(lesson.images):,}, and {count:,} to validate on{held_out}")
    quality, floats = trained.result["psnr"], trained.result["float_psnr"]
    beside = f" ({floats:.2f} dB in floats)" if lesson.form is Form.INT8 else ""
    yield labelled("Reached", f"{quality:.2f} dB{beside} on {EXAM}")
    yield labelled("Baseline", f"{trained.result['baseline_psnr']:.2f} dB, {TITLES[lesson.task]}")
    for path in trained.files:
        yield labelled("File", f"{clean(str(path))}, {bytes_text(path.stat().st_size)}")
    yield labelled("Log", clean(str(trained.folder / "log.csv")))
    yield labelled("Measure", f"maistudio zoo test {shlex.quote(str(trained.files[0]))} --images DIR{_values(lesson)}")


def _values(lesson: Lesson) -> str:
    """The option that `zoo test` needs for a network whose input isn't on the challenge's range."""
    from maistudio.zoo.training.camera import LARGEST_COUNT

    usual = find_network(lesson.name, shelves())[0].model.values
    white = LARGEST_COUNT if usual is None else usual[1]
    return "" if lesson.white == white else f" --values 0..{lesson.white:g}"


def as_json(trained: Trained) -> dict[str, Any]:
    """What ``--json`` prints: the lesson, the child's result, and where everything lies."""
    lesson = trained.plan.lesson
    return {
        "files": [str(path) for path in trained.files],
        "folder": str(trained.folder),
        "lesson": json.loads(lesson.to_json()),
        "held_out": trained.plan.held_out,
        "resumed_at": trained.resumed_at,
        "result": dict(trained.result),
        "skipped": [{"source": each.path, "error": each.reason} for each in (*trained.plan.skipped, *trained.skipped)],
    }
