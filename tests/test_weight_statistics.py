"""Statistics and histograms of constants."""

from __future__ import annotations

import math
import tracemalloc
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from maistudio.errors import WeightError
from maistudio.tflite import weights
from maistudio.tflite.weights import histogram, statistics

NUMBERS = hnp.arrays(
    st.sampled_from([np.float32, np.float16, np.int8, np.int32, np.bool_]), hnp.array_shapes(max_side=20)
)  # fmt: skip


@given(values=NUMBERS)
def test_statistics_are_those_of_the_finite_values(values: np.ndarray) -> None:
    real = values.astype(np.float64).reshape(-1)
    finite = real[np.isfinite(real)]
    found = statistics(values, unique_limit=10_000)
    assert found.count == real.size
    assert (found.nans, found.infinities) == (np.isnan(real).sum(), np.isinf(real).sum())
    assert found.zeros == pytest.approx((real == 0).mean())
    assert found.unique == np.unique(finite).size
    if finite.size:
        assert (found.minimum, found.maximum) == (finite.min(), finite.max())
        assert found.mean == pytest.approx(finite.mean(), rel=1e-9, abs=1e-12 * np.abs(finite).max())
        assert found.std == pytest.approx(finite.std(), rel=1e-6, abs=1e-9 * np.abs(finite).max())


@given(values=hnp.arrays(np.float32, st.integers(1, 50)), chunk=st.integers(1, 20))
def test_statistics_do_not_depend_on_the_chunks(values: np.ndarray, chunk: int) -> None:
    whole = statistics(values)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(weights, "CHUNK", chunk)
        parts = statistics(values)
    assert (parts.count, parts.minimum, parts.maximum, parts.unique) == (
        whole.count, whole.minimum, whole.maximum, whole.unique
    )  # fmt: skip
    if whole.std is not None:
        scale = max(map(abs, (whole.minimum or 0.0, whole.maximum or 0.0)))
        assert parts.std == pytest.approx(whole.std, rel=1e-6, abs=1e-9 * scale)


def test_statistics_of_nothing_finite_have_no_range() -> None:
    found = statistics(np.array([np.nan, np.inf], dtype=np.float32))
    assert (found.minimum, found.mean, found.std, found.nans, found.infinities) == (None, None, None, 1, 1)


def test_statistics_of_no_values_are_empty() -> None:
    assert statistics(np.empty(0, dtype=np.float32)).count == 0


def test_more_distinct_values_than_the_limit_are_not_counted() -> None:
    assert statistics(np.arange(11), unique_limit=10).unique is None


@pytest.mark.parametrize("values", [np.array([b"a"], dtype=object), np.array([1j], dtype=np.complex64)])
def test_what_has_no_order_has_no_statistics(values: np.ndarray) -> None:
    with pytest.raises(WeightError):
        statistics(values)


def test_statistics_widen_a_large_array_piece_by_piece() -> None:
    values = np.zeros(16 * 2**20, dtype=np.int8)
    tracemalloc.start()
    statistics(values)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 64 * 2**20


@given(values=NUMBERS, bins=st.integers(1, 40))
def test_a_histogram_counts_every_finite_value(values: np.ndarray, bins: int) -> None:
    found = histogram(values, bins)
    assert sum(found.counts) == np.isfinite(values.astype(np.float64)).sum()
    assert len(found.counts) <= bins
    assert all(later > earlier for earlier, later in pairwise(found.edges))


def test_few_whole_numbers_get_a_bin_each() -> None:
    found = histogram(np.array([1, 1, 3], dtype=np.int8), bins=16)
    assert (found.edges, found.counts) == ((0.5, 1.5, 2.5, 3.5), (2, 0, 1))


def test_many_whole_numbers_fall_evenly_into_bins() -> None:
    assert set(histogram(np.arange(-128, 128, dtype=np.int16), bins=64).counts) == {4}


def test_a_histogram_of_one_value_has_one_bin_around_it() -> None:
    found = histogram(np.full(5, 2.0, dtype=np.float32))
    assert found.counts == (5,)
    assert found.edges[0] < 2.0 < found.edges[1]


def test_a_histogram_of_extreme_floats_has_finite_edges() -> None:
    largest = np.finfo(np.float64).max
    assert all(map(math.isfinite, histogram(np.array([-largest, 0.0, largest])).edges))


def test_a_histogram_of_nothing_finite_is_empty() -> None:
    assert histogram(np.array([np.nan], dtype=np.float32)).counts == ()


def test_whole_numbers_too_large_for_a_bin_each_are_counted_all_the_same() -> None:
    found = histogram(np.array([2**60, 2**60 + 1]))
    assert sum(found.counts) == 2
    assert found.edges[0] < found.edges[-1]


def test_a_signalling_nan_is_counted_as_one() -> None:
    assert statistics(np.array([0x7F800001], dtype=np.uint32).view(np.float32)).nans == 1
