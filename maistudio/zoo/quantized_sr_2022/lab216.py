"""The network of Lab216: seven convolutions beside one."""

from __future__ import annotations

import keras

from maistudio.zoo.blocks.convolution import conv
from maistudio.zoo.blocks.tail import clip, depth_to_space

SCALE = 3


def lab216(channels: int = 36, convolutions: int = 7) -> keras.Model:
    """×3 super-resolution, 0..255 (section 4.13, Fig. 15)."""
    low = x = keras.Input((None, None, 3), name="input")
    for place in range(convolutions - 1):
        x = conv(x, channels, name=f"conv{place}", activation="relu")
    x = conv(x, 3 * SCALE**2, name="to_pixels")
    x = keras.layers.Add()([x, conv(low, 3 * SCALE**2, name="shortcut")])
    return keras.Model(low, depth_to_space(clip(x), SCALE), name="lab216")
