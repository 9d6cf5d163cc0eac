"""UnetS of MOMA-Denoise: a U-Net of separable convolutions whose widths a search has chosen."""

from __future__ import annotations

import keras

from maistudio.zoo.blocks.convolution import FIRST_BIAS, Tensor, conv
from maistudio.zoo.blocks.unet import down_max, skip_concat, up_nearest

WIDTHS = (20, 40, 80, 160, 320)
"""Chosen so that the size fits: the report doesn't print what the search found."""
KERNEL = 3


def unets() -> keras.Model:
    """Denoising, 0..1: two separable convolutions a level, max-pooling down and upsampling (section 4.4, Fig. 7)."""
    noisy = keras.Input((None, None, 3), name="input")
    x = _pair(noisy, WIDTHS[0], "encode0")
    before = []
    for level, width in enumerate(WIDTHS[1:], start=1):
        before.append(x)
        x = _pair(down_max(x), width, f"encode{level}")
    for level, skip in reversed(tuple(enumerate(before))):
        x = _pair(skip_concat(up_nearest(x), skip), WIDTHS[level], f"decode{level}")
    return keras.Model(noisy, conv(x, 3, 1, name="to_pixels"), name="unets")


def _pair(x: Tensor, width: int, name: str) -> Tensor:
    return _separable(_separable(x, width, f"{name}_1"), width, f"{name}_2")


def _separable(x: Tensor, width: int, name: str) -> Tensor:
    """A depthwise convolution, then a 1×1."""
    layer = keras.layers.SeparableConv2D(
        width,
        KERNEL,
        padding="same",
        activation="relu",
        depthwise_initializer="he_uniform",
        pointwise_initializer="he_uniform",
        bias_initializer=keras.initializers.RandomUniform(-FIRST_BIAS, FIRST_BIAS),
        name=name,
    )
    return layer(x)
