"""Pictures built in code, and PSNR and SSIM by their definitions, slowly, in float64: what the metrics' tests share."""

from __future__ import annotations

import math

import cv2
import numpy as np

from maistudio.imaging.conventions import Colour, Convention, Rounding

TURNS = {
    "transposed": lambda picture: picture.swapaxes(0, 1),
    "upside down": lambda picture: picture[::-1],
    "mirrored": lambda picture: picture[:, ::-1],
}


def to_bytes(values: np.ndarray) -> np.ndarray:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def waves(height: int, width: int) -> np.ndarray:
    """A smooth pattern, H×W×3, float64 in 17..238; TensorFlow's recorded figures are of pictures made from it."""
    y, x = np.mgrid[:height, :width]
    return np.stack([127.5 + 60 * np.sin(x / 7 + c) + 50 * np.cos(y / (5 + c) + x / 31) for c in range(3)], axis=2)


def texture(height: int, width: int, seed: int = 1) -> np.ndarray:
    """Noise of several sizes, as a photograph has detail at several scales: H×W×3, uint8."""
    rng = np.random.default_rng(seed)
    picture = np.full((height, width, 3), 127.0)
    for size, weight in ((1.0, 8.0), (3.0, 16.0), (9.0, 32.0), (27.0, 64.0)):
        noise = cv2.GaussianBlur(rng.normal(size=picture.shape), (0, 0), size)
        picture += weight * noise / noise.std()
    return to_bytes(picture)


def noisy(picture: np.ndarray, deviation: float) -> np.ndarray:
    """The same pattern of noise whatever its strength."""
    noise = np.random.default_rng(7).normal(size=picture.shape)
    return to_bytes(picture + deviation * noise)


def measured_values(picture: np.ndarray, convention: Convention) -> np.ndarray:
    """The values measured of a picture, H×W×channels, in float64."""
    white = {"uint8": 255, "uint16": 65535}.get(picture.dtype.name, convention.peak)
    values = np.clip(picture.astype(np.float64) / white, 0, 1)
    if convention.rounding is Rounding.UINT8:
        values = np.round(values * 255) / 255
    if values.ndim == 2:
        values = values[:, :, None]
    if convention.colour is Colour.LUMA and values.shape[2] == 3:
        values = (16 + values @ np.array([[65.481], [128.553], [24.966]])) / 255
    border = convention.border
    height, width = values.shape[:2]
    return values[border : height - border, border : width - border] * convention.peak


def slow_psnr(a: np.ndarray, b: np.ndarray, convention: Convention) -> float:
    error = np.mean((measured_values(a, convention) - measured_values(b, convention)) ** 2)
    return math.inf if error == 0 else 10 * math.log10(convention.peak**2 / error)


def slow_ssim_map(a: np.ndarray, b: np.ndarray, convention: Convention) -> np.ndarray:
    """The published formula at each pixel, every window's weighted variance from its own mean: H'×W'×channels."""
    window = convention.window
    offsets = np.arange(window.taps) - window.taps // 2
    weights = np.exp(-(offsets**2) / (2 * window.sigma**2))
    weights = np.outer(weights, weights) / weights.sum() ** 2
    c1, c2 = (0.01 * convention.peak) ** 2, (0.03 * convention.peak) ** 2
    correction = 121 / 120 if convention.sample_covariance else 1

    def mean(values: np.ndarray) -> np.ndarray:
        return (values * weights).sum(axis=(2, 3), keepdims=True)

    def windows(values: np.ndarray) -> np.ndarray:
        beyond = window.taps // 2 - window.margin
        around = np.pad(values, beyond, mode="symmetric") if beyond > 0 else values
        cut = max(0, -beyond)
        inner = around[cut : around.shape[0] - cut, cut : around.shape[1] - cut]
        return np.lib.stride_tricks.sliding_window_view(inner, (window.taps, window.taps))

    channels = []
    first, second = measured_values(a, convention), measured_values(b, convention)
    for channel in range(first.shape[2]):
        x, y = windows(first[:, :, channel]), windows(second[:, :, channel])
        mean_x, mean_y = mean(x), mean(y)
        variances = correction * (mean((x - mean_x) ** 2) + mean((y - mean_y) ** 2))
        covariance = correction * mean((x - mean_x) * (y - mean_y))
        luminance = (2 * mean_x * mean_y + c1) / (mean_x**2 + mean_y**2 + c1)
        channels.append((luminance * (2 * covariance + c2) / (variances + c2))[:, :, 0, 0])
    return np.stack(channels, axis=2)
