"""A convolution that is given, and not trained."""

from __future__ import annotations

import keras
import numpy as np
from numpy.typing import NDArray

from maistudio.zoo.blocks.convolution import Tensor


def frozen_1x1(x: Tensor, mixing: NDArray[np.float32], name: str) -> Tensor:
    """N×H×W×C to N×H×W×D by ``mixing`` (C × D), without bias."""
    kernel = mixing[np.newaxis, np.newaxis]
    layer = keras.layers.Conv2D(
        mixing.shape[1],
        1,
        use_bias=False,
        kernel_initializer=lambda shape, dtype=None: keras.ops.convert_to_tensor(kernel.reshape(shape)),
        trainable=False,
        name=name,
    )
    return layer(x)
