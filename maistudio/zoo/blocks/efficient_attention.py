"""Efficient channel attention: each channel is weighted by what its own mean and its neighbours' tell."""

from __future__ import annotations

from math import log2

import keras

from maistudio.zoo.blocks.convolution import Tensor

GAMMA, OFFSET = 2, 1
"""By which the method chooses how many neighbours a channel sees."""


def efficient_attention(x: Tensor, name: str) -> Tensor:
    """Same shape out as in: global mean, a convolution along the channels, sigmoid, times ``x``."""
    channels = x.shape[-1]
    mean = keras.layers.GlobalAveragePooling2D()(x)
    y = keras.layers.Reshape((1, channels, 1))(mean)
    layer = keras.layers.Conv2D(1, (1, reach(channels)), padding="same", use_bias=False, name=name)
    y = keras.layers.Activation("sigmoid")(layer(y))
    return keras.layers.Multiply()([x, keras.layers.Reshape((1, 1, channels))(y)])


def reach(channels: int) -> int:
    """How many channels the convolution sees: it grows with their logarithm, and is odd."""
    seen = int(abs((log2(channels) + OFFSET) / GAMMA))
    return seen if seen % 2 else seen + 1
