"""XCAT of Aselsan Research: blocks of unequal groups, and the input repeated by a frozen convolution."""

from __future__ import annotations

import keras

from maistudio.zoo.blocks.anchor import nearest_1x1
from maistudio.zoo.blocks.convolution import conv
from maistudio.zoo.blocks.cross_concatenation import cross_concatenation
from maistudio.zoo.blocks.tail import clip, depth_to_space

SCALE = 3
GROUPS = ((12, 3), (8, 3), (4, 1))
BLOCKS = 3


def xcat() -> keras.Model:
    """×3 super-resolution, 0..255 (section 4.17, Fig. 18)."""
    low = keras.Input((None, None, 3), name="input")
    x = conv(low, sum(width for width, _ in GROUPS), name="first", activation="relu")
    for place in range(BLOCKS):
        x = cross_concatenation(x, GROUPS, f"block{place}")
    x = conv(x, 3 * SCALE**2, name="to_pixels")
    x = clip(keras.layers.Add()([x, nearest_1x1(low, SCALE, "repeated")]))
    return keras.Model(low, depth_to_space(x, SCALE), name="xcat")
