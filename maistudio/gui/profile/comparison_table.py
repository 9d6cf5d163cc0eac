"""Outcomes of a plan as a table, with the marks that tell ties."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from maistudio.gui.profile.history_table import span_text
from maistudio.gui.profile.words import ENGINE_NAMES, FLAG_NAMES, threads_text, when_text
from maistudio.jobs.comparison import Row
from maistudio.jobs.tables import Column, Table, Unit
from maistudio.tflite.text import clean, elide_middle


def comparison_table(rows: Sequence[Row]) -> Table:
    """A line for each of ``rows``, in their order. Numbers of other rows count from 1."""

    def of(value: Callable[[Row], float | None]) -> Callable[[int], float | None]:
        return lambda place: value(rows[place])

    def statistic(value: Callable[[Any], float]) -> Callable[[int], float | None]:
        return of(lambda row: None if row.statistics is None else value(row.statistics))

    models = (_word("Model", lambda place: clean(rows[place].model)),) if several_models(rows) else ()
    whens = (_word("When", lambda place: when(rows[place])),) if of_several_times(rows) else ()
    return Table(
        (
            _number("#", lambda place: place + 1, "count"),
            *models,
            _word("Engine", lambda place: ENGINE_NAMES[rows[place].engine]),
            _number("Threads", lambda place: rows[place].threads, "count"),
            _number("Median", statistic(lambda found: found.median_us), "us"),
            _number("Speed-up", of(lambda row: row.speed_up), "ratio"),
            Column(
                "95 % interval",
                statistic(lambda found: found.ci95_us[0]),
                lambda place: span_text(rows[place].statistics),
            ),
            _word("Remarks", lambda place: remarks(rows[place])),
            *whens,
            _word("Level with", lambda place: ", ".join(str(other + 1) for other in rows[place].level_with)),
        ),
        len(rows),
    )


def remarks(row: Row) -> str:
    """Why a row has no numbers, or what is to be said about them."""
    if row.refusal:
        return clean(row.refusal)
    words = [FLAG_NAMES.get(flag.id, flag.id).lower() for flag in row.flags]
    if row.fastest:
        words.insert(0, "★ fastest" if not row.level_with else "★ among the fastest")
    return ", ".join(words)


def several_models(rows: Sequence[Row]) -> bool:
    return len({row.model for row in rows}) > 1


def of_several_times(rows: Sequence[Row]) -> bool:
    """Whether some configuration was run more than once."""
    return len({(row.model, row.engine, row.threads) for row in rows}) < len(rows)


def when(row: Row) -> str:
    """When a row was measured, "" where it was not."""
    return "" if row.run is None else when_text(row.run.started)


def row_names(rows: Sequence[Row], most: int | None = None) -> list[str]:
    """The rows in the choice of the one that others are compared with, model names within ``most`` characters."""
    named, dated = several_models(rows), of_several_times(rows)
    return [_row_name(place, row, most if named else 0, dated) for place, row in enumerate(rows, 1)]


def _row_name(place: int, row: Row, most: int | None, dated: bool) -> str:
    model = "" if most == 0 else clean(row.model if most is None else elide_middle(row.model, most))
    parts = [model, ENGINE_NAMES[row.engine], threads_text(row.threads), when(row) if dated else ""]
    return f"{place}  {', '.join(part for part in parts if part)}"


def _word(title: str, text: Callable[[int], str]) -> Column:
    return Column(title, lambda place: text(place) or None, text)


def _number(title: str, value: Callable[[int], Any], unit: Unit) -> Column:
    def text(place: int) -> str:
        number = value(place)
        return "" if number is None else f"{number:.3f}" if isinstance(number, float) else str(number)

    return Column(title, value, text, unit)
