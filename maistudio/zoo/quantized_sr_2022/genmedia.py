"""The network of GenMedia Group: ABPN with a second shortcut, and a convolution where the sum was."""

from __future__ import annotations

import keras

from maistudio.zoo.blocks.anchor import anchor
from maistudio.zoo.blocks.convolution import conv
from maistudio.zoo.blocks.tail import clip, depth_to_space

SCALE = 3


def genmedia(channels: int = 28, middle: int = 4) -> keras.Model:
    """×3 super-resolution, 0..255 (section 4.8, Fig. 10), with the rectifiers that replaced SiLU."""
    low = keras.Input((None, None, 3), name="input")
    repeated = anchor(low, SCALE)
    first = x = conv(low, channels, name="first", activation="relu")
    for place in range(middle):
        x = conv(x, channels, name=f"conv{place}", activation="relu")
    x = keras.layers.Add()([x, first])
    x = conv(x, 3 * SCALE**2, name="to_pixels", activation="relu")
    x = conv(x, 3 * SCALE**2, name="detail", activation="relu")
    x = conv(keras.layers.Concatenate()([x, repeated]), 3 * SCALE**2, 1, name="mix")
    return keras.Model(low, depth_to_space(clip(x), SCALE), name="genmedia")
