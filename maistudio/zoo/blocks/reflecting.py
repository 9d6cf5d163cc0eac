"""Convolution over a picture that is mirrored at its border instead of ending in zeros."""

from __future__ import annotations

import keras
import tensorflow as tf

from maistudio.zoo.blocks.convolution import FIRST_BIAS, Tensor

SPREAD = 0.01
"""Of the initial weights, as in PyNET: small, so that many shortcuts in a row don't make the values grow."""


def mirrored(x: Tensor, width: int) -> Tensor:
    """N×H×W×C with ``width`` more pixels on each side; the border pixel itself isn't repeated."""
    sides = [[0, 0], [width, width], [width, width], [0, 0]]
    return keras.layers.Lambda(lambda value: tf.pad(value, sides, mode="REFLECT"))(x) if width else x


def reflecting_conv(x: Tensor, channels: int, kernel: int = 3, *, name: str) -> Tensor:
    """The size stays."""
    return valid_conv(mirrored(x, kernel // 2), channels, kernel, name=name)


def valid_conv(x: Tensor, channels: int, kernel: int = 3, *, name: str, stride: int = 1) -> Tensor:
    """Without padding: only where the whole kernel lies in the picture."""
    layer = keras.layers.Conv2D(
        channels,
        kernel,
        strides=stride,
        kernel_initializer=keras.initializers.TruncatedNormal(stddev=SPREAD),
        bias_initializer=keras.initializers.RandomUniform(-FIRST_BIAS, FIRST_BIAS),
        name=name,
    )
    return layer(x)
