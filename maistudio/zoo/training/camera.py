"""The camera that the ISP's examples are made for: what turns its counts into a picture, as numbers.

No camera's own numbers: round ones of the size that smartphones have, so that an own calibration can take their
place. The counts of the challenge's sensor are not corrected (section 2.1 of the report: "the same values as read
from the sensor"), so they start at its black level; 64 is usual for 10 bits.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from maistudio.imaging.channel_orders import ULTRAISP, Pattern
from maistudio.zoo.training.noise import Noise

ORDER = ULTRAISP
PATTERN = Pattern.RGGB
"""The challenge file's channel_order and pattern."""

LARGEST_COUNT = 1023
"""Of 10 bits."""
BLACK_COUNT = 64

GAINS = {"R": 2.0, "G": 1.0, "B": 1.6}
"""White balance in daylight: what a grey's channels are multiplied with to be equal."""

TO_SRGB: NDArray[np.float64] = np.array([[1.65, -0.50, -0.15], [-0.20, 1.50, -0.30], [0.05, -0.55, 1.50]])
"""Balanced camera colours to linear sRGB. Each row's sum is 1, so that grey stays grey."""

NOISE = Noise(photons=2000.0, read=0.002)
"""Of daylight: σ = 0.022 of white at white, 2 counts at black."""

_LINEAR_BELOW, _SLOPE, _SHARE, _POWER = 0.0031308, 12.92, 0.055, 2.4
"""IEC 61966-2-1, sRGB: the tone curve."""


def encoded(linear: NDArray[np.float32]) -> NDArray[np.float32]:
    """Linear light of 0..1 by the tone curve; what is outside is clipped."""
    light = np.clip(linear, 0, 1)
    curved = (1 + _SHARE) * light ** np.float32(1 / _POWER) - _SHARE
    return np.where(light <= _LINEAR_BELOW, _SLOPE * light, curved).astype(np.float32)


def linear(encoded_values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The inverse of ``encoded``, for values of 0..1."""
    curved = ((encoded_values + _SHARE) / (1 + _SHARE)) ** _POWER
    return np.where(encoded_values <= _SLOPE * _LINEAR_BELOW, encoded_values / _SLOPE, curved)
