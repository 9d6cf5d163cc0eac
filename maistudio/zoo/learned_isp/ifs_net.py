"""IFS Net of SKD-VSP: two EDSR networks, one for the low frequencies of the picture and one for the high ones."""

from __future__ import annotations

import keras
import tensorflow as tf

from maistudio.zoo.blocks.convolution import Tensor, conv
from maistudio.zoo.blocks.rcan import residual_group
from maistudio.zoo.blocks.tail import resize_bilinear
from maistudio.zoo.blocks.wavelet import haar, inverse_haar, take
from maistudio.zoo.learned_isp.counts import from_counts

COLOURS = 3
DIRECTIONS = 3
"""Horizontal, vertical and diagonal."""
LOW_BLOCKS, LOW_WIDTH = 16, 256
HIGH_BLOCKS, HIGH_WIDTH = 8, 64


def ifs_net() -> keras.Model:
    """Counts of N×H×W×4 in the order B, G, R, G to N×2H×2W×3.

    Section 4.10 gives the wavelet transform, both networks' blocks and widths, and the nine channels, three
    directions of three colours, that go into and come out of the second. How the mosaic gets its three colours
    before is not told; here each is enlarged, the greens by their mean.
    """
    raw = keras.Input((None, None, 4), name="input")
    colours = keras.layers.Lambda(_colours)(from_counts(raw))
    bands = haar(resize_bilinear(colours, 2))
    low = _edsr(take(bands, 0, COLOURS), LOW_BLOCKS, LOW_WIDTH, "low")
    high = _edsr(take(bands, COLOURS, DIRECTIONS * COLOURS), HIGH_BLOCKS, HIGH_WIDTH, "high")
    pixels = inverse_haar(keras.layers.Concatenate()([low, high]))
    return keras.Model(raw, pixels, name="ifs_net")


def _edsr(x: Tensor, blocks: int, width: int, name: str) -> Tensor:
    """EDSR without enlargement, same shape out as in: its blocks and the shortcut over them all are RCAN's group."""
    y = residual_group(conv(x, width, name=f"{name}_head"), blocks, name, attention=False)
    return conv(y, x.shape[-1], name=f"{name}_tail")


def _colours(value: tf.Tensor) -> tf.Tensor:
    """B, G, R, G to red, green, blue."""
    green = 0.5 * (value[..., 1:2] + value[..., 3:4])
    return tf.concat([value[..., 2:3], green, value[..., 0:1]], axis=-1)
