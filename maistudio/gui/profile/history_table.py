"""Earlier runs of a model as a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from maistudio.gui.profile.words import (
    ENGINE_NAMES,
    FLAG_NAMES,
    STATUS_NAMES,
    preset_text,
    scale_of_time,
    shapes_text,
    when_text,
)
from maistudio.jobs.tables import Column, Table, Unit
from maistudio.library.summary import RunSummary
from maistudio.timing.values import Statistics, Status


def history_table(runs: Sequence[RunSummary]) -> Table:
    """A row for each of ``runs``, in their order."""

    def of_statistics(value: Callable[[Statistics], float]) -> Callable[[int], float | None]:
        def get(row: int) -> float | None:
            found = runs[row].statistics
            return None if found is None else value(found)

        return get

    return Table(
        (
            Column("When", lambda row: runs[row].started, lambda row: when_text(runs[row].started)),
            _word("Engine", lambda row: ENGINE_NAMES[runs[row].configuration.engine]),
            _number("Threads", lambda row: runs[row].configuration.threads, "count"),
            _number("Median", of_statistics(lambda found: found.median_us), "us"),
            Column(
                "95 % interval",
                of_statistics(lambda found: found.ci95_us[0]),
                lambda row: span_text(runs[row].statistics),
            ),
            _number("Runs", of_statistics(lambda found: found.runs), "count"),
            _word("Length", lambda row: preset_text(runs[row].preset)),
            _word("Ops", lambda row: "timed" if runs[row].has_ops else ""),
            _word("Remarks", lambda row: remarks(runs[row])),
        ),
        len(runs),
    )


def remarks(run: RunSummary) -> str:
    """What is to be said about a run: how it ended, its flags, its shapes."""
    words = [] if run.status is Status.DONE else [STATUS_NAMES[run.status].lower()]
    words += [FLAG_NAMES.get(flag.id, flag.id).lower() for flag in run.flags]
    if shapes := shapes_text(run.configuration):
        words.append(shapes)
    if run.error:
        words.append(run.error)
    return ", ".join(words)


def span_text(found: Statistics | None) -> str:
    """The interval of a median: "57.18 to 58.17 ms"; "" where there is none."""
    if found is None:
        return ""
    scale = scale_of_time(found.median_us)
    low, high = found.ci95_us
    return f"{scale.number(low)} to {scale.text(high)}"


def _word(title: str, text: Callable[[int], str]) -> Column:
    return Column(title, lambda row: text(row) or None, text)


def _number(title: str, value: Callable[[int], Any], unit: Unit) -> Column:
    def text(row: int) -> str:
        number = value(row)
        return "" if number is None else f"{number:.3f}" if isinstance(number, float) else str(number)

    return Column(title, value, text, unit)
