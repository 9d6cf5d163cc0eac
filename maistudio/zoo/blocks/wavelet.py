"""The Haar wavelet transform, a step of it and back, by sums and differences of the four pixels of each 2×2."""

from __future__ import annotations

import keras
import tensorflow as tf

from maistudio.zoo.blocks.convolution import Tensor
from maistudio.zoo.blocks.tail import depth_to_space, space_to_depth

BANDS = 4
"""The mean, then what changes from row to row, from column to column, and along both."""


def haar(x: Tensor) -> Tensor:
    """N×2H×2W×C to N×H×W×4C: the bands side by side, each of C channels. Height and width must be even."""
    return keras.layers.Lambda(_combined)(space_to_depth(x, 2))


def inverse_haar(x: Tensor) -> Tensor:
    """N×H×W×4C to N×2H×2W×C: what ``haar`` took apart."""
    return depth_to_space(keras.layers.Lambda(_combined)(x), 2)


def take(x: Tensor, first: int, count: int) -> Tensor:
    """``count`` channels of ``x``."""
    return keras.layers.Lambda(lambda value: value[..., first : first + count])(x)


def _combined(value: tf.Tensor) -> tf.Tensor:
    """The four pixels to the four bands, or the bands to the pixels: the matrix is its own inverse."""
    channels = value.shape[-1] // BANDS
    a, b, c, d = (0.5 * value[..., place * channels : (place + 1) * channels] for place in range(BANDS))
    top, bottom, across_top, across_bottom = a + b, c + d, a - b, c - d
    bands = top + bottom, top - bottom, across_top + across_bottom, across_top - across_bottom
    return tf.concat(bands, axis=-1)
