"""The numbers of a timing against their definitions, and the interval of the median against its promise."""

from __future__ import annotations

import math
import random
import statistics
import time
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maistudio.timing.statistics import histogram, rank_of_interval, statistics_of, tied

times = st.lists(st.floats(0, 1e12), min_size=1, max_size=200)


@given(times)
def test_the_median_is_that_of_the_standard_library(wall_us: list[float]) -> None:
    assert statistics_of(wall_us).median_us == pytest.approx(statistics.median(wall_us))


@given(times)
def test_the_mean_is_that_of_the_standard_library(wall_us: list[float]) -> None:
    assert statistics_of(wall_us).mean_us == pytest.approx(statistics.fmean(wall_us))


@given(times)
def test_the_ninth_decile_is_a_sample_that_nine_tenths_do_not_exceed(wall_us: list[float]) -> None:
    oracle = float(np.quantile(wall_us, 0.9, method="inverted_cdf"))
    assert statistics_of(wall_us).p90_us == oracle


def test_the_variation_is_that_of_a_sample() -> None:
    wall_us = [10.0, 12.0, 11.0, 15.0]
    assert statistics_of(wall_us).cv == pytest.approx(statistics.stdev(wall_us) / 12)


@given(times)
def test_order_does_not_matter(wall_us: list[float]) -> None:
    assert statistics_of(wall_us) == statistics_of(wall_us[::-1])


@given(times)
def test_smallest_interval_median_and_largest_are_in_order(wall_us: list[float]) -> None:
    found = statistics_of(wall_us)
    assert found.min_us <= found.ci95_us[0] <= found.median_us <= found.ci95_us[1] <= max(wall_us)


def test_a_single_sample_is_its_own_statistics() -> None:
    found = statistics_of([8.0])
    assert (found.runs, found.median_us, found.ci95_us, found.p90_us, found.min_us, found.cv) == (1, 8, (8, 8), 8, 8, 0)


def test_throughput_is_how_many_fit_into_a_second() -> None:
    assert statistics_of([400.0, 600.0]).throughput_per_s == 2000


def test_a_clock_that_saw_no_time_gives_no_throughput() -> None:
    assert statistics_of([0.0, 0.0]).throughput_per_s == 0


def test_no_sample_has_no_statistics() -> None:
    with pytest.raises(ValueError, match="statistics need a sample"):
        statistics_of([])


@pytest.mark.parametrize(
    ("n", "rank"), [(5, 1), (6, 1), (8, 1), (9, 2), (11, 2), (20, 6), (40, 14), (70, 27), (100, 40)]
)
def test_ranks_are_those_of_printed_tables(n: int, rank: int) -> None:
    assert rank_of_interval(n) == rank


@pytest.mark.parametrize("n", [6, 7, 30, 31, 64, 255, 1024])
def test_the_rank_is_the_highest_that_still_covers_95_percent(n: int) -> None:
    def coverage(rank: int) -> Fraction:
        return 1 - Fraction(2 * sum(math.comb(n, k) for k in range(rank)), 2**n)

    rank = rank_of_interval(n)
    assert coverage(rank + 1) < 0.95 <= coverage(rank)


def test_the_interval_is_that_of_a_published_example() -> None:
    """The example of ci.median in the R package statpsych 1.6.0."""
    y = [20, 40, 30, 20, 15, 10, 10, 60, 20, 25, 20, 30, 10, 5, 50, 40, 20, 10, 0, 20, 50]
    assert statistics_of(y).ci95_us == (10, 30)


def test_under_six_samples_the_interval_is_all_of_them() -> None:
    assert statistics_of([3.0, 1.0, 5.0, 2.0, 4.0]).ci95_us == (1, 5)


@pytest.mark.parametrize("n", [6, 20, 64])
@pytest.mark.parametrize(
    ("draw", "median"),
    [
        (lambda luck: luck.gauss(100, 5), 100),
        (lambda luck: 100 + luck.expovariate(1), 100 + math.log(2)),
        (lambda luck: luck.lognormvariate(4, 1), math.exp(4)),
    ],
    ids=["normal", "exponential", "lognormal"],
)
def test_95_percent_of_intervals_hold_the_median(n: int, draw: Callable[[random.Random], float], median: float) -> None:
    """5 standard errors of 2,000 trials below 95 % would be 92.6 %."""
    luck = random.Random(2024)
    intervals = [statistics_of([draw(luck) for _ in range(n)]).ci95_us for _ in range(2000)]
    held = sum(low <= median <= high for low, high in intervals) / len(intervals)
    assert 0.935 < held < 0.985


def test_overlapping_intervals_are_a_tie() -> None:
    a, b = statistics_of([10.0, 11.0, 12.0]), statistics_of([12.0, 13.0, 14.0])
    assert tied(a, b)
    assert tied(b, a)


def test_intervals_apart_are_no_tie() -> None:
    a, b = statistics_of([10.0, 11.0, 12.0]), statistics_of([12.1, 13.0, 14.0])
    assert not tied(a, b)
    assert not tied(b, a)


@given(times, st.integers(1, 80))
def test_every_sample_is_counted_once(wall_us: list[float], bins: int) -> None:
    found = histogram(wall_us, bins)
    assert sum(found.counts) + found.below + found.above == len(wall_us)


@given(times, st.integers(1, 80))
def test_there_are_at_most_the_bins_asked_for(wall_us: list[float], bins: int) -> None:
    assert 1 <= len(histogram(wall_us, bins).counts) <= bins


@given(times)
def test_edges_ascend_and_enclose_the_counts(wall_us: list[float]) -> None:
    found = histogram(wall_us)
    assert len(found.edges) == len(found.counts) + 1
    assert list(found.edges) == sorted(set(found.edges))


def test_counts_are_those_between_their_edges() -> None:
    luck = random.Random(7)
    wall_us = [luck.gauss(1000, 30) for _ in range(500)]
    found = histogram(wall_us)
    oracle, _ = np.histogram(wall_us, bins=np.array(found.edges))
    assert found.counts == tuple(oracle)


def test_bins_are_as_wide_as_freedman_and_diaconis_say() -> None:
    wall_us = [float(us) for us in range(1001)]
    found = histogram(wall_us, bins=100)
    assert len(found.counts) == math.ceil(1000 / (2 * 500 / 1001 ** (1 / 3)))


def test_edges_reach_from_the_smallest_to_the_largest_sample() -> None:
    found = histogram([float(us) for us in range(1001)])
    assert (found.edges[0], found.edges[-1]) == (0, 1000)


def test_bins_are_wider_where_fewer_are_asked_for() -> None:
    assert histogram([float(us) for us in range(1000)], bins=4).counts == (250, 250, 250, 250)


def test_one_huge_outlier_leaves_the_others_their_shape() -> None:
    luck = random.Random(7)
    wall_us = [luck.gauss(1000, 30) for _ in range(500)]
    found = histogram([*wall_us, 1e9])
    assert (found.above, found.edges[-1] < 2000, len(found.counts) > 10) == (1, True, True)


def test_an_outlier_below_is_told_as_such() -> None:
    found = histogram([*(1000.0 + i for i in range(100)), 1.0])
    assert (found.below, found.above) == (1, 0)


def test_equal_samples_fill_one_bin_around_them() -> None:
    found = histogram([500.0] * 20)
    assert found.counts == (20,)
    assert found.edges[0] < 500 < found.edges[1]


@pytest.mark.parametrize(("wall_us", "bins"), [([], 10), ([1.0], 0)])
def test_a_histogram_of_nothing_is_refused(wall_us: list[float], bins: int) -> None:
    with pytest.raises(ValueError, match="a histogram needs a sample and a bin"):
        histogram(wall_us, bins)


@pytest.mark.parametrize("measure", [statistics_of, histogram])
def test_ten_thousand_samples_take_no_time_to_speak_of(measure: Callable[[list[float]], object]) -> None:
    luck = random.Random(7)
    wall_us = [luck.lognormvariate(8, 0.1) for _ in range(10_000)]
    seconds = []
    for _ in range(5):
        begun = time.perf_counter()
        measure(wall_us)
        seconds.append(time.perf_counter() - begun)
    assert min(seconds) < 0.02
