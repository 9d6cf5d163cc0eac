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
from maistudio.cli.output import labelled, print_lines
from maistudio.cli.telling import CLEAR, TELL_SECONDS
from maistudio.errors import UsageError, clean
from maistudio.tflite.text import plural
from maistudio.timing.presets import PRESETS, Limits, describe, limits_named
from maistudio.timing.values import Configuration, Engine, Run, Shape, Status

if TYPE_CHECKING:
    from maistudio.jobs.plan import Outcome, PlanJob, PlanProgress
    from maistudio.jobs.profile import ProfileRequest

REFUSED = 2
MOST_THREADS = 256
MOST_RUNS = 10_000_000
MOST_OPS = 30
GIGABYTE = 1_000_000_000


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
        sys.stderr.write(f"maistudio: {clean(refusal)}\n")
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
        bounds = replace(bounds, wall_seconds=positive("--timeout", args.timeout))
    if args.memory is not None:
        bounds = replace(bounds, memory_bytes=int(positive("--memory", args.memory) * GIGABYTE))
    ways = configurations(engines, threads, Configuration(shapes=shapes, signature=args.signature))
    return [
        ProfileRequest(Path(model), way, limits, args.ops and way.engine is not Engine.GPU, bounds)
        for model in args.models
        for way in ways
    ]


def timed(requests: Sequence[ProfileRequest], tell: TextIO) -> tuple[Outcome, ...]:
    """What came of the requests; how it goes is told where a person reads."""
    from maistudio.jobs.plan import run_plan
    from maistudio.library.library import open_library
    from maistudio.runtime.children import Children

    with open_library() as library, Children() as children:
        library.mark_interrupted()
        return followed(run_plan(requests, library, children), tell)


def followed(job: PlanJob, tell: TextIO) -> tuple[Outcome, ...]:
    """Run a plan to its end. On a terminal, its progress stands in one line; else only warnings are told."""
    person = tell.isatty()
    warned, told = 0, 0.0
    while True:
        try:
            progress = next(job)
        except StopIteration as stop:
            if person:
                tell.write(CLEAR)
            outcomes: tuple[Outcome, ...] = stop.value
            return outcomes
        if progress.live is not None and progress.place != warned:
            warned = progress.place
            if progress.live.warning:
                tell.write(f"{CLEAR if person else ''}{clean(progress.live.run.model.name)}: {progress.live.warning}\n")
        if person and time.monotonic() - told >= TELL_SECONDS:
            told = time.monotonic()
            tell.write(f"{CLEAR}{_progress_line(progress)}")
            tell.flush()


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
    return [*as_text(rows), *notes, *(line for _, run in runs for line in _named_ops(run))]


def report(run: Run) -> Iterable[str]:
    """What is known of one run, for people."""
    configuration, machine = run.configuration, run.machine
    threads = plural(configuration.threads, "thread")
    yield labelled("Model", clean(_from_here(run.model.path)))
    yield labelled("Engine", f"{configuration.engine}, {threads}, {run.runtime_version or 'LiteRT'}")
    yield labelled("Machine", f"{clean(machine.cpu)}, {machine.cores} cores, {machine.system}")
    if run.status is not Status.DONE:
        yield labelled("Ended", f"{run.status}: {clean(run.error)}" if run.error else run.status.value)
    if run.samples.wall_us:
        yield from _times(run)
    yield labelled("First", _or_unknown(run.first_us))
    yield labelled("Initialise", _or_unknown(run.init_us))
    if run.peak_rss_bytes is not None:
        yield labelled("Peak memory", f"{run.peak_rss_bytes / 1e6:,.0f} MB")
    for flag in run.flags:
        yield labelled(flag.id.replace("_", " ").capitalize(), flag.reason)
    for note in run.notes:
        yield labelled("Note", clean(note))
    yield labelled("Stored as", run.id)
    yield from _ops(run)


def _from_here(path: str) -> str:
    """A path as one would type it in the working directory, where that is shorter."""
    here = Path.cwd()
    return str(Path(path).relative_to(here)) if Path(path).is_relative_to(here) else path


def _times(run: Run) -> Iterable[str]:
    from maistudio.jobs.comparison import milliseconds
    from maistudio.timing.statistics import statistics_of

    found = statistics_of(run.samples.wall_us)
    low, high = map(milliseconds, found.ci95_us)
    warm_up = "" if run.warmup_runs is None else f" after {run.warmup_runs} to warm up"
    yield labelled("Median", f"{milliseconds(found.median_us)} ms ({low} to {high}, 95 %)")
    yield labelled("Mean", f"{milliseconds(found.mean_us)} ms, {found.throughput_per_s:,.1f} a second")
    yield labelled("p90, min", f"{milliseconds(found.p90_us)} ms, {milliseconds(found.min_us)} ms")
    yield labelled("CPU time", f"{milliseconds(sum(run.samples.cpu_us) / found.runs)} ms a run, all threads")
    yield labelled("Runs", f"{found.runs:,}{warm_up} ({run.preset})")


def _or_unknown(us: float | None) -> str:
    from maistudio.jobs.comparison import milliseconds

    return "unknown" if us is None else f"{milliseconds(us)} ms"


def _named_ops(run: Run) -> Iterable[str]:
    if run.ops is not None:
        yield ""
        yield f"{clean(run.model.name)}, {run.configuration.engine}, {plural(run.configuration.threads, 'thread')}"
        yield from _ops(run)


def _ops(run: Run) -> Iterable[str]:
    """The ops that took longest, and how much of the time they explain."""
    if run.ops is None:
        return
    from maistudio.jobs.comparison import milliseconds
    from maistudio.jobs.text_tables import TextTable, aligned

    longest = sorted(run.ops.ops, key=lambda op: -op.us)
    rows = tuple(
        (
            ", ".join(map(str, op.indices)) or "-",
            op.type,
            milliseconds(op.us),
            f"{100 * op.share:.1f} %",
            "-" if op.gmacs_per_s is None else f"{op.gmacs_per_s:.1f}",
            op.executor.value,
        )
        for op in longest[:MOST_OPS]
    )
    yield ""
    yield from aligned(
        TextTable(("Op", "Type", "ms", "Share", "GMAC/s", "By"), (False, False, True, True, True, False), rows)
    )
    more = len(longest) - len(rows)
    if more > 0:
        rest = sum(op.us for op in longest[MOST_OPS:])
        yield f"and {more} more, {milliseconds(rest)} ms in all (--json has them)"
    yield f"These times add up to {100 * run.ops.explained:.1f} % of the wall time of the {run.ops.runs} profiled runs."


def chosen_limits(preset: str | None, runs: str | None, seconds: str | None, cap: str | None) -> Limits:
    """The preset's limits, with what is given instead. Raises UsageError for an unknown preset, or no such limits."""
    if preset is not None and preset not in PRESETS:
        raise UsageError(f"--preset {preset}: choose one of {', '.join(PRESETS)}")
    limits = limits_named(preset or next(iter(PRESETS)))
    if runs is None and seconds is None and cap is None:
        return limits
    wanted_runs = limits.runs if runs is None else whole("--runs", runs, 1, MOST_RUNS)
    wanted_seconds = limits.seconds if seconds is None else number("--seconds", seconds)
    wanted_cap = max(limits.cap_seconds, wanted_seconds) if cap is None else number("--cap", cap)
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


def positive(option: str, text: str) -> float:
    """A number above 0. Raises UsageError."""
    value = number(option, text)
    if value <= 0:
        raise UsageError(f"{option} {text}: give a number above 0")
    return value
