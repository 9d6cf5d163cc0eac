"""Bicubic resizing against the same algorithm in exact fractions, derived by hand, and against other programs."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image

from maistudio.errors import UsageError
from maistudio.imaging.resize import MAX_SIDE, imresize

SAFE_FACTORS = (Fraction(2), Fraction(3), Fraction(4), Fraction(1, 2), Fraction(1, 3), Fraction(1, 4))
"""Doubles hold the weights of 2, 4 and their inverses exactly; those of 3 have odd denominators, so that no sum is
an exact half: rounding can't depend on the order of the sum."""
OTHER_FACTORS = (Fraction(3, 2), Fraction(2, 3), Fraction(5, 4), Fraction(7, 10), Fraction(6), Fraction(1, 6))


def fraction_cubic(x: Fraction) -> Fraction:
    x = abs(x)
    if x <= 1:
        return (3 * x**3 - 5 * x**2 + 2) / 2
    return (-(x**3) + 5 * x**2 - 8 * x + 4) / 2 if x <= 2 else Fraction(0)


def fraction_weights(length: int, target: int, factor: Fraction) -> Any:
    """Rows of the result × rows of the source, as fractions: the mirrored taps added up on the rows they show."""
    widening = min(factor, Fraction(1))
    weights = np.full((target, length), Fraction(0), dtype=object)
    for row in range(target):
        centre = (row + Fraction(1, 2)) / factor - Fraction(1, 2)
        reach = math.ceil(2 / widening) + 1
        taps = range(math.floor(centre) - reach, math.floor(centre) + reach + 1)
        values = [fraction_cubic(widening * (centre - tap)) for tap in taps]
        for tap, value in zip(taps, values, strict=True):
            folded = tap % (2 * length)
            weights[row, min(folded, 2 * length - 1 - folded)] += value / sum(values)
    return weights


def fraction_rows(rows: np.ndarray, target: int, factor: Fraction) -> Any:
    """One pass over the first axis, not rounded."""
    return fraction_weights(len(rows), target, factor) @ rows.astype(object)


def rounded(values: Any, largest: int) -> Any:
    return np.vectorize(lambda value: min(max(math.floor(value + Fraction(1, 2)), 0), largest), otypes=[int])(values)


def by_fractions(picture: np.ndarray, rows: Fraction, columns: Fraction) -> Any:
    """Both passes over an H×W picture of integers, the smaller factor first, rounded after each."""
    largest = np.iinfo(picture.dtype).max
    height, width = (math.ceil(side * factor) for side, factor in zip(picture.shape, (rows, columns), strict=True))
    if rows <= columns:
        picture = rounded(fraction_rows(picture, height, rows), largest)
        return rounded(fraction_rows(picture.T, width, columns), largest).T
    picture = rounded(fraction_rows(picture.T, width, columns), largest).T
    return rounded(fraction_rows(picture, height, rows), largest)


def pictures(dtype: type[np.generic] = np.uint8, side: int = 9) -> st.SearchStrategy[np.ndarray]:
    return hnp.arrays(dtype, hnp.array_shapes(min_dims=2, max_dims=2, max_side=side))


def psnr(a: np.ndarray, b: np.ndarray) -> float:
    return float(10 * np.log10(255**2 / np.mean((a.astype(float) - b) ** 2)))


@pytest.fixture(scope="module")
def astronaut() -> np.ndarray:
    """510×510×3, a multiple of 2 and 3."""
    data = pytest.importorskip("skimage.data")
    return np.ascontiguousarray(data.astronaut()[:510, :510])


# The weights, in closed form: a = -0.5 at the distances of the taps from an output's centre.


@pytest.mark.parametrize(
    ("factor", "unit", "spread"),
    [
        # Distances 1/4, 3/4, 5/4 and 7/4.
        (2, 128, [0, -3, -9, 29, 111, 111, 29, -9, -3, 0]),
        # Distances 1/3, 2/3, 4/3 and 5/3; the middle output lies on the pixel.
        (3, 27, [0, -1, -2, 0, 9, 21, 27, 21, 9, 0, -2, -1, 0]),
        # Distances 1/8, 3/8 ... 15/8.
        (4, 1024, [0, -7, -45, -75, -49, 93, 399, 745, 987, 987, 745, 399, 93, -49, -75, -45, -7, 0]),
    ],
)
def test_enlarging_spreads_a_pixel_by_the_kernel(factor: int, unit: int, spread: list[int]) -> None:
    picture = np.zeros((9, 1))
    picture[4] = unit
    middle = imresize(picture, (factor, 1))[:, 0]
    start = (len(middle) - len(spread)) // 2
    np.testing.assert_allclose(middle[start : start + len(spread)], spread, rtol=0, atol=1e-12 * unit)
    assert np.count_nonzero(abs(middle) > 1e-9) == np.count_nonzero(spread)


@pytest.mark.parametrize(
    ("divisor", "unit", "weights"),
    [
        # The kernel twice as wide, half as high: distances 1/4, 3/4, 5/4 and 7/4.
        (2, 256, [-3, -9, 29, 111, 111, 29, -9, -3]),
        # Distances 0, 1/3 ... 5/3; those at 1 and 2 weigh nothing.
        (3, 81, [-1, -2, 0, 9, 21, 27, 21, 9, 0, -2, -1]),
        (4, 4096, [-7, -45, -75, -49, 93, 399, 745, 987, 987, 745, 399, 93, -49, -75, -45, -7]),
    ],
)
def test_shrinking_sums_pixels_by_the_widened_kernel(divisor: int, unit: int, weights: list[int]) -> None:
    length = 5 * 2 * divisor
    reach = (len(weights) - divisor) // 2
    first = length // 2 - reach
    for tap, weight in enumerate(weights):
        picture = np.zeros((length, 1))
        picture[first + tap] = unit
        assert imresize(picture, (1 / divisor, 1))[5, 0] == pytest.approx(weight, abs=1e-9)


def test_the_picture_continues_mirrored_with_its_border_repeated() -> None:
    # The first output of x2 lies a quarter outside: 111 · p[0] + 29 · p[0] - 9 · p[1] - 3 · p[1] is what falls on it.
    assert imresize(np.array([[128.0], [0.0], [0.0], [0.0]]), (2, 1))[0, 0] == 111 + 29
    assert imresize(np.array([[0.0], [128.0], [0.0], [0.0]]), (2, 1))[0, 0] == -9 - 3


# Whole pictures in exact fractions.


@given(picture=pictures(), rows=st.sampled_from(SAFE_FACTORS), columns=st.sampled_from(SAFE_FACTORS))
@example(picture=np.array([[255]], np.uint8), rows=Fraction(1, 4), columns=Fraction(4))
@settings(max_examples=60)
def test_whole_factors_agree_bit_for_bit_with_exact_fractions(
    picture: np.ndarray, rows: Fraction, columns: Fraction
) -> None:
    resized = imresize(picture, (float(rows), float(columns)))
    np.testing.assert_array_equal(resized, by_fractions(picture, rows, columns))


@given(picture=pictures(np.uint16), rows=st.sampled_from(SAFE_FACTORS), columns=st.sampled_from(SAFE_FACTORS))
@settings(max_examples=30)
def test_16_bits_agree_with_exact_fractions(picture: np.ndarray, rows: Fraction, columns: Fraction) -> None:
    resized = imresize(picture, (float(rows), float(columns)))
    np.testing.assert_array_equal(resized, by_fractions(picture, rows, columns))


@given(picture=pictures(), factor=st.sampled_from(OTHER_FACTORS), across=st.booleans())
@settings(max_examples=60)
def test_other_factors_agree_with_exact_fractions_but_at_exact_halves(
    picture: np.ndarray, factor: Fraction, across: bool
) -> None:
    resized = imresize(picture, (1, float(factor)) if across else (float(factor), 1))
    turned, source = (resized.T, picture.T) if across else (resized, picture)
    exact = fraction_rows(source, math.ceil(factor * len(source)), factor)
    clear = np.vectorize(lambda value: abs(value % 1 - Fraction(1, 2)) > 1e-9, otypes=[bool])(exact)
    np.testing.assert_array_equal(turned[clear], rounded(exact, 255)[clear])
    np.testing.assert_allclose(turned, rounded(exact, 255).astype(int), rtol=0, atol=1)


@given(picture=pictures(np.uint8, 7), target=st.tuples(st.integers(1, 20), st.integers(1, 20)))
@settings(max_examples=60)
def test_floats_resized_to_any_size_agree_with_exact_fractions(picture: np.ndarray, target: tuple[int, int]) -> None:
    rows, columns = (Fraction(wanted, side) for wanted, side in zip(target, picture.shape, strict=True))
    exact = fraction_rows(fraction_rows(picture, target[0], rows).T, target[1], columns).T
    resized = imresize(picture.astype(np.float64), size=target)
    np.testing.assert_allclose(resized, exact.astype(float), rtol=0, atol=1e-9)


# Rounding and saturation.


def test_exact_halves_are_rounded_up() -> None:
    # x2 between the two: (-9 · 0 + 111 · 48 + 29 · 48 - 3 · 0) / 128 = 52.5, which half to even would make 52.
    row = np.array([[0, 48, 48, 0]], dtype=np.uint8)
    assert imresize(row, (1, 2))[0, 3] == 53


def test_integers_are_saturated_after_each_pass() -> None:
    edge = np.array([[0, 0, 0, 255, 255, 255]], dtype=np.uint8)
    enlarged = imresize(edge, (1, 2))[0].tolist()
    # (-9 · 255 + 29 · 0 ...) falls below 0, (138 · 255) / 128 - 9 / 128 · 0 above 255: both are cut off.
    assert (min(enlarged), max(enlarged)) == (0, 255)
    assert enlarged[:5] == [0, 0, 0, 0, 0]
    assert imresize(edge.astype(np.float64), (1, 2)).min() < -5
    assert imresize(edge.astype(np.float64), (1, 2)).max() > 260


def test_integers_are_rounded_between_the_passes(astronaut: np.ndarray) -> None:
    half = imresize(astronaut, 1 / 2)
    in_two_calls = imresize(imresize(astronaut, (1 / 2, 1)), (1, 1 / 2))
    np.testing.assert_array_equal(half, in_two_calls)


def test_leaving_that_rounding_out_would_change_one_value_in_seven(astronaut: np.ndarray) -> None:
    unrounded = np.clip(np.floor(imresize(astronaut.astype(np.float64), 1 / 2) + 0.5), 0, 255)
    assert 0.12 < np.mean(imresize(astronaut, 1 / 2) != unrounded) < 0.16


@given(hnp.arrays(np.float32, (5, 6), elements=st.floats(-4, 4, width=32)))
def test_float32_is_computed_in_doubles_and_rounded_between_the_passes(picture: np.ndarray) -> None:
    first = imresize(picture.astype(np.float64), (3, 1)).astype(np.float32)
    second = imresize(first.astype(np.float64), (1, 3)).astype(np.float32)
    np.testing.assert_array_equal(imresize(picture, 3), second)


def test_a_nan_spreads_as_far_as_its_taps() -> None:
    picture = np.ones((12, 1))
    picture[5] = np.nan
    # x2: outputs whose centres lie less than 2 from the pixel's: 7 to 14.
    assert np.flatnonzero(np.isnan(imresize(picture, (2, 1)))).tolist() == list(range(7, 15))


def test_infinite_values_spread_without_a_warning() -> None:
    assert not np.isfinite(imresize(np.array([[np.inf, 1.0]], np.float32), 2)).any()


def test_an_edge_too_bright_for_float32_overshoots_to_infinity_without_a_warning() -> None:
    assert np.isinf(imresize(np.array([[0, 0, 3.4e38, 3.4e38]], np.float32), 2)).any()


def test_an_edge_too_bright_for_float64_overshoots_to_infinity_without_a_warning() -> None:
    assert np.isinf(imresize(np.array([[0, 0, 1.79e308, 1.79e308]]), 2)).any()


# What follows from the algorithm.


@given(
    value=st.integers(0, 255),
    side=st.integers(1, 12),
    factor=st.floats(0.02, 9),
    dtype=st.sampled_from([np.uint8, np.uint16, np.float32]),
)
def test_a_constant_picture_stays_constant(value: int, side: int, factor: float, dtype: type[np.generic]) -> None:
    resized = imresize(np.full((side, 3), value, dtype), factor)
    np.testing.assert_allclose(resized, value, rtol=1e-6)


def test_a_ramp_enlarged_stays_a_ramp_inside() -> None:
    ramp = np.arange(12.0)[:, np.newaxis]
    centres = (np.arange(24) + 0.5) / 2 - 0.5
    np.testing.assert_allclose(imresize(ramp, (2, 1))[4:-4, 0], centres[4:-4], atol=1e-12)


@given(pictures())
def test_scaling_by_one_changes_nothing(picture: np.ndarray) -> None:
    np.testing.assert_array_equal(imresize(picture, 1), picture)


def test_a_picture_shrunk_below_a_pixel_is_its_mean() -> None:
    picture = np.arange(12.0).reshape(3, 4)
    assert imresize(picture, 1e-3).item() == pytest.approx(picture.mean(), abs=1e-3)


@given(picture=pictures(), factor=st.sampled_from([2, 3, 4]))
def test_mirrored_pictures_are_enlarged_to_mirrored_ones(picture: np.ndarray, factor: int) -> None:
    np.testing.assert_array_equal(imresize(picture[::-1, ::-1], factor), imresize(picture, factor)[::-1, ::-1])


@given(tiles=pictures(side=3), divisor=st.sampled_from([2, 3, 4]))
def test_mirrored_pictures_are_shrunk_to_mirrored_ones(tiles: np.ndarray, divisor: int) -> None:
    """Where the sides are multiples of the divisor: else the result reaches over the far border alone."""
    picture = np.kron(tiles, np.arange(divisor**2, dtype=np.uint8).reshape(divisor, divisor))
    scale = 1 / divisor
    np.testing.assert_array_equal(imresize(picture[::-1, ::-1], scale), imresize(picture, scale)[::-1, ::-1])


@given(
    picture=pictures(),
    scales=st.permutations([1 / 4, 1 / 3, 1 / 2, 2 / 3, 2, 3, 4]).map(lambda order: (order[0], order[1])),
)
def test_unequal_scales_commute_with_transposition(picture: np.ndarray, scales: tuple[float, float]) -> None:
    transposed = imresize(picture.T, scales[::-1]).T
    np.testing.assert_array_equal(imresize(picture, scales), transposed)


def test_equal_scales_do_not_commute_with_transposition_as_rows_go_first(astronaut: np.ndarray) -> None:
    picture = astronaut[:120, :120, 0]
    transposed = imresize(picture.T, 1 / 3).T.astype(int)
    difference = abs(imresize(picture, 1 / 3) - transposed)
    assert difference.max() == 1
    assert 0.02 < difference.mean() < 0.3


def test_the_side_with_the_smaller_scale_is_resized_first(astronaut: np.ndarray) -> None:
    picture = astronaut[:120, :120]
    columns_first = imresize(imresize(picture, (1, 1 / 3)), (1 / 2, 1))
    rows_first = imresize(imresize(picture, (1 / 2, 1)), (1, 1 / 3))
    assert (columns_first != rows_first).any()
    np.testing.assert_array_equal(imresize(picture, (1 / 2, 1 / 3)), columns_first)


@given(hnp.arrays(np.uint8, (5, 4, 3)))
def test_channels_are_resized_one_by_one(picture: np.ndarray) -> None:
    resized = imresize(picture, 2.5)
    for channel in range(3):
        np.testing.assert_array_equal(resized[..., channel], imresize(picture[..., channel], 2.5))


@pytest.mark.parametrize("shape", [(20_000, 3, 1), (3, 20_000, 2)])
def test_pictures_larger_than_a_tile_are_resized_alike(shape: tuple[int, ...]) -> None:
    picture = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    whole = imresize(picture, 2)
    far = imresize(picture[-9:, -9:], 2)
    np.testing.assert_array_equal(whole[-10:, -10:], far[-10:, -10:])


def test_a_picture_s_layout_in_memory_does_not_matter() -> None:
    picture = np.random.default_rng(0).integers(0, 60_000, (8, 6, 3), dtype=np.uint16)
    strided = np.repeat(picture, 2, axis=1)[:, ::2].astype(">u2")
    strided.flags.writeable = False
    resized = imresize(strided, 3)
    np.testing.assert_array_equal(resized, imresize(picture, 3))
    assert (resized.dtype, resized.flags.c_contiguous) == (np.dtype(np.uint16), True)


# Sizes.


@pytest.mark.parametrize(
    ("sides", "scale", "expected"),
    [
        ((5, 7), 0.5, (3, 4)),
        ((10, 11), 1 / 3, (4, 4)),
        ((9, 9), 1 / 3, (3, 3)),
        ((4, 6), (0.3, 1.1), (2, 7)),
        # 0.07 · 100 is 7.000000000000001 in doubles, so it is 8 in MATLAB as well.
        ((100, 1), 0.07, (8, 1)),
        ((1, 1), 0.01, (1, 1)),
    ],
)
def test_a_scaled_side_is_rounded_up(sides: tuple[int, int], scale: Any, expected: tuple[int, int]) -> None:
    assert imresize(np.zeros(sides, np.uint8), scale).shape == expected


def test_a_size_means_the_ratio_of_the_sides(astronaut: np.ndarray) -> None:
    np.testing.assert_array_equal(imresize(astronaut, size=(170, 255)), imresize(astronaut, (1 / 3, 1 / 2)))
    # 40 · 1/3 makes 14 rows as well, but of another factor than 14/40.
    picture = astronaut[:40, :40]
    assert (imresize(picture, size=(14, 14)) != imresize(picture, 1 / 3)).any()


@pytest.mark.parametrize("shape", [(6, 8), (6, 8, 1), (6, 8, 3), (6, 8, 30)])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32, np.float64])
def test_type_and_channels_are_kept(shape: tuple[int, ...], dtype: type[np.generic]) -> None:
    resized = imresize(np.ones(shape, dtype), 0.5)
    assert (resized.shape, resized.dtype) == ((3, 4, *shape[2:]), np.dtype(dtype))


# Distances to other programs, on astronaut: what the note on comparing pictures says of them.


def test_pillow_s_bicubic_is_near(astronaut: np.ndarray) -> None:
    shrunk = Image.fromarray(astronaut).resize((170, 170), Image.Resampling.BICUBIC)
    assert 54 < psnr(imresize(astronaut, 1 / 3), np.asarray(shrunk)) < 59
    small = imresize(astronaut, 1 / 3)
    enlarged = Image.fromarray(small).resize((510, 510), Image.Resampling.BICUBIC)
    assert 54 < psnr(imresize(small, 3), np.asarray(enlarged)) < 59


def test_opencv_s_bicubic_is_far(astronaut: np.ndarray) -> None:
    shrunk = cv2.resize(astronaut, (170, 170), interpolation=cv2.INTER_CUBIC)
    assert 25 < psnr(imresize(astronaut, 1 / 3), shrunk) < 40


def test_opencv_s_bicubic_moves_the_baseline(astronaut: np.ndarray) -> None:
    small = imresize(astronaut, 1 / 2)
    other = cv2.resize(astronaut, (255, 255), interpolation=cv2.INTER_CUBIC)
    baseline = psnr(astronaut, imresize(small, 2))
    enlarged_by_it = psnr(astronaut, cv2.resize(small, (510, 510), interpolation=cv2.INTER_CUBIC))
    made_by_it = psnr(astronaut, cv2.resize(other, (510, 510), interpolation=cv2.INTER_CUBIC))
    assert 0.2 < enlarged_by_it - baseline < 0.9
    assert 0.2 < made_by_it - baseline < 0.9


# Refusals.


@pytest.mark.parametrize(
    ("picture", "message"),
    [
        (np.zeros((2, 2), bool), "pictures of bool can't be resized"),
        (np.zeros((2, 2), np.int8), "pictures of int8"),
        (np.zeros((2, 2), np.int64), "pictures of int64"),
        (np.zeros((2, 2), np.complex64), "pictures of complex64"),
        (np.zeros((2, 2), np.float16), "pictures of float16"),
        (np.zeros((2, 2), object), "pictures of object"),
        (np.zeros((2, 2), "datetime64[s]"), "pictures of datetime64"),
        ([[1, 2], [3, 4]], "must be an array, not list"),
        (np.zeros(5, np.uint8), "must be H×W or H×W×C, not 5"),
        (np.uint8(3) * np.ones((), np.uint8), "must be"),
        (np.zeros((1, 4, 4, 3), np.uint8), "not 1×4×4×3"),
        (np.zeros((0, 4, 3), np.uint8), "a picture of 0×4×3 has no pixels"),
        (np.zeros((4, 4, 0), np.uint8), "has no pixels"),
        (np.zeros((1, MAX_SIDE + 1), np.uint8), "at most 65,536 pixels"),
    ],
)
def test_what_is_no_picture_to_resize_is_refused(picture: Any, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        imresize(picture, 2)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({}, "give exactly one"),
        ({"scale": 2, "size": (4, 4)}, "give exactly one"),
        ({"scale": 0}, "can't be scaled by 0: give a number from 1/4,096 to 4,096"),
        ({"scale": -1}, "can't be scaled by -1"),
        ({"scale": math.nan}, "can't be scaled by nan"),
        ({"scale": math.inf}, "can't be scaled by inf"),
        ({"scale": (2, 0)}, r"can't be scaled by \(2, 0\)"),
        ({"scale": 1e-9}, "can't be scaled by 1e-09"),
        ({"scale": 4096}, "a result of 16384×16384, 3 channels is too large"),
        ({"scale": 4097}, "can't be scaled by 4097"),
        ({"scale": 1e308}, "can't be scaled by"),
        ({"scale": 10**400}, "can't be scaled"),
        ({"scale": (1, 2, 3)}, "a number or a pair of numbers"),
        ({"scale": ()}, "a number or a pair of numbers"),
        ({"scale": "2"}, "a number or a pair of numbers"),
        ({"scale": True}, "a number or a pair of numbers"),
        ({"scale": 2j}, "a number or a pair of numbers"),
        ({"scale": np.ones((2, 2))}, "a number or a pair of numbers"),
        ({"size": (0, 4)}, "can't be resized to 0×4"),
        ({"size": (4, -4)}, "can't be resized to 4×-4"),
        ({"size": (MAX_SIDE + 1, 1)}, "a side has 1 to 65,536 pixels"),
        ({"size": (1, MAX_SIDE + 1)}, "a side has 1 to 65,536 pixels"),
        ({"size": (2.5, 4)}, "a pair of whole numbers"),
        ({"size": (True, 4)}, "a pair of whole numbers"),
        ({"size": 4}, "a pair of whole numbers"),
        ({"size": (4, 4, 3)}, "a pair of whole numbers"),
        ({"size": (MAX_SIDE, MAX_SIDE)}, "a result of 65536×65536, 3 channels is too large"),
    ],
)
def test_a_senseless_scale_or_size_is_refused(asked: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        imresize(np.zeros((4, 4, 3), np.uint8), **asked)


def test_a_scale_that_makes_a_side_too_long_is_refused() -> None:
    with pytest.raises(UsageError, match="a side of 80000: at most 65,536"):
        imresize(np.zeros((1, 20), np.uint8), 4000)


def test_numpy_s_numbers_are_numbers() -> None:
    picture = np.arange(24, dtype=np.uint8).reshape(4, 6)
    doubled = imresize(picture, 2)
    asked: list[dict[str, Any]] = [{"scale": np.float32(2)}, {"scale": np.array([2, 2])}, {"size": np.array([8, 12])}]
    for request in asked:
        np.testing.assert_array_equal(imresize(picture, **request), doubled)
