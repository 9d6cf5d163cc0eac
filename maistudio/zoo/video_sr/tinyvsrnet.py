"""TinyVSRNet of Noah TerminalVision: residual blocks on each frame beside a bilinear enlargement."""

from __future__ import annotations

import keras

from maistudio.zoo.blocks.branches import Branch, branched
from maistudio.zoo.blocks.convolution import Conv, Tensor, conv, conv3
from maistudio.zoo.blocks.frames import COLOURS, FRAMES, join_batch, join_frames, split_batch, split_frames
from maistudio.zoo.blocks.tail import depth_to_space, resize_bilinear

SCALE = 4
ASYMMETRIC = (3, 3), (1, 3), (3, 1)
"""The kernels that are trained side by side."""


def tinyvsrnet(block: Conv = conv3, channels: int = 16, blocks: int = 3) -> keras.Model:
    """×4 super-resolution of ten frames, 0..255 (section 4.4, Fig. 6). ``block``: the linear 3×3 convolution."""
    low = keras.Input((None, None, FRAMES * COLOURS), name="input")
    frames = join_batch(split_frames(low))
    x = keras.layers.ReLU()(block(frames, channels, "first"))
    for place in range(blocks):
        y = keras.layers.ReLU()(block(x, channels, f"block{place}_1"))
        x = keras.layers.Add()([x, block(y, channels, f"block{place}_2")])
    x = depth_to_space(block(x, COLOURS * SCALE**2, "to_pixels"), SCALE)
    x = keras.layers.Add()([x, resize_bilinear(frames, SCALE)])
    return keras.Model(low, join_frames(split_batch(x)), name="tinyvsrnet")


def tinyvsrnet_training() -> keras.Model:
    """The same before its branches are fused."""
    return tinyvsrnet(branched(*(_branch(kernel) for kernel in ASYMMETRIC)))


def _branch(kernel: tuple[int, int]) -> Branch:
    def branch(x: Tensor, channels: int, name: str) -> Tensor:
        return conv(x, channels, kernel, name=name)

    return branch
