"""MS-SSIM."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from measured_pictures import noisy, slow_ssim_map, texture, to_bytes, waves

from maistudio.imaging.conventions import BASICSR_Y, DEFAULT, FLOAT_ISP, NTIRE17, Rounding
from maistudio.imaging.metrics import ms_ssim, smallest_for_ms_ssim

WHOLE = replace(DEFAULT, shave=0)
WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)


def textured() -> tuple[np.ndarray, np.ndarray]:
    y, x = np.mgrid[:200, :240]
    return to_bytes(waves(200, 240)), to_bytes(waves(200, 240) + ((x * 7 + y * 13 + x * y) % 17 - 8)[..., None])


def flattened() -> tuple[np.ndarray, np.ndarray]:
    return to_bytes(waves(200, 240)), to_bytes(127.5 + 0.6 * (waves(200, 240) - 127.5))


def odd() -> tuple[np.ndarray, np.ndarray]:
    """177 and 181 are halved to 89 and 91, 45 and 46, 23 and 23, 12 and 12."""
    y, x = np.mgrid[:177, :181]
    return to_bytes(waves(177, 181)), to_bytes(waves(177, 181) * 0.9 + 20 + ((x * y) % 11 - 5)[..., None])


@pytest.mark.parametrize(("pictures", "printed"), [(textured, 0.9952610), (flattened, 0.8882479), (odd, 0.9916568)])
def test_ms_ssim_is_tensorflow_s(pictures, printed: float) -> None:
    """``tf.image.ssim_multiscale(a, b, 255.0)`` of TensorFlow 2.21.0 on the CPU, in float32, printed these."""
    a, b = pictures()
    assert ms_ssim(a, b, WHOLE) == pytest.approx(printed, abs=2e-6)


def test_ms_ssim_is_its_definition_for_grey() -> None:
    a, b = (picture[:, :, 1] for picture in (texture(170, 190), noisy(texture(170, 190), 12)))
    expected = 1.0
    x, y = a.astype(np.float64), b.astype(np.float64)
    plain = replace(WHOLE, rounding=Rounding.CLIP)
    for weight in WEIGHTS[:-1]:
        expected *= contrast(x, y) ** weight
        x, y = halved(x), halved(y)
    expected *= slow_ssim_map(x, y, plain).mean() ** WEIGHTS[-1]
    assert ms_ssim(a, b, WHOLE) == pytest.approx(expected, abs=1e-6)


def halved(values: np.ndarray) -> np.ndarray:
    height, width = values.shape
    even = np.pad(values, ((0, height % 2), (0, width % 2)), mode="edge")
    return even.reshape(even.shape[0] // 2, 2, even.shape[1] // 2, 2).mean(axis=(1, 3))


def contrast(x: np.ndarray, y: np.ndarray) -> float:
    offsets = np.arange(11) - 5
    weights = np.exp(-(offsets**2) / 4.5)
    weights = np.outer(weights, weights) / weights.sum() ** 2

    def mean(values: np.ndarray) -> np.ndarray:
        return np.einsum("ijkl,kl->ij", np.lib.stride_tricks.sliding_window_view(values, (11, 11)), weights)

    covariance = mean(x * y) - mean(x) * mean(y)
    variances = mean(x * x) - mean(x) ** 2 + mean(y * y) - mean(y) ** 2
    return float(np.mean((2 * covariance + 58.5225) / (variances + 58.5225)))


def test_identical_pictures_have_ms_ssim_1() -> None:
    assert ms_ssim(texture(200, 180), texture(200, 180)) == 1


def test_a_term_below_zero_makes_it_0() -> None:
    a, _ = textured()
    assert ms_ssim(a, 255 - a) == 0


def test_a_channel_below_zero_counts_as_0_in_the_mean() -> None:
    a, _ = textured()
    b = a.copy()
    b[:, :, 2] = 255 - b[:, :, 2]
    assert ms_ssim(a, b) == pytest.approx(2 / 3, abs=1e-9)


def test_more_noise_is_a_lower_ms_ssim() -> None:
    picture = texture(190, 200)
    faint, clear, strong = (ms_ssim(picture, noisy(picture, deviation)) or 0 for deviation in (2, 8, 32))
    assert 1 > faint > clear > strong > 0


def test_neither_picture_is_the_first() -> None:
    a, b = textured()
    assert ms_ssim(a, b) == ms_ssim(b, a)


@pytest.mark.parametrize(("convention", "side"), [(DEFAULT, 163), (NTIRE17, 179), (FLOAT_ISP, 161)])
def test_a_picture_too_small_for_five_scales_has_none(convention, side: int) -> None:
    picture = texture(side, side)
    assert smallest_for_ms_ssim(convention) == side
    assert ms_ssim(picture, picture, convention) == 1
    assert ms_ssim(picture[1:], picture[1:], convention) is None
    assert ms_ssim(picture[:, 1:], picture[:, 1:], convention) is None


def test_luma_is_measured_as_grey_computed_by_hand() -> None:
    a, b = textured()
    weights = np.array([65.481, 128.553, 24.966]) / 255
    by_hand = ms_ssim(a @ weights + 16, b @ weights + 16, replace(BASICSR_Y, rounding=Rounding.CLIP))
    assert ms_ssim(a, b, BASICSR_Y) == pytest.approx(by_hand, abs=1e-6)


def test_range_makes_no_difference() -> None:
    a, b = textured()
    assert ms_ssim(a / 255, b / 255, FLOAT_ISP) == pytest.approx(ms_ssim(a, b, WHOLE), abs=1e-6)
