"""The three convolutions of MiAlgo, the fastest network of the challenge (section 4.1, Fig. 3)."""

from __future__ import annotations

import keras

from maistudio.zoo.blocks.convolution import conv
from maistudio.zoo.blocks.tail import depth_to_space
from maistudio.zoo.learned_isp.counts import from_counts

PIXELS = 12
"""RGB of the four pixels that depth-to-space makes of one."""


def three_conv(channels: int = 12) -> keras.Model:
    """Counts of N×H×W×4 to N×2H×2W×3: tanh, ReLU, ReLU, pixels."""
    raw = keras.Input((None, None, 4), name="input")
    x = conv(from_counts(raw), channels, name="conv0", activation="tanh")
    x = conv(x, channels, name="conv1", activation="relu")
    x = conv(x, PIXELS, name="to_pixels", activation="relu")
    return keras.Model(raw, depth_to_space(x, 2), name="three_conv")
