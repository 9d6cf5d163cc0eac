"""TinySRNet of Noah TerminalVision: residual blocks at half the input's size, and a convolution past them all."""

from __future__ import annotations

import keras

from maistudio.zoo.blocks.convolution import conv
from maistudio.zoo.blocks.residual import residual_block
from maistudio.zoo.blocks.tail import clip, depth_to_space, space_to_depth

SCALE = 3
FOLD = 2
"""The residual blocks work at the input's size divided by this."""


def tinysrnet(channels: int = 32, blocks: int = 3) -> keras.Model:
    """×3 super-resolution, 0..255, for even heights and widths (section 4.3, Fig. 5)."""
    low = keras.Input((None, None, 3), name="input")
    x = conv(space_to_depth(low, FOLD), channels, name="first", activation="relu")
    for place in range(blocks):
        x = residual_block(x, f"block{place}")
    x = depth_to_space(conv(x, 3 * (FOLD * SCALE) ** 2, name="to_pixels"), FOLD)
    x = keras.layers.Add()([x, conv(low, 3 * SCALE**2, name="residual")])
    return keras.Model(low, clip(depth_to_space(x, SCALE)), name="tinysrnet")
