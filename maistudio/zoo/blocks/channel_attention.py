"""Channel attention of squeeze-and-excitation and RCAN: the picture's mean decides how much each channel counts."""

from __future__ import annotations

import keras

from maistudio.zoo.blocks.convolution import LIVE_BIAS, Tensor, conv


def channel_attention(x: Tensor, middle: int, *, name: str, activation: str = "relu", bias: bool = True) -> Tensor:
    """Same shape out as in: global mean, 1×1 to ``middle`` channels, 1×1 back, sigmoid, times ``x``."""
    mean = keras.layers.GlobalAveragePooling2D(keepdims=True)(x)
    y = conv(mean, middle, 1, name=f"{name}_squeeze", activation=activation, bias=bias, first_bias=LIVE_BIAS)
    y = conv(y, x.shape[-1], 1, name=f"{name}_excite", activation="sigmoid", bias=bias)
    return keras.layers.Multiply()([x, y])
