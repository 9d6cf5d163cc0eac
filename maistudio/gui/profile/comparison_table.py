"""Outcomes of a plan as a table, with the marks that tell ties."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from maistudio.gui.profile.history_table import span_text
from maistudio.gui.profile.words import ENGINE_NAMES, FLAG_NAMES, threads_text
from maistudio.jobs.comparison import Row
from maistudio.jobs.tables import Column, Table, Unit
from maistudio.tflite.text import clean


def comparison_table(rows: Sequence[Row]) -> Table:
    """A line for each of ``rows``, in their order. Numbers of other rows count from 1."""

    def of(value: Callable[[Row], float | None]) -> Callable[[int], float | None]:
        return lambda place: value(rows[place])

    def statistic(value: Callable[[Any], float]) -> Callable[[int], float | None]:
        return of(lambda row: None if row.statistics is None else value(row.statistics))

    models = (_word("Model", lambda place: clean(rows[place].model)),) if several_models(rows) else ()
    return Table(
        (
            _number("#", lambda place: place + 1, "count"),
            *models,
            _word("Engine", lambda place: ENGINE_NAMES[rows[place].engine]),
            _number("Threads", lambda place: rows[place].threads, "count"),
            _number("Median", statistic(lambda found: found.median_us), "us"),
            Column(
                "95 % interval",
                statistic(lambda found: found.ci95_us[0]),
                lambda place: span_text(rows[place].statistics),
            ),
            _number("Speed-up", of(lambda row: row.speed_up), "ratio"),
            _word("Ties with", lambda place: ", ".join(str(other + 1) for other in rows[place].level_with)),
            _word("Remarks", lambda place: remarks(rows[place])),
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


def row_names(rows: Sequence[Row]) -> list[str]:
    """The rows in the choice of the one that others are compared with."""
    several = several_models(rows)
    return [
        f"{place}  {f'{clean(row.model)}, ' if several else ''}{ENGINE_NAMES[row.engine]}, {threads_text(row.threads)}"
        for place, row in enumerate(rows, 1)
    ]


def _word(title: str, text: Callable[[int], str]) -> Column:
    return Column(title, lambda place: text(place) or None, text)


def _number(title: str, value: Callable[[int], Any], unit: Unit) -> Column:
    def text(place: int) -> str:
        number = value(place)
        return "" if number is None else f"{number:.3f}" if isinstance(number, float) else str(number)

    return Column(title, value, text, unit)
