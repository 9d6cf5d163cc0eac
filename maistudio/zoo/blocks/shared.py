"""A part of a network that is used several times with the same weights."""

from __future__ import annotations

from collections.abc import Callable

import keras

from maistudio.zoo.blocks.convolution import Tensor


def shared(part: Callable[[Tensor], Tensor], channels: int, name: str) -> keras.Model:
    """``part``, built once for N×H×W×``channels``: call it as often as needed."""
    inner = keras.Input((None, None, channels))
    return keras.Model(inner, part(inner), name=name)
