"""A timing in lines for people."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path

from maistudio.cli.output import labelled
from maistudio.errors import clean
from maistudio.tflite.text import bytes_text, plural
from maistudio.timing.values import Run, Status

MOST_OPS = 30


def report(run: Run) -> Iterable[str]:
    """What is known of one run, for people."""
    configuration, machine = run.configuration, run.machine
    threads = plural(configuration.threads, "thread")
    yield labelled("Model", clean(_from_here(run.model.path)))
    yield labelled("Engine", f"{configuration.engine}, {threads}, {run.runtime_version or 'LiteRT'}")
    yield labelled("When", time.strftime("%Y-%m-%d %H:%M", time.localtime(run.started)))
    yield labelled("Machine", f"{clean(machine.cpu)}, {machine.cores} cores, {machine.system}")
    if run.status is not Status.DONE:
        yield labelled("Ended", f"{run.status}: {clean(run.error)}" if run.error else run.status.value)
    if run.samples.wall_us:
        yield from _times(run)
    yield labelled("First", _or_unknown(run.first_us))
    yield labelled("Initialise", _or_unknown(run.init_us))
    if run.peak_rss_bytes is not None:
        yield labelled("Peak memory", bytes_text(run.peak_rss_bytes))
    for flag in run.flags:
        yield labelled(flag.id.replace("_", " ").capitalize(), flag.reason)
    for note in run.notes:
        yield labelled("Note", clean(note))
    yield labelled("Stored as", run.id)
    yield from _ops(run)


def _from_here(path: str) -> str:
    """A path as one would type it in the working directory, where that is shorter."""
    try:
        here = Path.cwd()
    except OSError:  # it was deleted, or may not be looked at
        return path
    return str(Path(path).relative_to(here)) if Path(path).is_relative_to(here) else path


def _times(run: Run) -> Iterable[str]:
    from maistudio.jobs.comparison import milliseconds
    from maistudio.timing.statistics import median, statistics_of

    found = statistics_of(run.samples.wall_us)
    low, high = map(milliseconds, found.ci95_us)
    warm_up = "" if run.warmup_runs is None else f" after {run.warmup_runs} to warm up"
    yield labelled("Median", f"{milliseconds(found.median_us)} ms ({low} to {high}, 95 %)")
    yield labelled("Mean", f"{milliseconds(found.mean_us)} ms, {found.throughput_per_s:,.1f} a second")
    yield labelled("p90, min", f"{milliseconds(found.p90_us)} ms, {milliseconds(found.min_us)} ms")
    yield labelled("CPU time", f"{milliseconds(median(run.samples.cpu_us))} ms, the median, of all threads together")
    yield labelled("Runs", f"{found.runs:,}{warm_up} ({run.preset})")


def _or_unknown(us: float | None) -> str:
    from maistudio.jobs.comparison import milliseconds

    return "unknown" if us is None else f"{milliseconds(us)} ms"


def named_ops(run: Run) -> Iterable[str]:
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
            "" if op.kernels == (op.type,) else clean(", ".join(op.kernels)),
        )
        for op in longest[:MOST_OPS]
    )
    yield ""
    headings = ("Op", "Type", "ms", "Share", "GMAC/s", "By", "Kernels")
    yield from aligned(TextTable(headings, (False, False, True, True, True, False, False), rows))
    more = len(longest) - len(rows)
    if more > 0:
        rest = sum(op.us for op in longest[MOST_OPS:])
        yield f"and {more} more, {milliseconds(rest)} ms in all (--json has them)"
    yield f"These times add up to {100 * run.ops.explained:.1f} % of the wall time of the {run.ops.runs} profiled runs."
