"""The network of RepGSR: ghost features of linear blocks, which collapse to plain convolutions."""

from __future__ import annotations

import keras

from maistudio.zoo.blocks.branches import branched, expand_squeeze
from maistudio.zoo.blocks.convolution import Conv, Tensor, conv3
from maistudio.zoo.blocks.ghost import ghost_features
from maistudio.zoo.blocks.tail import clip, depth_to_space

SCALE = 3
CHANNELS = 28
GHOST_RATE = 0.5
MODULES = 8
EXPANSION = 16
"""How much wider a linear block is inside while training."""


def repgsr(block: Conv = conv3) -> keras.Model:
    """×3 super-resolution, 0..255 (section 4.20, Fig. 21). ``block`` is the 3×3 of a linear block."""
    low = keras.Input((None, None, 3), name="input")
    x = keras.layers.ReLU()(block(low, CHANNELS, "first"))
    for place in range(MODULES):
        x = _ghost_module(x, block, f"module{place}")
    x = clip(block(x, 3 * SCALE**2, "to_pixels"))
    return keras.Model(low, depth_to_space(x, SCALE), name="repgsr")


def repgsr_training() -> keras.Model:
    """The same before its linear blocks are collapsed."""
    return repgsr(_linear_block)


def _ghost_module(x: Tensor, block: Conv, name: str) -> Tensor:
    """Same shape out as in: a linear block to as many channels as are no ghosts, then their ghost features."""
    own = int(CHANNELS * (1 - GHOST_RATE))
    x = keras.layers.ReLU()(block(x, own, f"{name}_linear"))
    return ghost_features(x, CHANNELS, GHOST_RATE, block, name)


def _linear_block(x: Tensor, channels: int, name: str) -> Tensor:
    """3×3 to many channels, of which a 1×1 makes the few that go on."""
    return branched(expand_squeeze(3, EXPANSION * channels, 1))(x, channels, name)
