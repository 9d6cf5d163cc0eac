"""NCNet of MegSR: ABPN, wider, whose repeated input comes from a frozen 1×1 convolution."""

from __future__ import annotations

import keras

from maistudio.zoo.blocks.anchor import nearest_1x1
from maistudio.zoo.blocks.convolution import conv
from maistudio.zoo.blocks.tail import clip, depth_to_space

SCALE = 3
CHANNELS = 32
MIDDLE = 4


def ncnet() -> keras.Model:
    """×3 super-resolution, 0..255 (section 4.10, Fig. 12): 3 → 32, four times 32, → 27 → 27, + the nearest branch."""
    low = keras.Input((None, None, 3), name="input")
    x = conv(low, CHANNELS, name="conv0", activation="relu")
    nearest = nearest_1x1(low, SCALE, "nearest")
    for place in range(MIDDLE):
        x = conv(x, CHANNELS, name=f"conv{place + 1}", activation="relu")
    x = conv(x, 3 * SCALE**2, name="to_pixels", activation="relu")
    x = conv(x, 3 * SCALE**2, name="residual")
    x = keras.layers.Add()([nearest, x])
    return keras.Model(low, clip(depth_to_space(x, SCALE)), name="ncnet")
