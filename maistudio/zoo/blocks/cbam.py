"""The convolutional block attention module (CBAM): first which channels matter, then where."""

from __future__ import annotations

import keras

from maistudio.zoo.blocks.convolution import FIRST_BIAS, LIVE_BIAS, Tensor
from maistudio.zoo.blocks.spatial_attention import spatial_attention


def cbam(x: Tensor, hidden: int, name: str) -> Tensor:
    """Same shape out as in; ``hidden`` is the width of what channel attention passes through."""
    return spatial_attention(_which(x, hidden, name), f"{name}_where")


def _which(x: Tensor, hidden: int, name: str) -> Tensor:
    """Every channel by a weight of 0..1: the same two dense layers see the channels' means and their maxima."""
    channels = x.shape[-1]
    live = keras.initializers.RandomUniform(LIVE_BIAS - FIRST_BIAS, LIVE_BIAS + FIRST_BIAS)
    squeeze = keras.layers.Dense(hidden, activation="relu", bias_initializer=live, name=f"{name}_squeeze")
    biases = keras.initializers.RandomUniform(-FIRST_BIAS, FIRST_BIAS)
    expand = keras.layers.Dense(channels, bias_initializer=biases, name=f"{name}_expand")
    most = keras.layers.Reshape((1, 1, channels))(keras.layers.GlobalMaxPooling2D()(x))
    mean = keras.layers.Reshape((1, 1, channels))(keras.layers.GlobalAveragePooling2D()(x))
    # keras.layers.Add makes a bias of a 1×1 picture, and with it a needless operation
    summed = keras.layers.Lambda(lambda pair: pair[0] + pair[1])([expand(squeeze(mean)), expand(squeeze(most))])
    return keras.layers.Multiply()([x, keras.layers.Activation("sigmoid")(summed)])
