"""The sub-network of ENERZAi Research: a small U-Net that was trained together with a larger one on the same stem."""

from __future__ import annotations

import keras

from maistudio.zoo.blocks.convolution import Tensor, conv
from maistudio.zoo.blocks.unet import down_max, skip_concat, up_transposed

WIDTHS = (8, 16, 20)
"""Chosen so that the size fits."""


def enerzai_unet() -> keras.Model:
    """Denoising, 0..1: the shared U-Net, then one convolution. The large network's dense blocks after the U-Net are
    dropped when training ends (section 4.3, Fig. 5)."""
    noisy = keras.Input((None, None, 3), name="input")
    top = _pair(noisy, WIDTHS[0], "encode0")
    middle = _pair(down_max(top), WIDTHS[1], "encode1")
    x = _pair(down_max(middle), WIDTHS[2], "encode2")
    x = _decoded(x, middle, WIDTHS[1], "decode1")
    x = _decoded(x, top, WIDTHS[0], "decode0")
    return keras.Model(noisy, conv(x, 3, name="to_pixels"), name="enerzai_unet")


def _pair(x: Tensor, width: int, name: str) -> Tensor:
    x = conv(x, width, name=f"{name}_1", activation="relu")
    return conv(x, width, name=f"{name}_2", activation="relu")


def _decoded(x: Tensor, skip: Tensor, width: int, name: str) -> Tensor:
    x = skip_concat(up_transposed(x, width, name=f"{name}_up"), skip)
    return conv(x, width, name=f"{name}_merge", activation="relu")
