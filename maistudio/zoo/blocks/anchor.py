"""The input repeated for each pixel it becomes: before depth-to-space that is the nearest-neighbour enlargement."""

from __future__ import annotations

import keras
import numpy as np

from maistudio.zoo.blocks.convolution import Tensor
from maistudio.zoo.blocks.frozen import frozen_1x1


def anchor(x: Tensor, factor: int) -> Tensor:
    """N×H×W×C to N×H×W×(f²·C) by concatenation, as ABPN does it."""
    return keras.layers.Concatenate()([x] * factor**2)


def nearest_1x1(x: Tensor, factor: int, name: str) -> Tensor:
    """The same by a frozen 1×1 convolution without bias, as NCNet and XCAT do it."""
    return frozen_1x1(x, np.tile(np.eye(x.shape[-1], dtype=np.float32), factor**2), name)
