"""The network of Vccip: blocks of diverse branches predict what is added to the repeated input."""

from __future__ import annotations

import keras

from maistudio.zoo.blocks.anchor import anchor
from maistudio.zoo.blocks.convolution import Conv, conv, conv3
from maistudio.zoo.blocks.diverse import diverse
from maistudio.zoo.blocks.tail import clip, depth_to_space

SCALE = 3
BLOCKS = 6


def vccip(block: Conv = conv3, channels: int = 28) -> keras.Model:
    """×3 super-resolution, 0..255 (section 4.9, Fig. 11): 3×3, six blocks, 3×3, + the input nine times."""
    low = keras.Input((None, None, 3), name="input")
    repeated = anchor(low, SCALE)
    x = conv(low, channels, name="first", activation="relu")
    for place in range(BLOCKS):
        x = keras.layers.ReLU()(block(x, channels, f"block{place}"))
    x = conv(x, 3 * SCALE**2, name="to_pixels")
    x = keras.layers.Add()([x, repeated])
    return keras.Model(low, clip(depth_to_space(x, SCALE)), name="vccip")


def vccip_training() -> keras.Model:
    """The same before its blocks are fused."""
    return vccip(diverse)
