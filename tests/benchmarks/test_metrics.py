"""The metrics of 1080p RGB in one thread, beside scikit-image's in the same run."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
import pytest
from measured_pictures import noisy, texture
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from maistudio.imaging.conventions import FLOAT_ISP
from maistudio.imaging.metrics import ms_ssim, psnr, ssim
from maistudio.imaging.vmaf import vmaf_neg, why_no_vmaf

A = texture(1080, 1920)
B = noisy(A, 4)
FLOATS = (A / 255).astype(np.float32), (B / 255).astype(np.float32)
GAUSSIAN = {"gaussian_weights": True, "sigma": 1.5, "use_sample_covariance": False, "channel_axis": 2}


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    yield
    cv2.setNumThreads(before)


@pytest.mark.benchmark(group="PSNR")
def test_psnr(benchmark) -> None:
    benchmark(psnr, A, B)


@pytest.mark.benchmark(group="PSNR")
def test_psnr_of_floats(benchmark) -> None:
    benchmark(psnr, *FLOATS, FLOAT_ISP)


@pytest.mark.benchmark(group="PSNR")
def test_psnr_of_scikit_image(benchmark) -> None:
    benchmark(peak_signal_noise_ratio, A[1:-1, 1:-1], B[1:-1, 1:-1], data_range=255)


@pytest.mark.benchmark(group="SSIM")
def test_ssim(benchmark) -> None:
    benchmark(ssim, A, B)


@pytest.mark.benchmark(group="SSIM")
def test_ssim_of_floats(benchmark) -> None:
    benchmark(ssim, *FLOATS, FLOAT_ISP)


@pytest.mark.benchmark(group="SSIM")
def test_ssim_of_scikit_image(benchmark) -> None:
    benchmark(structural_similarity, A[1:-1, 1:-1], B[1:-1, 1:-1], data_range=255, **GAUSSIAN)


@pytest.mark.benchmark(group="others")
def test_ms_ssim(benchmark) -> None:
    benchmark(ms_ssim, A, B)


@pytest.mark.benchmark(group="others")
@pytest.mark.skipif(why_no_vmaf() is not None, reason=str(why_no_vmaf()))
def test_vmaf_neg(benchmark) -> None:
    benchmark(vmaf_neg, B, A)
