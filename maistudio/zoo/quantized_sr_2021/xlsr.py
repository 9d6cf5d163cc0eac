"""XLSR of Aselsan Research: blocks of grouped convolutions beside a thin path from the input."""

from __future__ import annotations

import keras

from maistudio.zoo.blocks.convolution import conv
from maistudio.zoo.blocks.gblock import gblock
from maistudio.zoo.blocks.tail import clip, depth_to_space

SCALE = 3
GROUPS = 4
CHANNELS = 32
SKIP_CHANNELS = 16
GBLOCKS = 3


def xlsr() -> keras.Model:
    """×3 super-resolution, 0..255 (section 4.1, Fig. 3)."""
    low = keras.Input((None, None, 3), name="input")
    first = [conv(low, CHANNELS // GROUPS, name=f"first_group{place}", activation="relu") for place in range(GROUPS)]
    x = conv(keras.layers.Concatenate()(first), CHANNELS, 1, name="first_mix")
    for place in range(GBLOCKS):
        x = gblock(x, f"gblock{place}", GROUPS)
    skip = conv(low, SKIP_CHANNELS, name="skip")
    x = conv(keras.layers.Concatenate()([x, skip]), CHANNELS, 1, name="mix", activation="relu")
    x = clip(conv(x, 3 * SCALE**2, name="to_pixels"))
    return keras.Model(low, depth_to_space(x, SCALE), name="xlsr")
