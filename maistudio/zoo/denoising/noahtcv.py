"""The network of NOAHTCV, found by a search: a U-Net of residual blocks over three levels, added to its input."""

from __future__ import annotations

import keras

from maistudio.zoo.blocks.convolution import Tensor, conv
from maistudio.zoo.blocks.unet import down_conv, skip_concat, up_transposed

CHANNELS = 16
DEEPEST = 32
"""Between the two convolutions of the lowest level's block."""


def noahtcv() -> keras.Model:
    """Denoising, 0..1: three levels of 16 channels, each with one block on the way down and, but the last, on the
    way up (mindspore-lab/mindediting, noahtcv.py; Fig. 3 of the report)."""
    noisy = keras.Input((None, None, 3), name="input")
    top = _block(conv(noisy, CHANNELS, name="head", activation="relu"), "encode0")
    middle = _block(down_conv(top, CHANNELS, name="down1"), "encode1")
    x = _block(down_conv(middle, CHANNELS, name="down2"), "encode2", DEEPEST)
    x = _decoded(x, middle, "1")
    x = _decoded(x, top, "0")
    x = conv(x, CHANNELS, name="tail", activation="relu")
    x = conv(x, 3, name="residual")
    return keras.Model(noisy, keras.layers.Add()([x, noisy]), name="noahtcv")


def _decoded(x: Tensor, skip: Tensor, level: str) -> Tensor:
    x = skip_concat(up_transposed(x, CHANNELS, 3, name=f"up{level}"), skip)
    return _block(conv(x, CHANNELS, name=f"merge{level}", activation="relu"), f"decode{level}")


def _block(x: Tensor, name: str, between: int = CHANNELS) -> Tensor:
    """Two convolutions beside a shortcut, each with its rectifier, so that the block only ever adds."""
    y = conv(x, between, name=f"{name}_1", activation="relu")
    y = conv(y, x.shape[-1], name=f"{name}_2", activation="relu")
    return keras.layers.Add()([x, y])
