"""Runs beside each other: speed-ups, ties and their export."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from timed_runs import measured_run

from maistudio.jobs.comparison import (
    CSV_COLUMNS,
    as_csv,
    as_json,
    as_markdown_table,
    as_text,
    compare,
    milliseconds,
)
from maistudio.jobs.plan import Outcome
from maistudio.jobs.profile import ProfileRequest
from maistudio.timing.presets import PRESETS
from maistudio.timing.values import Configuration, Engine, Flag, Samples


def timed(samples: Sequence[float], engine: Engine = Engine.XNNPACK, **changes: Any) -> Outcome:
    """An outcome with these wall times in µs."""
    run = replace(measured_run(), samples=Samples(tuple(samples), tuple(samples)), **changes)
    return Outcome(ProfileRequest(Path("models/net.tflite"), Configuration(engine), PRESETS["quick"]), run)


def refused(sentence: str = "its op MyOp is custom") -> Outcome:
    return Outcome(ProfileRequest(Path("broken.tflite"), Configuration(Engine.GPU), PRESETS["quick"]), None, sentence)


FAST, SLOW = [10.0, 11.0, 12.0, 11.0, 10.5, 11.5], [40.0, 44.0, 48.0, 44.0, 42.0, 46.0]


def test_the_speed_up_is_the_baselines_median_by_ones_own() -> None:
    slow, fast = compare([timed(SLOW), timed(FAST)])
    assert (slow.speed_up, fast.speed_up) == (1.0, 4.0)


def test_another_baseline_can_be_chosen() -> None:
    slow, fast = compare([timed(SLOW), timed(FAST)], baseline=1)
    assert (slow.speed_up, fast.speed_up) == (0.25, 1.0)


def test_a_baseline_that_was_not_timed_gives_way_to_the_first_that_was() -> None:
    rows = compare([refused(), timed(SLOW), timed(FAST)], baseline=0)
    assert [row.speed_up for row in rows] == [None, 1.0, 4.0]


def test_the_smallest_median_is_the_fastest() -> None:
    assert [row.fastest for row in compare([timed(SLOW), timed(FAST)])] == [False, True]


def test_rows_whose_intervals_overlap_are_level() -> None:
    nearly = [value + 0.2 for value in FAST]
    slow, fast, close = compare([timed(SLOW), timed(FAST), timed(nearly)])
    assert (slow.level_with, fast.level_with, close.level_with) == ((), (2,), (1,))
    assert fast.fastest
    assert close.fastest


def test_one_that_was_not_timed_is_neither_fast_nor_level() -> None:
    row, _ = compare([refused(), timed(FAST)])
    assert (row.statistics, row.fastest, row.level_with, row.refusal) == (None, False, (), "its op MyOp is custom")


def test_nothing_timed_has_no_fastest() -> None:
    assert [row.fastest for row in compare([refused(), refused()])] == [False, False]


@given(st.lists(st.lists(st.floats(1, 1e6), min_size=1, max_size=9), min_size=1, max_size=6))
def test_being_level_is_mutual(timings: list[list[float]]) -> None:
    rows = compare([timed(samples) for samples in timings])
    for place, row in enumerate(rows):
        assert all(place in rows[other].level_with for other in row.level_with)


def test_the_text_names_speed_up_and_flags() -> None:
    flagged = timed(FAST, flags=(Flag("machine_busy", "others work"),))
    _, slow, fast = as_text(compare([timed(SLOW), flagged]))
    assert "1.00×" in slow
    assert "4.00×" in fast
    assert fast.endswith("fastest, machine busy")


def test_the_text_says_why_one_was_not_timed() -> None:
    assert list(as_text(compare([timed(FAST), refused()])))[2].endswith("its op MyOp is custom")


def test_the_markdown_has_a_row_for_each() -> None:
    assert len(list(as_markdown_table(compare([timed(FAST), refused()])))) == 4


def test_the_csv_has_the_numbers_in_full() -> None:
    (row,) = csv.DictReader(io.StringIO(as_csv(compare([timed([1.25, 2.0625, 3.5])]))))
    assert list(row) == list(CSV_COLUMNS)
    assert (row["median_us"], row["runs"], row["speed_up"], row["fastest"]) == ("2.0625", "3", "1.0", "1")


def test_a_row_of_the_csv_can_be_traced() -> None:
    run = timed(FAST, started=1_700_000_000.0).run
    (row,) = csv.DictReader(io.StringIO(as_csv(compare([timed(FAST, started=1_700_000_000.0)]))))
    assert run is not None
    assert (row["id"], row["sha256"], row["device"]) == (run.id, run.model.sha256, run.machine.name)
    assert (row["started"], row["cpu_us"]) == ("2023-11-14T22:13:20+00:00", "11.0")


def test_the_csv_leaves_empty_what_is_not_known() -> None:
    row = next(csv.DictReader(io.StringIO(as_csv(compare([refused()])))))
    assert (row["median_us"], row["peak_rss_bytes"], row["refusal"]) == ("", "", "its op MyOp is custom")


def test_the_json_of_one_is_an_object_of_several_a_list() -> None:
    assert json.loads(as_json([timed(FAST)]))["samples_us"] == FAST
    one, other = json.loads(as_json([timed(FAST), refused()]))
    assert one["runs"] == 6
    assert other == {"model": "broken.tflite", "engine": "gpu", "threads": 1, "error": "its op MyOp is custom"}


@pytest.mark.parametrize(
    ("us", "text"),
    [
        (0.394, "0.000394"),
        (3.94, "0.003940"),
        (61.04, "0.06104"),
        (261.04, "0.2610"),
        (1234.5, "1.234"),
        (12_345.0, "12.35"),
        (1_234_567.0, "1,234.6"),
    ],
)
def test_times_keep_three_digits_that_count(us: float, text: str) -> None:
    assert milliseconds(us) == text
