"""SCSRN of Z6: a chain of convolutions whose last one also sees the input."""

from __future__ import annotations

import keras

from maistudio.zoo.blocks.collapsible import collapsible
from maistudio.zoo.blocks.convolution import Conv, conv, conv3
from maistudio.zoo.blocks.tail import clip, depth_to_space

SCALE = 3
CHANNELS = 32
BLOCKS = 5
TRAINING_WIDTH = 256


def scsrn(block: Conv = conv3) -> keras.Model:
    """×3 super-resolution, 0..255 (section 4.1, Fig. 3): 3×3, five blocks, input and features concatenated, 3×3."""
    low = keras.Input((None, None, 3), name="input")
    x = conv(low, CHANNELS, name="first", activation="relu")
    for place in range(BLOCKS):
        x = keras.layers.ReLU()(block(x, CHANNELS, f"block{place}"))
    x = keras.layers.Concatenate()([x, low])
    x = clip(conv(x, 3 * SCALE**2, name="to_pixels"))
    return keras.Model(low, depth_to_space(x, SCALE), name="scsrn")


def scsrn_training() -> keras.Model:
    """The same before its blocks are fused."""
    return scsrn(collapsible(3, TRAINING_WIDTH, residual=True))
