"""The network of mju gogogo: EDSR with spatial attention, the outputs of all residual blocks put together."""

from __future__ import annotations

import keras

from maistudio.zoo.blocks.convolution import conv
from maistudio.zoo.blocks.residual import residual_block
from maistudio.zoo.blocks.spatial_attention import spatial_attention
from maistudio.zoo.blocks.tail import clip, depth_to_space

SCALE = 3
CHANNELS = 64
BLOCKS = 6
LARGEST = 2000.0
"""About how large the untrained blocks' values get for pictures of 0..255."""


def mju_gogogo() -> keras.Model:
    """×3 super-resolution, 0..255 (section 4.6, Fig. 8)."""
    low = keras.Input((None, None, 3), name="input")
    first = x = conv(low, CHANNELS, name="first")
    outputs = []
    for place in range(BLOCKS):
        x = spatial_attention(residual_block(x, f"block{place}"), f"attention{place}", LARGEST)
        outputs.append(x)
    x = conv(keras.layers.Concatenate()(outputs), CHANNELS, 1, name="mix")
    x = keras.layers.Add()([x, first])
    x = depth_to_space(conv(x, CHANNELS * SCALE**2, name="enlarge"), SCALE)
    return keras.Model(low, clip(conv(x, 3, name="to_pixels")), name="mju_gogogo")
