"""The input repeated for each pixel it becomes: before depth-to-space that is the nearest-neighbour enlargement."""

from __future__ import annotations

import keras
import numpy as np

from maistudio.zoo.blocks.convolution import Tensor


def anchor(x: Tensor, factor: int) -> Tensor:
    """N×H×W×C to N×H×W×(f²·C) by concatenation, as ABPN does it."""
    return keras.layers.Concatenate()([x] * factor**2)


def nearest_1x1(x: Tensor, factor: int, name: str) -> Tensor:
    """The same by a frozen 1×1 convolution without bias, as NCNet and XCAT do it."""
    channels = x.shape[-1]
    repeats = np.tile(np.eye(channels, dtype=np.float32), factor**2)[np.newaxis, np.newaxis]
    layer = keras.layers.Conv2D(
        channels * factor**2,
        1,
        use_bias=False,
        kernel_initializer=lambda shape, dtype=None: keras.ops.convert_to_tensor(repeats.reshape(shape)),
        trainable=False,
        name=name,
    )
    return layer(x)
