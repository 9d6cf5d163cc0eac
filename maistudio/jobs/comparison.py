"""Runs beside each other: medians, speed-ups, ties; and their export."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from maistudio.jobs.plan import Outcome
from maistudio.jobs.text_tables import TextTable, aligned, as_markdown
from maistudio.timing.run_json import run_json
from maistudio.timing.statistics import median, statistics_of, tied
from maistudio.timing.values import Engine, Flag, Run, Statistics

CSV_COLUMNS = (
    *("model", "engine", "threads", "runs", "median_us", "ci95_low_us", "ci95_high_us", "mean_us", "p90_us", "min_us"),
    *("cpu_us", "init_us", "peak_rss_bytes", "speed_up", "fastest", "level_with", "flags", "refusal"),
    *("id", "started", "sha256", "device", "cpu", "runtime_version"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One outcome. ``statistics`` are None, and ``refusal`` says why, where there is no timing.

    ``speed_up`` is the baseline's median by this one's (the reports' "Speed-Up" with the CPU as the baseline).
    ``fastest`` marks the row of the smallest median and those whose intervals overlap its; ``level_with`` are the
    places, from 0, of all rows whose intervals overlap this one's. ``run`` is what all of it was measured in.
    """

    model: str
    engine: Engine
    threads: int
    statistics: Statistics | None
    init_us: float | None
    peak_rss_bytes: int | None
    speed_up: float | None
    fastest: bool
    level_with: tuple[int, ...]
    flags: tuple[Flag, ...]
    refusal: str | None
    run: Run | None = None


def compare(outcomes: Sequence[Outcome], baseline: int | None = None) -> tuple[Row, ...]:
    """The rows of outcomes, in their order. ``baseline`` is the place of one; without, the first that was timed."""
    statistics = [
        statistics_of(outcome.run.samples.wall_us) if outcome.run and outcome.run.samples.wall_us else None
        for outcome in outcomes
    ]
    timed = [place for place, found in enumerate(statistics) if found]
    base = baseline if baseline is not None and statistics[baseline] else next(iter(timed), None)
    best = min(timed, key=lambda place: _median(statistics[place]), default=None)
    return tuple(_row(place, outcome, statistics, base, best) for place, outcome in enumerate(outcomes))


def _row(
    place: int, outcome: Outcome, statistics: Sequence[Statistics | None], base: int | None, best: int | None
) -> Row:
    own, run = statistics[place], outcome.run
    level = tuple(
        other for other, found in enumerate(statistics) if own and found and other != place and tied(own, found)
    )
    configuration = outcome.request.configuration
    return Row(
        model=outcome.request.model.name,
        engine=configuration.engine,
        threads=configuration.threads,
        statistics=own,
        init_us=run.init_us if run else None,
        peak_rss_bytes=run.peak_rss_bytes if run else None,
        speed_up=_median(statistics[base]) / own.median_us if own and base is not None else None,
        fastest=own is not None and best is not None and (place == best or best in level),
        level_with=level,
        flags=run.flags if run else (),
        refusal=outcome.refusal,
        run=run,
    )


def _median(statistics: Statistics | None) -> float:
    assert statistics is not None
    return statistics.median_us


def table(rows: Sequence[Row]) -> TextTable:
    """The rows as texts, times in ms; a row that was not timed has its sentence as the note."""
    headings = ("#", "Model", "Engine", "Threads", "Median (ms)", "95 % interval", "p90 (ms)", "Speed-up", "Level with")
    numbers = (True, False, False, True, True, True, True, True, False, False)
    return TextTable((*headings, "Notes"), numbers, tuple(_texts(place, row) for place, row in enumerate(rows)))


def _texts(place: int, row: Row) -> tuple[str, ...]:
    first = (str(place + 1), row.model, row.engine.value, str(row.threads))
    if row.statistics is None:
        return (*first, "-", "-", "-", "-", "", row.refusal or "not timed")
    found = row.statistics
    low, high = found.ci95_us
    level = ", ".join(str(other + 1) for other in row.level_with)
    notes = [*(["fastest"] if row.fastest else []), *(flag.id.replace("_", " ") for flag in row.flags)]
    return (
        *first,
        milliseconds(found.median_us),
        f"{milliseconds(low)} to {milliseconds(high)}",
        milliseconds(found.p90_us),
        "-" if row.speed_up is None else f"{row.speed_up:.2f}×",
        level,
        ", ".join(notes),
    )


def milliseconds(us: float) -> str:
    """A time in ms with at least three digits that count."""
    ms = us / 1e3
    decimals = next(
        (decimals for least, decimals in ((100, 1), (10, 2), (1, 3), (0.1, 4), (0.01, 5)) if ms >= least), 6
    )
    return f"{ms:,.{decimals}f}"


def as_text(rows: Sequence[Row]) -> Iterable[str]:
    return aligned(table(rows))


def as_markdown_table(rows: Sequence[Row]) -> Iterable[str]:
    return as_markdown(table(rows))


def as_csv(rows: Sequence[Row]) -> str:
    """Numbers in full, times in µs, sizes in bytes; what is not known is empty."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(CSV_COLUMNS)
    writer.writerows(map(_values, rows))
    return written.getvalue()


def _values(row: Row) -> list[object]:
    found = row.statistics
    times: list[object] = [""] * 7
    if found:
        times = [found.runs, found.median_us, *found.ci95_us, found.mean_us, found.p90_us, found.min_us]
    level = " ".join(str(other + 1) for other in row.level_with)
    flags = " ".join(flag.id for flag in row.flags)
    cpu_us = median(row.run.samples.cpu_us) if row.run and row.run.samples.cpu_us else None
    known = [cpu_us, row.init_us, row.peak_rss_bytes, row.speed_up, int(row.fastest), level, flags, row.refusal]
    return [row.model, row.engine.value, row.threads, *times, *known, *_origin(row.run)]


def _origin(run: Run | None) -> list[object]:
    """What a number can be traced by; the start in ISO 8601, UTC."""
    if run is None:
        return [None] * 6
    started = datetime.fromtimestamp(run.started, UTC).isoformat(timespec="seconds")
    return [run.id, started, run.model.sha256, run.machine.name, run.machine.cpu, run.runtime_version]


def as_json(outcomes: Sequence[Outcome]) -> str:
    """One object for one outcome, a list for several; one that was not timed has ``error`` instead of numbers."""
    objects = [run_json(outcome.run) if outcome.run else refusal_json(outcome) for outcome in outcomes]
    return json.dumps(objects[0] if len(objects) == 1 else objects, indent=1, allow_nan=False, ensure_ascii=False)


def refusal_json(outcome: Outcome) -> dict[str, object]:
    configuration = outcome.request.configuration
    return {
        "model": str(outcome.request.model),
        "engine": configuration.engine.value,
        "threads": configuration.threads,
        "error": outcome.refusal,
    }
