"""When a timing has measured enough, and how long it will still take."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maistudio.errors import UsageError
from maistudio.timing.presets import (
    NEVER_UNDER,
    PRESET_NAMES,
    PRESETS,
    Limits,
    capped,
    describe,
    elapsed_s,
    finished,
    fraction,
    limits_named,
    preset_of,
    remaining_s,
    warmed_up,
)

QUICK = PRESETS["quick"]
run_times = st.floats(1e-5, 100)
all_limits = st.builds(
    lambda runs, seconds, more: Limits(runs, seconds, seconds + more),
    st.integers(1, 300),
    st.floats(0, 60),
    st.floats(0, 100),
)


def runs_made(limits: Limits, run_s: float) -> int:
    """How many runs a model makes that takes ``run_s`` for each."""
    runs = 0
    while not finished(limits, runs, runs * run_s):
        runs += 1
    return runs


@pytest.mark.parametrize(
    ("preset", "runs", "seconds", "cap"),
    [("quick", 64, 6, 30), ("normal", 256, 30, 180), ("submission", 1024, 60, 1200)],
)
def test_presets_are_those_people_were_promised(preset: str, runs: int, seconds: float, cap: float) -> None:
    assert limits_named(preset) == Limits(runs, seconds, cap)


def test_a_fast_model_runs_until_its_seconds_are_over() -> None:
    assert runs_made(QUICK, 1 / 64) == 6 * 64


def test_a_slower_model_runs_until_it_has_its_runs() -> None:
    assert runs_made(QUICK, 0.25) == 64


def test_a_slow_model_makes_the_runs_that_fit_below_the_cap() -> None:
    assert runs_made(QUICK, 4) == 7


def test_a_run_may_end_at_the_cap() -> None:
    assert runs_made(QUICK, 5) == 6


def test_a_very_slow_model_goes_on_to_five_runs() -> None:
    assert runs_made(QUICK, 8) == 5


def test_few_runs_asked_for_are_five_all_the_same() -> None:
    assert runs_made(Limits(1, 0, 10), 0.5) == 5


@given(all_limits, st.floats(0.01, 100))
def test_no_timing_of_even_runs_passes_its_cap_but_for_the_first_five(limits: Limits, run_s: float) -> None:
    runs = runs_made(limits, run_s)
    assert runs >= NEVER_UNDER
    assert runs == NEVER_UNDER or runs * run_s <= limits.cap_seconds * (1 + 1e-9)


def test_what_the_cap_stopped_is_capped() -> None:
    assert capped(QUICK, 7, 28)


def test_five_runs_beyond_the_cap_are_capped() -> None:
    assert capped(QUICK, 5, 40)


def test_what_reached_both_is_not_capped() -> None:
    assert not capped(QUICK, 64, 29.9)


def test_what_still_runs_is_not_capped() -> None:
    assert not capped(QUICK, 6, 24)


def test_seconds_as_long_as_the_cap_are_not_capped() -> None:
    limits = Limits(10, 10, 10)
    assert not capped(limits, runs_made(limits, 0.3), runs_made(limits, 0.3) * 0.3)


def test_the_time_left_is_that_of_the_runs_left() -> None:
    assert remaining_s(QUICK, 16, 4) == pytest.approx(12)


def test_the_time_left_is_that_of_the_seconds_left_where_runs_are_short() -> None:
    assert remaining_s(QUICK, 100, 1) == pytest.approx(5)


def test_the_time_left_ends_at_the_cap() -> None:
    assert remaining_s(QUICK, 6, 24) == pytest.approx(6)


def test_the_time_left_goes_past_the_cap_to_five_runs() -> None:
    assert remaining_s(QUICK, 3, 24) == pytest.approx(16)


def test_before_the_first_run_the_seconds_are_left() -> None:
    assert remaining_s(QUICK, 0, 0) == 6


def test_before_the_first_run_an_expected_time_is_believed() -> None:
    assert remaining_s(QUICK, 0, 0, expected_run_s=8) == 40


@given(all_limits, run_times, st.integers(0, 400))
def test_time_is_left_until_it_is_finished(limits: Limits, run_s: float, runs: int) -> None:
    left = remaining_s(limits, runs, runs * run_s)
    assert left == 0 if finished(limits, runs, runs * run_s) else left >= 0


@given(all_limits, run_times, st.integers(0, 400))
def test_the_fraction_is_one_only_where_it_is_finished(limits: Limits, run_s: float, runs: int) -> None:
    done = fraction(limits, runs, runs * run_s)
    assert done == 1 if finished(limits, runs, runs * run_s) else 0 <= done < 1


def test_halfway_the_fraction_is_a_half() -> None:
    assert fraction(QUICK, 32, 8) == pytest.approx(0.5)


def test_nothing_done_of_what_takes_no_time_is_none() -> None:
    assert fraction(Limits(64, 0, 30), 0, 0) == 0


def test_a_warm_up_makes_its_runs_and_its_time() -> None:
    assert [warmed_up(QUICK, *made) for made in ((0, 0.6), (40, 0.4), (1, 0.6))] == [False, False, True]


def test_what_counts_is_the_sum_of_the_runs() -> None:
    assert elapsed_s([250_000.0, 500_000.0]) == 0.75


@pytest.mark.parametrize("preset", PRESETS)
def test_limits_know_their_preset(preset: str) -> None:
    assert preset_of(limits_named(preset)) == preset


def test_other_limits_are_free() -> None:
    assert preset_of(Limits(64, 6, 29)) == "free"


def test_every_preset_has_a_name_for_people() -> None:
    assert set(PRESET_NAMES) == {*PRESETS, "free"}


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (QUICK, "64 runs and 6 s, at most 30 s"),
        (PRESETS["submission"], "1,024 runs and 60 s, at most 20 min"),
        (Limits(1, 0.5, 150), "1 run and 0.5 s, at most 150 s"),
    ],
)
def test_limits_are_told_in_words(limits: Limits, words: str) -> None:
    assert describe(limits) == words


def test_an_unknown_preset_is_refused_with_those_there_are() -> None:
    with pytest.raises(UsageError, match="'fast' is no preset: choose one of quick, normal, submission"):
        limits_named("fast")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"runs": 0}, "0 runs measure nothing"),
        ({"seconds": -1.0}, "-1 s is no time"),
        ({"seconds": math.nan}, "nan s is no time"),
        ({"cap_seconds": math.inf}, "inf s is no time"),
        ({"warmup_seconds": math.inf}, "inf s is no time"),
        ({"warmup_runs": -1}, "-1 warm-up runs"),
        ({"cap_seconds": 5.0}, "a cap of 5 s leaves no room for 6 s"),
    ],
)
def test_limits_that_make_no_sense_are_refused(arguments: dict[str, float], sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        Limits(**{"runs": 64, "seconds": 6, "cap_seconds": 30, **arguments})  # type: ignore[arg-type]
