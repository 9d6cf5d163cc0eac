"""The residual block of EDSR: two convolutions beside a shortcut, nothing after the sum."""

from __future__ import annotations

import keras

from maistudio.zoo.blocks.convolution import Tensor, conv


def residual_block(x: Tensor, name: str, activation: str = "relu", kernel: int = 3) -> Tensor:
    """Same shape out as in."""
    channels = x.shape[-1]
    y = conv(x, channels, kernel, name=f"{name}_1", activation=activation)
    y = conv(y, channels, kernel, name=f"{name}_2")
    return keras.layers.Add()([x, y])
