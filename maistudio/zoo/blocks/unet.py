"""What U-Nets share: halving the size, doubling it again, and taking in what stood before.

Height and width must be multiples of 2 to the power of the number of halvings. Pools pad all the same, so that
something is left of 1×1, the size that a file of open size starts with.
"""

from __future__ import annotations

import keras
import tensorflow as tf

from maistudio.zoo.blocks.convolution import FIRST_BIAS, Tensor, conv


def down_conv(x: Tensor, channels: int, kernel: int = 3, *, name: str, activation: str | None = None) -> Tensor:
    """N×2H×2W×C to N×H×W×``channels`` by a convolution of stride 2."""
    return conv(x, channels, kernel, name=name, activation=activation, stride=2)


def down_average(x: Tensor) -> Tensor:
    """N×2H×2W×C to N×H×W×C: the mean of each 2×2."""
    return keras.layers.AveragePooling2D(2, padding="same")(x)


def down_max(x: Tensor) -> Tensor:
    """N×2H×2W×C to N×H×W×C: the largest of each 2×2."""
    return keras.layers.MaxPooling2D(2, padding="same")(x)


def up_transposed(x: Tensor, channels: int, kernel: int = 2, *, name: str, activation: str | None = None) -> Tensor:
    """N×H×W×C to N×2H×2W×``channels`` by a transposed convolution of stride 2.

    Converters of today fuse a rectifier into it, which makes it version 4; GPU delegates of 2021 take it up to 3.
    """
    layer = keras.layers.Conv2DTranspose(
        channels,
        kernel,
        strides=2,
        padding="same",
        activation=activation,
        kernel_initializer="he_uniform",
        bias_initializer=keras.initializers.RandomUniform(-FIRST_BIAS, FIRST_BIAS),
        name=name,
    )
    return layer(x)


def up_nearest(x: Tensor) -> Tensor:
    """N×H×W×C to N×2H×2W×C: each pixel four times."""
    return keras.layers.Lambda(_doubled)(x)


def skip_concat(x: Tensor, skip: Tensor) -> Tensor:
    """What came up and what stood before, as channels side by side."""
    return keras.layers.Concatenate()([x, skip])


def skip_add(x: Tensor, skip: Tensor) -> Tensor:
    """What came up plus what stood before, of the same shape."""
    return keras.layers.Add()([x, skip])


def _doubled(value: tf.Tensor) -> tf.Tensor:
    return tf.raw_ops.ResizeNearestNeighbor(images=value, size=tf.shape(value)[1:3] * 2)
