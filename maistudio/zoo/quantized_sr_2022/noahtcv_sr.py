"""The network of Noahtcv: seven convolutions, and one past them all whose kernel another network learned."""

from __future__ import annotations

import keras

from maistudio.zoo.blocks.convolution import conv
from maistudio.zoo.blocks.tail import clip, depth_to_space

SCALE = 3


def noahtcv_sr(channels: int = 28, convolutions: int = 7) -> keras.Model:
    """×3 super-resolution, 0..255 (section 4.25, Fig. 24), as it is once the kernel-learning network is pruned."""
    low = x = keras.Input((None, None, 3), name="input")
    for place in range(convolutions - 1):
        x = conv(x, channels, name=f"conv{place}", activation="relu")
    x = conv(x, 3 * SCALE**2, name="to_pixels")
    x = keras.layers.Add()([x, conv(low, 3 * SCALE**2, name="residual")])
    return keras.Model(low, clip(depth_to_space(x, SCALE)), name="noahtcv_sr")
