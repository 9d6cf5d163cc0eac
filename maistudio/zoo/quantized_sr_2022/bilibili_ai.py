"""The network of Bilibili AI: two convolutions side by side, a chain beside a shortcut, and the repeated input."""

from __future__ import annotations

import keras

from maistudio.zoo.blocks.anchor import anchor
from maistudio.zoo.blocks.convolution import conv
from maistudio.zoo.blocks.tail import clip, depth_to_space

SCALE = 3


def bilibili_ai(channels: int = 32, middle: int = 5) -> keras.Model:
    """×3 super-resolution, 0..255 (section 4.23, Fig. 22)."""
    low = keras.Input((None, None, 3), name="input")
    features = [conv(low, channels, name=f"features{place}", activation="relu") for place in range(2)]
    mixed = x = conv(keras.layers.Concatenate()(features), channels, 1, name="mix", activation="relu")
    for place in range(middle):
        x = conv(x, channels, name=f"conv{place}", activation="relu")
    x = conv(keras.layers.Add()([x, mixed]), 3 * SCALE**2, name="to_pixels")
    x = keras.layers.Add()([x, anchor(low, SCALE)])
    return keras.Model(low, clip(depth_to_space(x, SCALE)), name="bilibili_ai")
