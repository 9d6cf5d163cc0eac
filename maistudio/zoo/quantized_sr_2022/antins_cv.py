"""The network of Antins.cv: two branches of unlike ends, added."""

from __future__ import annotations

import keras

from maistudio.zoo.blocks.convolution import conv
from maistudio.zoo.blocks.tail import depth_to_space

SCALE = 3


def antins_cv(channels: int = 24) -> keras.Model:
    """×3 super-resolution, 0..255 (section 4.7, Fig. 9). No clip: the team fixed the output's quantization instead."""
    low = keras.Input((None, None, 3), name="input")
    first = conv(low, channels, name="first", activation="relu")
    left = conv(first, channels, name="left0", activation="relu")
    left = conv(left, channels, name="left1", activation="relu")
    right = conv(first, channels, name="right0", activation="relu")
    right = conv(right, channels, name="right1")
    x = conv(keras.layers.Add()([left, right]), 3 * SCALE**2, name="to_pixels")
    return keras.Model(low, depth_to_space(x, SCALE), name="antins_cv")
