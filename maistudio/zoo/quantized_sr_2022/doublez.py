"""The networks of DoubleZ and of Jeremy Kwon: ABPN with a convolution beside the chain, and a rectifier as clip."""

from __future__ import annotations

import keras

from maistudio.zoo.blocks.convolution import conv
from maistudio.zoo.blocks.tail import depth_to_space

SCALE = 3


def doublez(channels: int = 32, middle: int = 4) -> keras.Model:
    """×3 super-resolution, 0..255 (sections 4.11 and 4.12, Figs. 13 and 14).

    Nothing but the output's quantization keeps values at 255 and below.
    """
    low = keras.Input((None, None, 3), name="input")
    x = conv(low, channels, name="conv0", activation="relu")
    for place in range(middle):
        x = conv(x, channels, name=f"conv{place + 1}", activation="relu")
    x = conv(x, 3 * SCALE**2, name="to_pixels", activation="relu")
    x = conv(x, 3 * SCALE**2, name="residual")
    x = keras.layers.Add()([x, conv(low, 3 * SCALE**2, name="shortcut")])
    return keras.Model(low, depth_to_space(keras.layers.ReLU()(x), SCALE), name="doublez")
