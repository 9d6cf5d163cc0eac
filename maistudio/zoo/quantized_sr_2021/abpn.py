"""ABPN of MCG: plain convolutions predict what is added to the repeated input."""

from __future__ import annotations

import keras

from maistudio.zoo.blocks.anchor import anchor
from maistudio.zoo.blocks.convolution import Conv, conv3
from maistudio.zoo.blocks.tail import clip, depth_to_space

SCALE = 3


def abpn(channels: int = 28, middle: int = 4, block: Conv = conv3, ends: Conv = conv3) -> keras.Model:
    """×3 super-resolution, 0..255: 3 → ``channels``, so often ``middle`` more, → 27 → 27, + the input nine times.

    ``block`` is the convolution in the middle, ``ends`` the first and the last two: the ABPNs of 2022 train them as
    branches.
    """
    low = keras.Input((None, None, 3), name="input")
    repeated = anchor(low, SCALE)
    x = keras.layers.ReLU()(ends(low, channels, "conv0"))
    for place in range(middle):
        x = keras.layers.ReLU()(block(x, channels, f"conv{place + 1}"))
    x = keras.layers.ReLU()(ends(x, 3 * SCALE**2, "to_pixels"))
    x = ends(x, 3 * SCALE**2, "residual")
    x = keras.layers.Add()([x, repeated])
    return keras.Model(low, clip(depth_to_space(x, SCALE)), name="abpn")
