"""The residual blocks and groups of RCAN, and EDSR's block, which is RCAN's without attention."""

from __future__ import annotations

import keras

from maistudio.zoo.blocks.channel_attention import channel_attention
from maistudio.zoo.blocks.convolution import Tensor, conv

REDUCTION = 16
"""How much narrower the middle of the channel attention is."""
START = 0.02
"""How strong a block's last convolution starts, the others being 2: else the values grow from block to block."""


def attention_block(x: Tensor, name: str) -> Tensor:
    """RCAN's, same shape out as in: two convolutions, weighted by channel attention, beside a shortcut."""
    y = channel_attention(_two(x, name), x.shape[-1] // REDUCTION, name=f"{name}_attention")
    return keras.layers.Add()([x, y])


def plain_block(x: Tensor, name: str) -> Tensor:
    """EDSR's, same shape out as in: two convolutions beside a shortcut."""
    return keras.layers.Add()([x, _two(x, name)])


def residual_group(x: Tensor, blocks: int, name: str, attention: bool = True) -> Tensor:
    """RCAN's group, same shape out as in: so many blocks and a convolution beside a shortcut."""
    block = attention_block if attention else plain_block
    y = x
    for place in range(blocks):
        y = block(y, f"{name}_{place}")
    return keras.layers.Add()([x, conv(y, x.shape[-1], name=f"{name}_last", gain=START)])


def _two(x: Tensor, name: str) -> Tensor:
    y = conv(x, x.shape[-1], name=f"{name}_1", activation="relu")
    return conv(y, x.shape[-1], name=f"{name}_2", gain=START)
