"""A rectifier with a trained slope for negative values, one for each channel."""

from __future__ import annotations

import keras

from maistudio.zoo.blocks.convolution import Tensor

FIRST_SLOPES = (0.2, 0.3)
"""Slopes begin within these. Zeros would be a plain rectifier, and stored once for all layers of a width."""


def prelu(x: Tensor, name: str) -> Tensor:
    """Same shape out as in, of any height and width."""
    slopes = keras.initializers.RandomUniform(*FIRST_SLOPES)
    return keras.layers.PReLU(slopes, shared_axes=[1, 2], name=name)(x)
