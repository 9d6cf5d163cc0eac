"""SSIM and its map."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from measured_pictures import TURNS, noisy, slow_ssim_map, texture, to_bytes, waves
from skimage.filters import gaussian
from skimage.metrics import structural_similarity

from maistudio.errors import MeasureError
from maistudio.imaging.conventions import BASICSR_Y, CODALAB, DEFAULT, FLOAT_ISP, NTIRE17, PRESETS, Convention, Window
from maistudio.imaging.metrics import ssim, ssim_map
from maistudio.imaging.pair import pair_of
from maistudio.imaging.structural import levels_of, mean_of, terms

SAMPLED = replace(DEFAULT, sample_covariance=True)
FROM_THE_EDGE = replace(DEFAULT, shave=0, window=Window(taps=11, sigma=1.5, margin=0))
FAR_INSIDE = replace(DEFAULT, window=Window(taps=5, sigma=0.8, margin=7))
CONVENTIONS = (*PRESETS, SAMPLED, FROM_THE_EDGE, FAR_INSIDE)
"""Every preset, and what a convention may say that none of them does."""

PHOTO_LIKE = texture(97, 130)
NOISY = noisy(PHOTO_LIKE, 9)


def by_scikit_image(a: np.ndarray, b: np.ndarray, *, sample: bool = False, **options) -> float:
    options = {"gaussian_weights": True, "sigma": 1.5} | options
    inner = a[1:-1, 1:-1], b[1:-1, 1:-1]
    return structural_similarity(*inner, use_sample_covariance=sample, channel_axis=2, data_range=255, **options)


@pytest.mark.parametrize("b", [NOISY, PHOTO_LIKE[:, ::-1], to_bytes(PHOTO_LIKE * 0.7 + 40), 255 - PHOTO_LIKE])
def test_ssim_is_scikit_image_s_on_the_shaved_pictures(b: np.ndarray) -> None:
    assert ssim(PHOTO_LIKE, b) == pytest.approx(by_scikit_image(PHOTO_LIKE, b), abs=1e-6)


def test_ssim_with_sample_covariance_is_scikit_image_s() -> None:
    expected = by_scikit_image(PHOTO_LIKE, NOISY, sample=True)
    assert ssim(PHOTO_LIKE, NOISY, SAMPLED) == pytest.approx(expected, abs=1e-6)
    assert abs(expected - ssim(PHOTO_LIKE, NOISY)) > 1e-5


def test_scikit_image_s_own_window_is_another_metric() -> None:
    uniform = by_scikit_image(PHOTO_LIKE, NOISY, gaussian_weights=False)
    assert abs(uniform - ssim(PHOTO_LIKE, NOISY)) > 0.005


def test_the_codalab_window_is_scikit_image_s_gaussian_cut_at_4_sigma() -> None:
    a, b = (picture[1:-1, 1:-1].astype(np.float64) for picture in (PHOTO_LIKE, NOISY))

    def blurred(values: np.ndarray) -> np.ndarray:
        return gaussian(values, 1.5, mode="reflect", truncate=4, channel_axis=2, preserve_range=True)

    mean_a, mean_b = blurred(a), blurred(b)
    covariance = blurred(a * b) - mean_a * mean_b
    variances = blurred(a * a) - mean_a**2 + blurred(b * b) - mean_b**2
    luminance = (2 * mean_a * mean_b + 6.5025) / (mean_a**2 + mean_b**2 + 6.5025)
    similarity = luminance * (2 * covariance + 58.5225) / (variances + 58.5225)
    assert ssim(PHOTO_LIKE, NOISY, CODALAB) == pytest.approx(similarity[5:-5, 5:-5].mean(), abs=1e-6)
    assert abs(ssim(PHOTO_LIKE, NOISY, CODALAB) - ssim(PHOTO_LIKE, NOISY)) > 1e-5


def test_ssim_of_a_fainter_pattern_is_the_contrast_term() -> None:
    """Rows in turn 40 above and 40 below 100, and 10 above and below.

    A Gaussian of sigma 1.5 averages them to 100 within 0.01: the variances are 1600 and 100, the covariance 400.
    """
    rows = np.where(np.arange(41) % 2, 40.0, -40.0)[:, None] * np.ones((1, 41))
    expected = (2 * 400 + 7.65**2) / (1600 + 100 + 7.65**2)
    assert ssim(to_bytes(100 + rows), to_bytes(100 + rows / 4)) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("convention", CONVENTIONS, ids=lambda convention: convention.id)
def test_identical_pictures_have_ssim_1(convention: Convention) -> None:
    assert ssim(PHOTO_LIKE, PHOTO_LIKE, convention) == 1


def test_the_negative_of_a_pattern_has_a_negative_ssim() -> None:
    a = to_bytes(waves(60, 70))
    assert ssim(a, 255 - a) < -0.3


def test_more_noise_is_a_lower_ssim() -> None:
    measured = [ssim(PHOTO_LIKE, noisy(PHOTO_LIKE, deviation)) for deviation in (1, 2, 4, 8, 16, 32)]
    assert measured == sorted(measured, reverse=True)
    assert len(set(measured)) == 6


@settings(max_examples=60)
@given(
    pictures=st.tuples(st.integers(29, 34), st.integers(29, 34), st.sampled_from([(), (3,)])).flatmap(
        lambda size: hnp.arrays("uint8", (2, *size[:2], *size[2]), elements=st.integers(0, 255))
    ),
    sixteen_bits=st.booleans(),
    convention=st.sampled_from(CONVENTIONS),
)
def test_the_map_is_its_definition(pictures: np.ndarray, sixteen_bits: bool, convention: Convention) -> None:
    a, b = pictures
    if sixteen_bits:
        a = a.astype(np.uint16) * 257 - (a > 0) * np.uint16(100)
    expected = slow_ssim_map(a, b, convention)
    np.testing.assert_allclose(ssim_map(a, b, convention), expected.mean(axis=2), atol=1e-4)
    assert ssim(a, b, convention) == pytest.approx(expected.mean(), abs=2e-5)


@settings(max_examples=30)
@given(seed=st.integers(0, 999), convention=st.sampled_from(CONVENTIONS))
def test_the_map_of_floats_is_its_definition(seed: int, convention: Convention) -> None:
    rng = np.random.default_rng(seed)
    a = rng.uniform(-0.1, 1.2, (30, 33, 3)) * convention.peak
    b = (a + rng.normal(size=a.shape) * 0.1 * convention.peak).astype(np.float32)
    expected = slow_ssim_map(a, b, convention).mean(axis=2)
    np.testing.assert_allclose(ssim_map(a, b, convention), expected, atol=1e-4)


@pytest.mark.parametrize(("a", "b"), [(100, 150), (255, 93), (93, 255), (0, 255), (254, 255)])
def test_flat_pictures_of_any_brightness_are_exact(a: int, b: int) -> None:
    expected = (2 * a * b + 2.55**2) / (a**2 + b**2 + 2.55**2)
    assert ssim(np.full((30, 31), a, np.uint8), np.full((30, 31), b, np.uint8)) == pytest.approx(expected, abs=1e-6)


def test_flat_areas_side_by_side_are_exact_to_1e_4() -> None:
    """Black, white and between in one tile, which can't be centred on each."""
    areas = np.array([[[0, 57, 255], [255, 128, 93]], [[255, 255, 200], [0, 255, 255]]], np.uint8)
    a, b = areas.repeat(25, axis=1).repeat(25, axis=2)
    assert ssim(a, b) == pytest.approx(slow_ssim_map(a, b, DEFAULT).mean(), abs=5e-5)


@pytest.mark.parametrize("base", [0, 1, 16, 128, 235, 250, 254, 255])
@pytest.mark.parametrize("convention", [DEFAULT, FLOAT_ISP], ids=["255", "1"])
def test_flat_areas_are_exact_however_bright(base: int, convention: Convention) -> None:
    a = np.full((60, 61), base, np.uint8)
    b = np.clip(a + np.random.default_rng(3).integers(-2, 3, a.shape), 0, 255).astype(np.uint8)
    expected = slow_ssim_map(a, b, convention)[:, :, 0]
    np.testing.assert_allclose(ssim_map(a, b, convention), expected, atol=2e-5)
    assert ssim(a, b, convention) == pytest.approx(expected.mean(), abs=2e-6)


@given(rows=st.integers(8, 100), columns=st.integers(8, 130), convention=st.sampled_from(CONVENTIONS))
def test_the_tiles_it_is_worked_out_in_do_not_show(rows: int, columns: int, convention: Convention) -> None:
    parts = terms(levels_of(pair_of(PHOTO_LIKE, NOISY, convention)), convention, rows, columns)
    measured = mean_of(part.similarity for part in parts)
    assert measured == pytest.approx(ssim(PHOTO_LIKE, NOISY, convention), abs=1e-6)


@pytest.mark.parametrize("size", [(1, 1), (1, 130), (3, 7)])
def test_tiles_smaller_than_the_window_do_not_show(size: tuple[int, int]) -> None:
    a, b = PHOTO_LIKE[:40, :44], NOISY[:40, :44]
    parts = terms(levels_of(pair_of(a, b, CODALAB)), CODALAB, *size)
    assert mean_of(part.similarity for part in parts) == pytest.approx(ssim(a, b, CODALAB), abs=1e-6)


@pytest.mark.parametrize("convention", CONVENTIONS, ids=lambda convention: convention.id)
def test_neither_picture_is_the_first(convention: Convention) -> None:
    assert ssim(PHOTO_LIKE, NOISY, convention) == ssim(NOISY, PHOTO_LIKE, convention)


@pytest.mark.parametrize("turned", TURNS)
@pytest.mark.parametrize("convention", [DEFAULT, CODALAB, FROM_THE_EDGE], ids=["default", "codalab", "from the edge"])
def test_a_turned_picture_has_the_turned_map(turned: str, convention: Convention) -> None:
    turn = TURNS[turned]
    expected = turn(ssim_map(PHOTO_LIKE, NOISY, convention))
    np.testing.assert_allclose(ssim_map(turn(PHOTO_LIKE), turn(NOISY), convention), expected, atol=1e-4)


@pytest.mark.parametrize(
    ("convention", "size"),
    [(DEFAULT, (85, 118)), (NTIRE17, (69, 102)), (BASICSR_Y, (81, 114)), (FROM_THE_EDGE, (97, 130))],
    ids=["default", "ntire17", "luma", "from the edge"],
)
def test_the_map_leaves_border_and_margin_out_and_its_mean_is_ssim(convention, size: tuple[int, int]) -> None:
    similarity = ssim_map(PHOTO_LIKE, NOISY, convention)
    assert similarity.dtype == np.float32
    assert similarity.shape == size
    assert similarity.mean(dtype=np.float64) == pytest.approx(ssim(PHOTO_LIKE, NOISY, convention), abs=1e-6)


def test_the_map_is_low_where_the_pictures_differ() -> None:
    b = PHOTO_LIKE.copy()
    b[40:50, 60:80] = 255 - b[40:50, 60:80]
    similarity = ssim_map(PHOTO_LIKE, b)
    assert similarity[39, 64] < 0.5  # border 1 and margin 5 before (45, 70)
    assert similarity[10, 10] == 1


def test_luma_s_ssim_is_that_of_luma_computed_by_hand() -> None:
    def luma(picture: np.ndarray) -> np.ndarray:
        return 16 + (65.481 * picture[..., 0] + 128.553 * picture[..., 1] + 24.966 * picture[..., 2]) / 255

    grey = structural_similarity(
        luma(PHOTO_LIKE[3:-3, 3:-3]),
        luma(NOISY[3:-3, 3:-3]),
        gaussian_weights=True,
        sigma=1.5,
        use_sample_covariance=False,
        data_range=255,
    )
    assert ssim(PHOTO_LIKE, NOISY, BASICSR_Y) == pytest.approx(grey, abs=1e-6)


def test_black_has_a_luma_of_16() -> None:
    black, dark = np.zeros((20, 21, 3), np.uint8), np.full((20, 21, 3), 10, np.uint8)
    luma = 16 + 219 * 10 / 255
    expected = (2 * 16 * luma + 2.55**2) / (16**2 + luma**2 + 2.55**2)
    assert ssim(black, dark, BASICSR_Y) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(("convention", "side"), [(DEFAULT, 13), (CODALAB, 13), (NTIRE17, 29), (FAR_INSIDE, 17)])
def test_the_smallest_picture_has_a_map_of_one_pixel(convention: Convention, side: int) -> None:
    a, b = PHOTO_LIKE[:side, :side], NOISY[:side, :side]
    assert ssim_map(a, b, convention).shape == (1, 1)
    with pytest.raises(MeasureError, match=f"SSIM needs pictures of {side}×{side} pixels or more, these have"):
        ssim(a[1:], b[1:], convention)
    with pytest.raises(MeasureError, match=f"these have {side - 1}×{side}: measure larger ones"):
        ssim_map(a[:, 1:], b[:, 1:], convention)


@pytest.mark.parametrize("channels", [(), (3,)])
@pytest.mark.parametrize("size", [(14, 11), (11, 14), (11, 11), (14, 14)])
def test_a_map_of_a_few_pixels_is_its_definition(size: tuple[int, int], channels: tuple[int, ...]) -> None:
    """A map of 4×1 looks to OpenCV like the four constants of a scalar."""
    a, b = np.random.default_rng(1).integers(0, 256, (2, *size, *channels), np.uint8)
    whole = replace(DEFAULT, shave=0)
    expected = slow_ssim_map(a, b, whole).mean(axis=2)
    np.testing.assert_allclose(ssim_map(a, b, whole), expected, atol=1e-4)
