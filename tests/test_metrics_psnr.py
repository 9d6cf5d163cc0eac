"""PSNR, and what of two pictures is measured: range, rounding, colour and border."""

from __future__ import annotations

import math
import tracemalloc
from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from measured_pictures import TURNS, noisy, slow_psnr, texture
from skimage.metrics import peak_signal_noise_ratio

from maistudio.errors import MeasureError, UsageError
from maistudio.imaging.conventions import BASICSR_Y, CODALAB, DEFAULT, FLOAT_ISP, NTIRE17, PRESETS, Convention
from maistudio.imaging.metrics import ms_ssim, psnr, ssim, ssim_map

WHOLE = replace(DEFAULT, shave=0)
STEP_OF_255 = 48.130803609
"""20 log10(255)."""


def flat(value: float, dtype: str = "uint8", size: tuple[int, ...] = (24, 25, 3)) -> np.ndarray:
    return np.full(size, value, dtype)


def test_a_difference_of_one_step_in_255_is_48_db() -> None:
    assert psnr(flat(10), flat(11)) == pytest.approx(STEP_OF_255, abs=1e-8)


def test_twice_the_difference_costs_6_db() -> None:
    assert psnr(flat(10), flat(12)) == pytest.approx(STEP_OF_255 - 20 * math.log10(2), abs=1e-8)


def test_one_pixel_of_a_hundred_off_costs_what_the_mean_says() -> None:
    a = flat(0, size=(10, 10))
    b = a.copy()
    b[4, 5] = 10
    assert psnr(a, b, WHOLE) == pytest.approx(STEP_OF_255, abs=1e-8)  # the mean of 100 and 99 zeros is 1


def test_black_against_white_is_0_db() -> None:
    assert psnr(flat(0), flat(255)) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("convention", PRESETS, ids=lambda convention: convention.id)
def test_identical_pictures_have_an_infinite_psnr(convention: Convention) -> None:
    picture = texture(30, 31)
    assert psnr(picture, picture.copy(), convention) == math.inf


def test_psnr_is_opencv_s() -> None:
    a, b = texture(90, 121), noisy(texture(90, 121), 5)
    assert psnr(a, b, WHOLE) == pytest.approx(cv2.PSNR(a, b), abs=1e-9)


def test_psnr_is_scikit_image_s_on_the_shaved_pictures() -> None:
    a, b = texture(90, 121), noisy(texture(90, 121), 5)
    expected = peak_signal_noise_ratio(a[1:-1, 1:-1], b[1:-1, 1:-1], data_range=255)
    assert psnr(a, b) == pytest.approx(expected, abs=1e-9)


def test_more_noise_is_a_lower_psnr() -> None:
    picture = texture(60, 70)
    measured = [psnr(picture, noisy(picture, deviation)) for deviation in (1, 2, 4, 8, 16, 32)]
    assert measured == sorted(measured, reverse=True)
    assert len(set(measured)) == 6


# What is measured.


@pytest.mark.parametrize(("convention", "border"), [(DEFAULT, 1), (CODALAB, 1), (NTIRE17, 9), (BASICSR_Y, 3)])
def test_what_lies_in_the_border_is_not_measured(convention: Convention, border: int) -> None:
    a, b = flat(90, size=(40, 41, 3)), flat(200, size=(40, 41, 3))
    b[border:-border, border:-border] = 90
    assert psnr(a, b, convention) == math.inf


@pytest.mark.parametrize(("convention", "border"), [(DEFAULT, 1), (NTIRE17.at_scale(4), 10), (FLOAT_ISP, 0)])
@pytest.mark.parametrize("corner", ["top left", "bottom right"])
def test_the_outermost_pixel_inside_the_border_is_measured(convention: Convention, border: int, corner: str) -> None:
    a, b = flat(90, size=(40, 41)), flat(90, size=(40, 41))
    b[(border, border) if corner == "top left" else (39 - border, 40 - border)] = 91
    assert psnr(a, b, convention) < math.inf


def test_luma_weighs_the_channels() -> None:
    a = flat(10)
    b = a.copy()
    b[:, :, 0] = 20  # 65.481 · 10 / 255 = 2.56788 steps of luma
    assert psnr(a, b, BASICSR_Y) == pytest.approx(20 * math.log10(255 / 2.5678824), abs=1e-6)


def test_luma_of_green_and_of_blue() -> None:
    a = flat(10)
    green, blue = a.copy(), a.copy()
    green[:, :, 1] = 20
    blue[:, :, 2] = 20
    assert psnr(a, green, BASICSR_Y) == pytest.approx(20 * math.log10(255 / 5.0412941), abs=1e-6)
    assert psnr(a, blue, BASICSR_Y) == pytest.approx(20 * math.log10(255 / 0.9790588), abs=1e-6)


def test_luma_is_another_number_than_rgb() -> None:
    a, b = texture(60, 70), noisy(texture(60, 70), 5)
    assert psnr(a, b, BASICSR_Y) - psnr(a, b, replace(BASICSR_Y, colour=DEFAULT.colour)) > 1


def test_grey_is_measured_as_it_is_also_under_luma() -> None:
    a, b = texture(40, 41)[:, :, 1], noisy(texture(40, 41), 5)[:, :, 1]
    assert psnr(a, b, BASICSR_Y) == psnr(a, b, replace(DEFAULT, shave=3))


def test_grey_of_one_channel_is_grey_of_none() -> None:
    a, b = texture(40, 41)[:, :, 1], noisy(texture(40, 41), 5)[:, :, 1]
    assert psnr(a[:, :, None], b) == psnr(a, b)


def test_floats_are_rounded_to_8_bits() -> None:
    assert psnr(flat(10.49, "float32"), flat(10)) == math.inf


@pytest.mark.parametrize(("half", "rounded"), [(10.5, 10), (11.5, 12)])
def test_half_a_step_is_rounded_to_even(half: float, rounded: int) -> None:
    assert psnr(flat(half, "float64"), flat(rounded)) == math.inf


def test_floats_beyond_the_range_are_clipped() -> None:
    assert psnr(flat(262.0, "float32"), flat(255)) == math.inf
    assert psnr(flat(-3.0, "float32"), flat(0)) == math.inf


def test_the_float_convention_clips_and_does_not_round() -> None:
    assert psnr(flat(1.2, "float32"), flat(255), FLOAT_ISP) == math.inf
    assert psnr(flat(0.501, "float64"), flat(0.5, "float64"), FLOAT_ISP) == pytest.approx(60, abs=1e-6)


def test_differences_far_below_a_step_of_float32_count() -> None:
    measured = psnr(flat(0.5, "float64"), flat(0.5 + 1e-9, "float64"), FLOAT_ISP)
    assert measured == pytest.approx(180, abs=1e-4)


def test_16_bits_are_brought_to_8() -> None:
    assert psnr(flat(257 * 10, "uint16"), flat(257 * 11, "uint16")) == pytest.approx(STEP_OF_255, abs=1e-8)
    assert psnr(flat(257 * 10, "uint16"), flat(10)) == math.inf
    assert psnr(flat(257 * 10 + 128, "uint16"), flat(10)) == math.inf
    assert psnr(flat(257 * 10 + 129, "uint16"), flat(11)) == math.inf


def test_16_bits_keep_their_steps_where_nothing_is_rounded() -> None:
    measured = psnr(flat(1000, "uint16"), flat(1001, "uint16"), FLOAT_ISP)
    assert measured == pytest.approx(20 * math.log10(65535), abs=1e-6)


def test_8_bits_are_brought_to_a_peak_of_1() -> None:
    assert psnr(flat(51), flat(0.2, "float64"), FLOAT_ISP) == math.inf


def test_bytes_in_the_other_order_are_the_same_values() -> None:
    a = texture(30, 31).astype(np.uint16) * 257
    assert psnr(a.astype(">u2"), a) == math.inf


@given(
    pictures=st.tuples(st.integers(19, 24), st.integers(19, 24), st.sampled_from([(), (1,), (3,)])).flatmap(
        lambda size: st.tuples(
            *[hnp.arrays(st.sampled_from(["uint8", "uint16"]), (*size[:2], *size[2]), elements=st.integers(0, 255))] * 2
        )
    ),
    convention=st.sampled_from(PRESETS),
)
def test_psnr_is_its_definition(pictures: tuple[np.ndarray, np.ndarray], convention: Convention) -> None:
    a, b = pictures
    # Within a rounding error of one another luma of unequal pixels may be equal or not.
    assert (
        psnr(a, b, convention) == pytest.approx(slow_psnr(a, b, convention), rel=1e-6) or psnr(a, b, convention) > 200
    )


@given(
    values=hnp.arrays("float32", (2, 24, 22, 3), elements=st.floats(-0.25, 1.25, width=32)),
    convention=st.sampled_from(PRESETS),
)
def test_psnr_of_floats_is_its_definition(values: np.ndarray, convention: Convention) -> None:
    a, b = values.astype(np.float64) * convention.peak
    a[9, 9] = b[9, 9] = convention.peak  # so that the range is no question
    a[10, 10, 0] = a[10, 10, 0] / 2 + 3 / 255 * convention.peak
    assert psnr(a, b, convention) == pytest.approx(slow_psnr(a, b, convention), rel=1e-6)


@given(seed=st.integers(0, 99), convention=st.sampled_from(PRESETS))
def test_neither_picture_is_the_first(seed: int, convention: Convention) -> None:
    a = texture(32, 30, seed)
    b = noisy(a, 6)
    assert psnr(a, b, convention) == psnr(b, a, convention)


@pytest.mark.parametrize("turned", TURNS)
def test_a_turned_view_measures_the_same(turned: str) -> None:
    a, b = texture(70, 81), noisy(texture(70, 81), 6)
    assert psnr(TURNS[turned](a), TURNS[turned](b)) == psnr(a, b)


def test_pictures_are_not_written_to() -> None:
    a, b = texture(40, 41), noisy(texture(40, 41), 6)
    a.flags.writeable = b.flags.writeable = False
    floats = a.astype(np.float32) / 255
    floats.flags.writeable = False
    psnr(a, b)
    ssim(a, b, BASICSR_Y)
    ssim(floats, b, FLOAT_ISP)


def test_the_sum_over_100_megapixels_does_not_overflow() -> None:
    black = np.broadcast_to(np.uint8(0), (10_000, 10_000, 3))
    white = np.broadcast_to(np.uint8(255), (10_000, 10_000, 3))
    assert psnr(black, white) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("shape", [(2000, 2000, 3), (20, 200_000, 3)])
def test_memory_does_not_grow_with_the_picture(shape: tuple[int, ...]) -> None:
    a = np.broadcast_to(np.float32(30.5), shape)
    b = np.broadcast_to(np.float32(40.5), shape)
    tracemalloc.start()
    psnr(a, b)
    ssim(a, b)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20_000_000  # one of the two alone would take 48 MB


# What is refused.

PICTURE = texture(30, 31)
FLOATS = PICTURE.astype(np.float32)


def with_value(value: float) -> np.ndarray:
    changed = FLOATS.copy()
    changed[11, 12, 1] = value
    return changed


@pytest.mark.parametrize("measure", [psnr, ssim, ssim_map, ms_ssim])
@pytest.mark.parametrize(
    ("a", "b", "message"),
    [
        (PICTURE, PICTURE[:, :30], "differ in size, 31×30 and 30×30 pixels: resize or crop"),
        (PICTURE, PICTURE[:, :, 0], "one picture is grey and the other has three channels"),
        (PICTURE[:, :, :2], PICTURE[:, :, :2], "first picture is an array of 30×31×2: give H×W, H×W×1 or H×W×3"),
        (PICTURE, np.dstack([PICTURE, PICTURE[:, :, :1]]), "second picture is an array of 30×31×4"),
        (PICTURE[None], PICTURE[None], "an array of 1×30×31×3"),
        (PICTURE[0, 0], PICTURE[0, 0], "an array of 3:"),
        (np.array(7, np.uint8), PICTURE, "an array of no dimension"),
        ([[1, 2], [3, 4]], PICTURE, "first picture is no array"),
        (PICTURE > 100, PICTURE, "values of type bool can't be measured: give uint8, uint16, float32 or float64"),
        (PICTURE, PICTURE.astype(np.int32), "type int32"),
        (FLOATS.astype(np.float16), PICTURE, "type float16"),
        (PICTURE[:2], PICTURE[:2], "nothing is left of 31×2 pixels once 1 pixels are cut off each side"),
        (PICTURE[:, :0], PICTURE[:, :0], "nothing is left of 0×30 pixels"),
        (with_value(math.nan), FLOATS, "first picture holds NaN or infinite values: replace them"),
        (FLOATS, with_value(math.inf), "second picture holds NaN or infinite"),
        (PICTURE, with_value(-math.inf), "second picture holds NaN or infinite"),
        (FLOATS / 255, FLOATS / 255, "first picture's values lie in 0..1 .* where white is 255: multiply them by 255"),
        (PICTURE, FLOATS / FLOATS.max() * 1.4, "second picture's values lie in 0..1 .the largest is 1.2"),
        (FLOATS, FLOATS / 255, "second picture's values lie in 0..1"),
        (FLOATS * 257, PICTURE, "first picture's values reach .* where white is 255: bring them to 0..255"),
    ],
)
def test_what_does_not_fit_is_refused(measure, a, b, message: str) -> None:
    with pytest.raises(MeasureError, match=message):
        measure(a, b)


def test_floats_in_0_to_255_are_refused_where_white_is_1() -> None:
    with pytest.raises(MeasureError, match=r"second picture's values reach 71 where white is 1: bring them to 0\.\.1"):
        psnr(FLOATS / 255, FLOATS, FLOAT_ISP)


def test_a_picture_smaller_than_its_border_is_refused() -> None:
    with pytest.raises(MeasureError, match="nothing is left of 18×40 pixels once 9 pixels are cut off each side"):
        psnr(flat(1, size=(40, 18)), flat(2, size=(40, 18)), NTIRE17)


def test_an_empty_picture_is_refused_also_without_a_border() -> None:
    with pytest.raises(MeasureError, match="nothing is left of 0×0 pixels: measure larger"):
        psnr(flat(1, size=(0, 0)), flat(1, size=(0, 0)), WHOLE)


def test_a_network_s_overshoot_is_no_other_range() -> None:
    overshooting = FLOATS / 255
    overshooting[:8, :8] = 2.4  # 7 % of the picture
    assert psnr(overshooting, PICTURE, FLOAT_ISP) < math.inf


def test_dark_floats_are_measured_beside_a_picture_as_dark() -> None:
    faint = np.full((24, 25, 3), 0.7, np.float32)
    assert psnr(faint, flat(1)) == math.inf
    assert psnr(faint, flat(257, "uint16")) == math.inf


def test_black_floats_have_no_range_to_be_mistaken() -> None:
    assert psnr(flat(0, "float32"), flat(255)) == pytest.approx(0, abs=1e-12)


def test_nan_in_the_border_is_not_measured() -> None:
    broken = FLOATS.copy()
    broken[0, 3, 1] = math.nan
    assert psnr(broken, PICTURE) == math.inf


def test_a_scale_below_one_is_refused() -> None:
    with pytest.raises(UsageError, match="a scale of 0 is none: give 1 or more"):
        NTIRE17.at_scale(0)
