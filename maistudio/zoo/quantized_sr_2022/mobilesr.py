"""The network of MobileSR: pairs of convolutions beside a shortcut, added to the repeated input."""

from __future__ import annotations

import keras

from maistudio.zoo.blocks.anchor import anchor
from maistudio.zoo.blocks.convolution import Tensor, conv
from maistudio.zoo.blocks.tail import clip, depth_to_space

SCALE = 3
DEEP_MIXERS = 4


def mobilesr(channels: int = 28) -> keras.Model:
    """×3 super-resolution, 0..255 (section 4.24, Fig. 23): one mixer, four more beside a shortcut, → 27, + input."""
    low = keras.Input((None, None, 3), name="input")
    shallow = x = _mixer(low, channels, "shallow")
    for place in range(DEEP_MIXERS):
        x = _mixer(x, channels, f"deep{place}")
    x = conv(keras.layers.Add()([x, shallow]), 3 * SCALE**2, name="to_pixels")
    x = keras.layers.Add()([x, anchor(low, SCALE)])
    return keras.Model(low, clip(depth_to_space(x, SCALE)), name="mobilesr")


def _mixer(x: Tensor, channels: int, name: str) -> Tensor:
    """The channel and deep features mixer: two 3×3 convolutions, a rectifier after each."""
    x = conv(x, channels, name=f"{name}_1", activation="relu")
    return conv(x, channels, name=f"{name}_2", activation="relu")
