"""What the ISP networks do first: bring the counts of the sensor near 0..1."""

from __future__ import annotations

import keras

from maistudio.zoo.blocks.convolution import Tensor

TEN_BIT_WHITE = 1023.0


def from_counts(x: Tensor, white: float = TEN_BIT_WHITE) -> Tensor:
    """N×H×W×4 counts, 0..``white``, to 0..1."""
    return keras.layers.Rescaling(1 / white)(x)
