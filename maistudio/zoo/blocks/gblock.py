"""The Gblock of XLSR: a 3×3 convolution in groups, then a 1×1 convolution that mixes them."""

from __future__ import annotations

import keras
import tensorflow as tf

from maistudio.zoo.blocks.convolution import Tensor, conv


def gblock(x: Tensor, name: str, groups: int = 4) -> Tensor:
    """Same shape out as in. The channels must divide by ``groups``.

    The report has the parts split and fed to convolutions of their own, so one convolution with groups isn't used.
    """
    channels = x.shape[-1]
    parts = keras.layers.Lambda(lambda value: tf.split(value, groups, axis=-1))(x)
    convolved = [
        conv(part, channels // groups, name=f"{name}_group{place}", activation="relu")
        for place, part in enumerate(parts)
    ]
    return conv(keras.layers.Concatenate()(convolved), channels, 1, name=f"{name}_mix")
