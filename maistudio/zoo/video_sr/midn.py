"""The multi-information distillation network of Rainbow: three small blocks on each frame by itself."""

from __future__ import annotations

import keras

from maistudio.zoo.blocks.convolution import Tensor, conv
from maistudio.zoo.blocks.frames import COLOURS, FRAMES, join_frames, slice_frames
from maistudio.zoo.blocks.imdb import imdb_s
from maistudio.zoo.blocks.shared import shared
from maistudio.zoo.blocks.tail import depth_to_space

SCALE = 4


def midn() -> keras.Model:
    """×4 super-resolution of ten frames, 0..255 (section 4.3, Fig. 5)."""
    low = keras.Input((None, None, FRAMES * COLOURS), name="input")
    enlarge = shared(_enlarged, COLOURS, "enlarge")
    return keras.Model(low, join_frames([enlarge(frame) for frame in slice_frames(low)]), name="midn")


def _enlarged(x: Tensor, channels: int = 12, blocks: int = 3) -> Tensor:
    """1×H×W×3 to 1×4H×4W×3."""
    first = x = conv(x, channels, name="first")
    for place in range(blocks):
        x = imdb_s(x, f"block{place}")
    x = keras.layers.Add()([conv(x, channels, name="last"), first])
    return depth_to_space(conv(x, COLOURS * SCALE**2, name="to_pixels"), SCALE)
