"""Pictures made by arithmetic, to calibrate int8 by: what a camera's pictures have, the same on every machine."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

SAMPLES = 2
SEED = 2021
ROUGHNESS = 1.0
"""The amplitude of natural pictures falls with this power of the frequency (Field 1987)."""
CLIPPED = 0.02
"""How much of a picture is black, and how much is white."""
DRIFT = 2
"""By how many pixels a clip moves from frame to frame."""


def representative(
    height: int, width: int, channels: int, white: float, frames: int = 1, samples: int = SAMPLES
) -> Iterator[Floats]:
    """Pictures of 1×H×W×C from 0 to ``white``, both reached; with ``frames``, moving clips in the channels."""
    random = np.random.default_rng(SEED)
    for _ in range(samples):
        margin = DRIFT * (frames - 1)
        scene = _scene(random, height, width + margin, channels // frames)
        shots = [scene[:, step * DRIFT : step * DRIFT + width] for step in range(frames)]
        yield np.concatenate(shots, axis=-1)[np.newaxis] * np.float32(white)


def _scene(random: np.random.Generator, height: int, width: int, channels: int) -> Floats:
    """H×W×C from 0 to 1: noise with the spectrum of natural pictures, its channels alike for the most part."""
    down, across = np.fft.fftfreq(height)[:, np.newaxis], np.fft.rfftfreq(width)
    frequency = np.maximum(np.hypot(down, across), 1 / max(height, width))
    layers = np.fft.rfft2(random.standard_normal((channels + 1, height, width)))
    waves = np.fft.irfft2(layers / frequency**ROUGHNESS, s=(height, width))
    mixed = waves[:1] + 0.3 * waves[1:]
    dark, bright = np.quantile(mixed, [CLIPPED, 1 - CLIPPED])
    scaled = np.clip((mixed - dark) / max(bright - dark, np.finfo(np.float64).tiny), 0, 1)
    return np.ascontiguousarray(scaled.transpose(1, 2, 0), np.float32)
