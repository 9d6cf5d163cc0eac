"""What is worked out of samples for the Profile page, and how little time that takes."""

from __future__ import annotations

import time
from array import array

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from timed_runs import begun_run, measured_run

from maistudio.gui.profile.reading import Trace, extremes, live_shape, read_live, read_run
from maistudio.jobs.profile import Live
from maistudio.jobs.progress import finish
from maistudio.timing.statistics import statistics_of
from maistudio.timing.values import Samples, Status

MILLION = 1_000_000


def test_a_run_is_read_with_its_statistics() -> None:
    run = measured_run()
    assert read_run(run).statistics == statistics_of(run.samples.wall_us)


def test_samples_keep_their_order() -> None:
    assert list(read_run(measured_run(samples=Samples((3.0, 1.0, 2.0), (1.0, 1.0, 1.0)))).wall_us) == [3, 1, 2]


def test_the_cpu_time_is_a_median() -> None:
    assert read_run(measured_run(samples=Samples((3.0, 1.0, 2.0), (9.0, 1.0, 5.0)))).cpu_median_us == 5


def test_a_run_without_samples_has_no_statistics() -> None:
    reading = read_run(begun_run())
    assert (reading.statistics, reading.histogram, reading.cpu_median_us) == (None, None, None)


def test_a_run_cut_short_keeps_what_both_clocks_measured() -> None:
    live = Live("timing", run=begun_run(), wall_us=array("d", [1, 2, 3]), cpu_us=array("d", [1, 2]))
    reading = finish(read_live(live, Status.CANCELLED))
    assert (reading.run.status, reading.run.samples.wall_us) == (Status.CANCELLED, (1, 2))


def test_a_trace_takes_only_what_is_new() -> None:
    trace, samples = Trace(), array("d", [1.0, 2.0])
    trace.take(samples)
    samples.append(3.0)
    assert (trace.take(samples), trace.take(samples), list(trace.values)) == (True, False, [1, 2, 3])


def test_a_trace_leaves_the_samples_free_to_grow() -> None:
    trace, samples = Trace(), array("d", range(10_000))
    trace.take(samples)
    samples.append(1.0)  # an array that is looked into refuses
    assert len(trace.values) == 10_000


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=300), st.integers(1, 50))
def test_stretches_hold_the_extremes_of_their_samples(samples: list[float], most: int) -> None:
    values = np.asarray(samples)
    runs, low, high = extremes(values, most)
    assert len(runs) <= most
    assert (low.min(), high.max()) == (values.min(), values.max())
    ends = [*(runs[1:] - 1), len(values)]
    assert [max(samples[start - 1 : end]) for start, end in zip(runs, ends, strict=True)] == list(high)


def test_the_live_median_of_few_samples_is_exact() -> None:
    assert live_shape(np.asarray([3.0, 1.0, 2.0, 5.0]))[0] == 2.5


def test_the_live_histogram_of_many_samples_counts_about_all_of_them() -> None:
    _, found = live_shape(np.random.default_rng(1).normal(1000, 10, 100_001))
    assert sum(found.counts) + found.below + found.above == pytest.approx(100_001, rel=1e-3)


def test_a_million_samples_are_looked_at_in_a_moment() -> None:
    values = np.random.default_rng(1).normal(1000, 10, MILLION)
    best = min(_seconds(values) for _ in range(5))
    assert best < 0.05


def _seconds(values) -> float:
    start = time.perf_counter()
    live_shape(values)
    extremes(values, 600)
    return time.perf_counter() - start
