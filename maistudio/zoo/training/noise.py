"""Poisson-Gaussian noise, as a camera's pixels have it: photons that are counted, and an electronic part.

A pixel of brightness x (0..1) becomes Poisson(x · photons) / photons + Normal(0, read²); its variance is
x / photons + read². The noise of each pixel and channel is independent of all others.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from maistudio.imaging.picture import Pixels
from maistudio.zoo.training.values import WHITE

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Noise:
    """``photons`` at white, and the standard deviation ``read`` of the electronic part, white being 1."""

    photons: float
    read: float

    def deviation(self, brightness: float) -> float:
        return math.sqrt(brightness / self.photons + self.read**2)


STRONG = Noise(photons=62.0, read=10 / 255)
"""σ = 25/255 at mid grey, 10/255 at black, 34/255 at white: assumed, as the challenge gives pairs and no numbers."""

LEVELS = 256
DRAWS = 2**16
FARTHEST = 8.0
"""Standard deviations above the mean, as far as photons are counted."""


def noisy(picture: Pixels, random: np.random.Generator, noise: Noise = STRONG) -> Pixels:
    """8-bit values with ``noise``, clipped and rounded to 8 bits; drawn from the exact distribution, to 1/65536.

    Assumed: the noise is added to the values as they are, in sRGB and to each channel for itself. A camera's is
    spread over neighbours by its demosaicing.
    """
    draws = random.integers(0, DRAWS, picture.shape, dtype=np.uint16)
    places = np.left_shift(picture, 16, dtype=np.uint32)
    places |= draws
    return np.take(_outcomes(noise), places)


def with_noise(brightness: Floats, random: np.random.Generator, noise: Noise) -> Floats:
    """Brightness of 0..1 with ``noise``, its Poisson part taken for normal, as it is for many photons; not clipped."""
    deviation = np.sqrt(np.maximum(brightness, 0) * np.float32(1 / noise.photons) + np.float32(noise.read**2))
    return brightness + deviation * random.standard_normal(brightness.shape, dtype=np.float32)


@cache
def _outcomes(noise: Noise) -> Pixels:
    """For each 8-bit value 65536 equally likely outcomes in rising order, one after the other."""
    likely = _photons_likely(noise) @ _at_most(noise)
    ends = np.rint(np.concatenate([likely, np.ones((LEVELS, 1))], axis=1) * DRAWS).astype(np.int64)
    often = np.diff(ends, axis=1, prepend=0)
    outcomes = np.tile(np.arange(LEVELS, dtype=np.uint8), LEVELS)
    return np.repeat(outcomes, often.ravel())


def _photons_likely(noise: Noise) -> NDArray[np.float64]:
    """How likely each number of photons is: levels × numbers."""
    expected = np.arange(LEVELS)[:, np.newaxis] / WHITE * noise.photons
    most = math.ceil(noise.photons + FARTHEST * math.sqrt(noise.photons)) + 1
    numbers = np.arange(most)
    factorials = np.array([math.lgamma(number + 1) for number in numbers])
    with np.errstate(divide="ignore", invalid="ignore"):
        logarithms = numbers * np.log(expected) - expected - factorials
    return np.where(expected > 0, np.exp(logarithms), numbers == 0)


def _at_most(noise: Noise) -> NDArray[np.float64]:
    """How likely a number of photons comes out as 0, at most 1 … at most 254: numbers × 255."""
    most = math.ceil(noise.photons + FARTHEST * math.sqrt(noise.photons)) + 1
    ends = (np.arange(LEVELS - 1) + 0.5) / WHITE
    scaled = (ends - np.arange(most)[:, np.newaxis] / noise.photons) / (noise.read * math.sqrt(2))
    return 0.5 * (1 + np.array([[math.erf(value) for value in row] for row in scaled]))
