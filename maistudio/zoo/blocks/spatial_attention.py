"""Spatial attention as in CBAM: every pixel is weighted by what its channels' mean and maximum tell."""

from __future__ import annotations

import keras
import tensorflow as tf

from maistudio.zoo.blocks.convolution import Tensor

KERNEL = 7


def spatial_attention(x: Tensor, name: str, largest: float = 1.0) -> Tensor:
    """Every pixel by a weight of 0..1, seen in a 7×7 window. ``largest``: about how large the values in ``x`` get.

    The first weights are that much smaller than usual: else untrained attention is 0 for whole pictures, and what
    comes after has no range to be quantized in.
    """
    mean = keras.layers.Lambda(lambda value: tf.reduce_mean(value, axis=-1, keepdims=True))(x)
    most = keras.layers.Lambda(lambda value: tf.reduce_max(value, axis=-1, keepdims=True))(x)
    look = keras.layers.Conv2D(
        1,
        KERNEL,
        padding="same",
        activation="sigmoid",
        use_bias=False,
        kernel_initializer=keras.initializers.VarianceScaling(2 / largest**2, distribution="uniform"),
        name=name,
    )
    return keras.layers.Multiply()([x, look(keras.layers.Concatenate()([mean, most]))])
