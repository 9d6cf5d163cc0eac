"""The edge-oriented convolution block (ECB): trained as five branches of which three look for edges, fused to one 3×3.

Zhang et al. 2021. Here no convolution before a padded 3×3 has a bias: at the border the 3×3 would see it end, and the
fused convolution can't.
"""

from __future__ import annotations

import keras
import numpy as np
from numpy.typing import NDArray

from maistudio.zoo.blocks.branches import Branch, branch_of, branched
from maistudio.zoo.blocks.convolution import Tensor, conv

Filter = NDArray[np.float32]

EXPANSION = 2
"""How many times the channels of the output the 1×1 before the trained 3×3 gives."""
SOBEL_X: Filter = np.array([[1, 0, -1], [2, 0, -2], [1, 0, -1]], np.float32)
SOBEL_Y: Filter = np.ascontiguousarray(SOBEL_X.T)
LAPLACIAN: Filter = np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]], np.float32)


def _expanded(x: Tensor, channels: int, name: str) -> Tensor:
    """1×1 to more channels, then 3×3. Both begin smaller than where a rectifier follows."""
    first = keras.layers.Conv2D(
        EXPANSION * channels, 1, use_bias=False, kernel_initializer="lecun_uniform", name=f"{name}_expand"
    )
    last = keras.layers.Conv2D(channels, 3, padding="same", kernel_initializer="lecun_uniform", name=f"{name}_squeeze")
    return last(first(x))


def edge(kernel: Filter) -> Branch:
    """1×1, then this fixed filter in each channel, scaled and shifted by what is trained for the channel."""

    def branch(x: Tensor, channels: int, name: str) -> Tensor:
        x = conv(x, channels, 1, name=f"{name}_mix", bias=False)
        fixed = keras.layers.DepthwiseConv2D(
            3,
            padding="same",
            use_bias=False,
            depthwise_initializer=lambda shape, dtype=None: np.broadcast_to(kernel[..., None, None], shape),
            trainable=False,
            name=f"{name}_filter",
        )
        small = keras.initializers.RandomNormal(stddev=1e-3)  # as in the paper: the edges come in while training
        return keras.layers.DepthwiseConv2D(1, depthwise_initializer=small, name=f"{name}_scale")(fixed(x))

    return branch


ecb = branched(branch_of(3), _expanded, edge(SOBEL_X), edge(SOBEL_Y), edge(LAPLACIAN))
"""The block, where a network takes one in place of ``conv3``."""
