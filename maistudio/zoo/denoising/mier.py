"""The network of Mier: four residual blocks at a quarter of the size, trained with asymmetric convolutions."""

from __future__ import annotations

import keras

from maistudio.zoo.blocks.branches import Branch, branch_of, branched
from maistudio.zoo.blocks.convolution import Conv, Tensor, conv, conv3
from maistudio.zoo.blocks.unet import down_conv, skip_add, up_transposed

CHANNELS = 64
"""Chosen so that the size fits."""
BLOCKS = 4
UP_KERNEL = 3


def mier(block: Conv = conv3) -> keras.Model:
    """Denoising, 0..1: two convolutions of stride 2, residual blocks, two transposed convolutions; the first
    convolution's answer is added again on the way up (section 4.5, Fig. 8)."""
    noisy = keras.Input((None, None, 3), name="input")
    half = down_conv(noisy, CHANNELS, name="down0", activation="relu")
    x = down_conv(half, CHANNELS, name="down1", activation="relu")
    for place in range(BLOCKS):
        y = block(x, CHANNELS, f"block{place}_1")
        y = block(keras.layers.ReLU()(y), CHANNELS, f"block{place}_2")
        x = keras.layers.Add()([x, y])
    x = keras.layers.ReLU()(skip_add(up_transposed(x, CHANNELS, UP_KERNEL, name="up1"), half))
    return keras.Model(noisy, up_transposed(x, 3, UP_KERNEL, name="up0"), name="mier")


def mier_training() -> keras.Model:
    """The same with 3×3, 1×3 and 3×1 side by side in the residual blocks."""
    return mier(branched(branch_of(3), _strip(1, 3), _strip(3, 1)))


def _strip(height: int, width: int) -> Branch:
    """A convolution that strengthens the middle row or column of the 3×3 beside it."""

    def branch(x: Tensor, channels: int, name: str) -> Tensor:
        return conv(x, channels, (height, width), name=name)

    return branch
