"""GAUnet of GdAlgo: U-Nets of channel attention blocks, two in a row, of which the first one's picture guides the
second."""

from __future__ import annotations

import keras

from maistudio.zoo.blocks.channel_attention import channel_attention
from maistudio.zoo.blocks.convolution import Tensor, conv
from maistudio.zoo.blocks.tail import resize_bilinear
from maistudio.zoo.blocks.unet import down_average, skip_add, skip_concat

WIDTHS = (56, 88, 120)
"""Chosen, as the number of stages, levels and blocks, so that the size fits."""
BLOCKS = 2
"""On each level, down and up."""
REDUCTION = 4
FIRST_SHARE = 0.1
"""The variance that an untrained block adds, over its input's: else the sum of so many blocks grows without bound."""


def gaunet() -> keras.Model:
    """Denoising, 0..1: two stages, each of which adds to the input; the second's picture is the answer (section 4.6,
    Fig. 9; the stages and what stands between them after Zamir et al. 2021, whom the report names)."""
    noisy = keras.Input((None, None, 3), name="input")
    first = _unet(_shallow(noisy, "stage1_head"), "stage1")
    guided = _guided(first, noisy, "guide")
    joined = skip_concat(_shallow(noisy, "stage2_head"), guided)
    second = _unet(conv(joined, WIDTHS[0], name="stage2_join"), "stage2")
    residual = conv(second, 3, name="stage2_residual")
    return keras.Model(noisy, keras.layers.Add()([residual, noisy]), name="gaunet")


def _shallow(noisy: Tensor, name: str) -> Tensor:
    return _attention_block(conv(noisy, WIDTHS[0], name=name), f"{name}_block")


def _guided(x: Tensor, noisy: Tensor, name: str) -> Tensor:
    """The features, of which the stage's own picture decides how much each counts at each place."""
    picture = keras.layers.Add()([conv(x, 3, name=f"{name}_picture"), noisy])
    weights = conv(picture, WIDTHS[0], name=f"{name}_weights", activation="sigmoid")
    weighted = keras.layers.Multiply()([conv(x, WIDTHS[0], name=f"{name}_features"), weights])
    return keras.layers.Add()([x, weighted])


def _unet(x: Tensor, name: str) -> Tensor:
    """Same shape out as in. Skips pass through a block of their own and are added."""
    before = []
    for level, wider in enumerate(WIDTHS[1:]):
        x = _blocks(x, f"{name}_encode{level}")
        before.append(_attention_block(x, f"{name}_skip{level}"))
        x = conv(down_average(x), wider, 1, name=f"{name}_down{level}")
    x = _blocks(_blocks(x, f"{name}_encode_bottom"), f"{name}_decode_bottom")
    for level, skip in reversed(tuple(enumerate(before))):
        x = conv(resize_bilinear(x, 2), WIDTHS[level], 1, name=f"{name}_up{level}")
        x = _blocks(skip_add(x, skip), f"{name}_decode{level}")
    return x


def _blocks(x: Tensor, name: str) -> Tensor:
    for place in range(BLOCKS):
        x = _attention_block(x, f"{name}_{place}")
    return x


def _attention_block(x: Tensor, name: str) -> Tensor:
    """Two convolutions and channel attention beside a shortcut; the same shape out as in."""
    channels = x.shape[-1]
    y = conv(x, channels, name=f"{name}_1", activation="relu")
    y = conv(y, channels, name=f"{name}_2", gain=FIRST_SHARE)
    return keras.layers.Add()([x, channel_attention(y, channels // REDUCTION, name=name)])
