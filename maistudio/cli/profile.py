"""``maistudio profile``: how long models take on this machine, and each of their ops."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from maistudio.cli.inspect import parse_shapes
from maistudio.cli.numbers import number, whole
from maistudio.cli.output import complain, is_terminal, print_lines, tell
from maistudio.cli.telling import CLEAR, TELL_SECONDS
from maistudio.cli.timing_report import named_ops, report
from maistudio.errors import UsageError, clean
from maistudio.tflite.text import plural
from maistudio.timing.presets import PRESETS, Limits, describe, limits_named
from maistudio.timing.values import Configuration, Engine, Shape

if TYPE_CHECKING:
    from maistudio.jobs.plan import Outcome, PlanJob, PlanProgress
    from maistudio.jobs.profile import ProfileRequest

REFUSED = 2
MOST_THREADS = 256
MOST_RUNS = 10_000_000
GIGABYTE = 1_000_000_000
LEAST_GIGABYTES, MOST_GIGABYTES = 0.01, 1_000_000
MOST_SECONDS = 1_000_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    presets = ", ".join(f"{name} ({describe(limits)})" for name, limits in PRESETS.items())
    parser.add_argument("models", nargs="+", metavar="MODEL", help="a .tflite file")
    parser.add_argument("--threads", default="1", metavar="1,2", help="CPU threads; several numbers make several runs")
    parser.add_argument(
        "--engine",
        default=Engine.XNNPACK.value,
        metavar="NAME",
        help=f"who executes the ops: {', '.join(Engine)}; several, with commas between, make several runs",
    )
    parser.add_argument("--preset", metavar="NAME", help=f"how much is measured: {presets}; without: quick")
    parser.add_argument("--runs", metavar="N", help="measure at least this many runs, instead of the preset's")
    parser.add_argument("--seconds", metavar="S", help="measure at least this long, instead of the preset's")
    parser.add_argument("--cap", metavar="S", help="measure no longer than this, but five runs")
    parser.add_argument("--ops", action="store_true", help="time each op too (not on the GPU)")
    parser.add_argument(
        "--shape",
        action="append",
        default=[],
        metavar="NAME=1x360x640x3",
        help="the shape of the named input, where the file leaves it open; may be given for several inputs",
    )
    parser.add_argument("--signature", metavar="KEY", help="run this signature of the model")
    parser.add_argument("--timeout", metavar="S", help="give up a load or an inference that takes longer; without: 600")
    parser.add_argument("--memory", metavar="GB", help="memory a run may take; without: 80%% of the machine's")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print a JSON object, for several runs a list of them")
    form.add_argument("--csv", action="store_true", help="print CSV, a row for each run")
    form.add_argument("--markdown", action="store_true", help="print a Markdown table")


def run(args: argparse.Namespace) -> int:
    """Time the models. Returns 2 where one could not be timed.

    Raises MaiStudioError where nothing can be asked as it is written, or stored.
    """
    limits = chosen_limits(args.preset, args.runs, args.seconds, args.cap)
    engines, threads, shapes = chosen_engines(args.engine), chosen_threads(args.threads), parse_shapes(args.shape)
    if args.ops and engines == (Engine.GPU,):
        raise UsageError("--ops: LiteRT does not time ops on the GPU; choose another engine, or leave --ops away")
    requests = _requests(args, limits, engines, threads, shapes)
    outcomes = timed(requests, sys.stderr)
    print_lines(_lines(args, outcomes))
    refusals = dict.fromkeys(f"{each.request.model}: {each.refusal}" for each in outcomes if each.refusal is not None)
    for refusal in refusals:
        complain(refusal)
    return REFUSED if refusals else 0


def _requests(
    args: argparse.Namespace,
    limits: Limits,
    engines: Sequence[Engine],
    threads: Sequence[int],
    shapes: dict[str, Shape],
) -> list[ProfileRequest]:
    """Each model in each way."""
    from maistudio.jobs.plan import configurations
    from maistudio.jobs.profile import ProfileRequest
    from maistudio.runtime.bounds import Bounds

    bounds = Bounds()
    if args.timeout is not None:
        bounds = replace(bounds, wall_seconds=positive("--timeout", args.timeout, MOST_SECONDS))
    if args.memory is not None:
        bounds = replace(
            bounds, memory_bytes=int(positive("--memory", args.memory, MOST_GIGABYTES, LEAST_GIGABYTES) * GIGABYTE)
        )
    ways = configurations(engines, threads, Configuration(shapes=shapes, signature=args.signature))
    return [
        ProfileRequest(Path(model), way, limits, args.ops and way.engine is not Engine.GPU, bounds)
        for model in args.models
        for way in ways
    ]


def timed(requests: Sequence[ProfileRequest], stream: TextIO | None) -> tuple[Outcome, ...]:
    """What came of the requests; how it goes is told where a person reads."""
    from maistudio.jobs.plan import run_plan
    from maistudio.library.library import open_library
    from maistudio.runtime.children import Children

    with open_library() as library, Children() as children:
        library.mark_interrupted()
        return followed(run_plan(requests, library, children), stream)


def followed(job: PlanJob, stream: TextIO | None) -> tuple[Outcome, ...]:
    """Run a plan to its end. On a terminal, its progress stands in one line; else only warnings are told.

    A person is warned at once, others when a model has run: of one that can't, its refusal says all.
    """
    person = is_terminal(stream)
    warned, told = 0, 0.0
    while True:
        try:
            progress = next(job)
        except StopIteration as stop:
            if person:
                tell(stream, CLEAR)
            outcomes: tuple[Outcome, ...] = stop.value
            return outcomes
        live = progress.live
        if live is not None and progress.place != warned and (person or live.wall_us):
            warned = progress.place
            if live.warning:
                tell(stream, f"{CLEAR if person else ''}{clean(live.run.model.name)}: {live.warning}\n")
        if person and time.monotonic() - told >= TELL_SECONDS:
            told = time.monotonic()
            tell(stream, f"{CLEAR}{_progress_line(progress)}")


def _progress_line(progress: PlanProgress) -> str:
    place = f"{progress.place} of {progress.of}: " if progress.of > 1 else ""
    live = progress.live
    runs = f", {plural(len(live.wall_us), 'run')}" if live and live.wall_us else ""
    left = f", {live.remaining_s:.0f} s left" if live and live.remaining_s is not None else ""
    return f"{place}{progress.stage}{runs}{left}"


def _lines(args: argparse.Namespace, outcomes: Sequence[Outcome]) -> Iterable[str]:
    """What goes to standard output: a model that could not be timed stands there only among others."""
    from maistudio.jobs.comparison import as_csv, as_json, as_markdown_table, as_text, compare

    if len(outcomes) == 1 and outcomes[0].run is None:
        return []
    if args.json:
        return [as_json(outcomes)]
    rows = compare(outcomes)
    if args.csv:
        return as_csv(rows).splitlines()
    if args.markdown:
        return as_markdown_table(rows)
    if len(outcomes) == 1 and outcomes[0].run is not None:
        return report(outcomes[0].run)
    runs = [(place, outcome.run) for place, outcome in enumerate(outcomes, 1) if outcome.run is not None]
    notes = [f"{place}: {clean(note)}" for place, run in runs for note in run.notes]
    return [*as_text(rows), *notes, *(line for _, run in runs for line in named_ops(run))]


def chosen_limits(preset: str | None, runs: str | None, seconds: str | None, cap: str | None) -> Limits:
    """The preset's limits, with what is given instead. Raises UsageError for an unknown preset, or no such limits."""
    if preset is not None and preset not in PRESETS:
        raise UsageError(f"--preset {preset}: choose one of {', '.join(PRESETS)}")
    limits = limits_named(preset or next(iter(PRESETS)))
    if runs is None and seconds is None and cap is None:
        return limits
    wanted_runs = limits.runs if runs is None else whole("--runs", runs, 1, MOST_RUNS)
    wanted_seconds = limits.seconds if seconds is None else seconds_of("--seconds", seconds)
    wanted_cap = max(limits.cap_seconds, wanted_seconds) if cap is None else seconds_of("--cap", cap)
    if seconds is None and cap is not None:
        wanted_seconds = min(wanted_seconds, wanted_cap)
    return replace(limits, runs=wanted_runs, seconds=wanted_seconds, cap_seconds=wanted_cap)


def chosen_engines(text: str) -> tuple[Engine, ...]:
    """Engines from their names with commas between. Raises UsageError for an unknown one."""
    names = dict.fromkeys(name.strip() for name in text.split(","))
    for name in names:
        if name not in tuple(Engine):
            raise UsageError(f"--engine {name}: choose one of {', '.join(Engine)}")
    return tuple(map(Engine, names))


def chosen_threads(text: str) -> tuple[int, ...]:
    """Numbers of threads, with commas between. Raises UsageError for one that can be none."""
    return tuple(dict.fromkeys(whole("--threads", part.strip(), 1, MOST_THREADS) for part in text.split(",")))


def seconds_of(option: str, text: str) -> float:
    """Seconds, 0 or more. Raises UsageError."""
    value = number(option, text)
    return value if value <= 0 else positive(option, text, MOST_SECONDS)


def positive(option: str, text: str, most: float, least: float = 0.0) -> float:
    """A number above 0, from ``least`` to ``most``. Raises UsageError."""
    value = number(option, text)
    if value <= 0:
        raise UsageError(f"{option} {text}: give a number above 0")
    if not least <= value <= most:
        raise UsageError(f"{option} {text}: give a number from {least:g} to {most:,}")
    return value
