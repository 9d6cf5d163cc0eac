"""ACSR of TCL Research HK: residual blocks that collapse to plain convolutions, beside the repeated input."""

from __future__ import annotations

import keras

from maistudio.zoo.blocks.anchor import anchor
from maistudio.zoo.blocks.collapsible import collapsible
from maistudio.zoo.blocks.convolution import Conv, Tensor, conv, conv3
from maistudio.zoo.blocks.tail import clip, depth_to_space

SCALE = 3
LAST_KERNEL = 5
TRAINING_WIDTH = 128


def acsr(block: Conv = conv3, last: Conv | None = None, channels: int = 32, blocks: int = 9) -> keras.Model:
    """×3 super-resolution, 0..255 (section 4.19, Fig. 20): a 3×3 and so many ``blocks`` of them, 5×5 to the pixels.

    ``block`` and ``last`` are the linear convolutions, 3×3 and 5×5.
    """
    low = keras.Input((None, None, 3), name="input")
    repeated = anchor(low, SCALE)
    x = keras.layers.ReLU()(block(low, channels, "first"))
    for place in range(blocks):
        x = keras.layers.ReLU()(block(x, channels, f"block{place}"))
    x = (last or _conv5)(x, 3 * SCALE**2, "to_pixels")
    x = clip(keras.layers.Add()([x, repeated]))
    return keras.Model(low, depth_to_space(x, SCALE), name="acsr")


def acsr_training() -> keras.Model:
    """The same before its blocks are collapsed."""
    return acsr(collapsible(3, TRAINING_WIDTH, residual=True), collapsible(LAST_KERNEL, TRAINING_WIDTH))


def _conv5(x: Tensor, channels: int, name: str) -> Tensor:
    return conv(x, channels, LAST_KERNEL, name=name)
