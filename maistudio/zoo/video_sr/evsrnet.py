"""EVSRNet of ZTE VIP: residual blocks on each frame, the frames as a batch."""

from __future__ import annotations

import keras

from maistudio.zoo.blocks.convolution import conv
from maistudio.zoo.blocks.frames import COLOURS, FRAMES, batch_to_frames, frames_to_batch
from maistudio.zoo.blocks.residual import residual_block
from maistudio.zoo.blocks.tail import depth_to_space

SCALE = 4


def evsrnet(channels: int = 8, blocks: int = 5) -> keras.Model:
    """×4 super-resolution of ten frames, 0..255 (section 4.2, Fig. 4)."""
    low = keras.Input((None, None, FRAMES * COLOURS), name="input")
    x = conv(frames_to_batch(low), channels, name="first", activation="relu")
    for place in range(blocks):
        x = residual_block(x, f"block{place}")
    x = conv(x, COLOURS * SCALE**2, name="to_pixels")
    return keras.Model(low, batch_to_frames(depth_to_space(x, SCALE)), name="evsrnet")
