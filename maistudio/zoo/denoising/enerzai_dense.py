"""The second network of ENERZAi Research: a shallow U-Net with a dense block at its bottom and trained slopes."""

from __future__ import annotations

import keras

from maistudio.zoo.blocks.convolution import Tensor, conv
from maistudio.zoo.blocks.prelu import prelu
from maistudio.zoo.blocks.unet import down_max, skip_concat, up_transposed

WIDTHS = (8, 16, 24)
GROWTH = 8
DENSE_LAYERS = 3
"""These three were chosen so that the size fits."""


def enerzai_dense() -> keras.Model:
    """Denoising, 0..1: three levels; every convolution but the last is followed by PReLU (section 4.3, Fig. 6)."""
    noisy = keras.Input((None, None, 3), name="input")
    top = _pair(noisy, WIDTHS[0], "encode0")
    middle = _pair(down_max(top), WIDTHS[1], "encode1")
    x = _sloped(down_max(middle), WIDTHS[2], "bottom")
    x = _dense_block(x, "dense")
    x = _decoded(x, middle, WIDTHS[1], "decode1")
    x = _decoded(x, top, WIDTHS[0], "decode0")
    return keras.Model(noisy, conv(x, 3, name="to_pixels"), name="enerzai_dense")


def _dense_block(x: Tensor, name: str) -> Tensor:
    """Same shape out as in: each layer sees all before it, a 1×1 convolution brings them back to the first's width."""
    seen = x
    for place in range(DENSE_LAYERS):
        grown = _sloped(seen, GROWTH, f"{name}{place}")
        seen = keras.layers.Concatenate()([seen, grown])
    return _sloped(seen, x.shape[-1], f"{name}_fuse", kernel=1)


def _decoded(x: Tensor, skip: Tensor, width: int, name: str) -> Tensor:
    return _pair(skip_concat(up_transposed(x, width, name=f"{name}_up"), skip), width, name)


def _pair(x: Tensor, width: int, name: str) -> Tensor:
    return _sloped(_sloped(x, width, f"{name}_1"), width, f"{name}_2")


def _sloped(x: Tensor, width: int, name: str, kernel: int = 3) -> Tensor:
    return prelu(conv(x, width, kernel, name=name), f"{name}_prelu")
