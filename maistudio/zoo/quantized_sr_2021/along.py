"""The network of ALONG: residual blocks predict what is added to the nearest-neighbour enlargement."""

from __future__ import annotations

import keras

from maistudio.zoo.blocks.anchor import anchor
from maistudio.zoo.blocks.convolution import conv
from maistudio.zoo.blocks.residual import residual_block
from maistudio.zoo.blocks.tail import clip, depth_to_space

SCALE = 3


def along(channels: int = 16, blocks: int = 3) -> keras.Model:
    """×3 super-resolution, 0..255 (section 4.4, Fig. 6)."""
    low = keras.Input((None, None, 3), name="input")
    x = conv(low, channels, name="first", activation="relu")
    for place in range(blocks):
        x = residual_block(x, f"block{place}")
    x = conv(x, 3 * SCALE**2, name="to_pixels")
    x = keras.layers.Add()([x, anchor(low, SCALE)])
    return keras.Model(low, clip(depth_to_space(x, SCALE)), name="along")
