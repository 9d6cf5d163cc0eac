"""Ghost features of GhostNet: some channels are convolved, the others derived from those at less cost."""

from __future__ import annotations

import keras

from maistudio.zoo.blocks.convolution import Conv, Tensor


def ghost_features(x: Tensor, channels: int, rate: float, block: Conv, name: str) -> Tensor:
    """From any number of channels to ``channels``, of which the share ``rate`` is made from the others.

    Each by a linear ``block`` with a rectifier after it.
    """
    ghosts = int(channels * rate)
    own = keras.layers.ReLU()(block(x, channels - ghosts, f"{name}_own"))
    derived = keras.layers.ReLU()(block(own, ghosts, f"{name}_ghosts"))
    return keras.layers.Concatenate()([own, derived])
