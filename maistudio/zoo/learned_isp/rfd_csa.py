"""RFD-CSA of HITZST01: feature distillation with channel and spatial attention, its 3×3 trained as ECB."""

from __future__ import annotations

import keras

from maistudio.zoo.blocks.channel_attention import channel_attention
from maistudio.zoo.blocks.convolution import Conv, Tensor, conv, conv3
from maistudio.zoo.blocks.rfdb import rfdb
from maistudio.zoo.blocks.tail import depth_to_space
from maistudio.zoo.learned_isp.counts import from_counts

SMALL_CHANNELS, SMALL_BLOCKS = 12, 2
LARGE_CHANNELS, LARGE_BLOCKS = 50, 3
PIXELS = 12
REDUCTION = 4
REACH, DILATION = 5, 2
"""Kernel and dilation of the spatial attention."""


def rfd_csa(channels: int = SMALL_CHANNELS, blocks: int = SMALL_BLOCKS, block: Conv = conv3) -> keras.Model:
    """Counts of N×H×W×4 to N×2H×2W×3: source features, ``blocks`` that enhance them, twice the size.

    Section 4.4 tells the three modules, the number of blocks and the long shortcut; ``channels`` are chosen here.
    """
    raw = keras.Input((None, None, 4), name="input")
    source = x = block(from_counts(raw), channels, "source")
    for place in range(blocks):
        x = rfdb(x, f"b{place}", csa, block)
    x = keras.layers.Add()([x, source])
    x = depth_to_space(block(x, PIXELS, "to_pixels"), 2)
    return keras.Model(raw, block(x, 3, "smooth"), name="rfd")


def csa(x: Tensor, name: str) -> Tensor:
    """Weights for each channel beside weights for each place, mixed by a 1×1: the attention of CSANet (2021)."""
    look = keras.layers.DepthwiseConv2D(
        REACH,
        padding="same",
        dilation_rate=DILATION,
        activation="sigmoid",
        depthwise_initializer="he_uniform",
        name=f"{name}_where",
    )
    where = keras.layers.Multiply()([x, look(x)])
    which = channel_attention(x, x.shape[-1] // REDUCTION, name=name)
    return conv(keras.layers.Concatenate()([where, which]), x.shape[-1], 1, name=f"{name}_join")
