"""Parts of a tensor by a slice each.

They have names of their own: where several ops may come next, the converter sorts them by name.
"""

from __future__ import annotations

import keras

from maistudio.zoo.blocks.convolution import Tensor


def channels(x: Tensor, first: int, end: int, name: str) -> Tensor:
    """N×H×W×C to N×H×W×(``end`` - ``first``)."""
    return keras.layers.Lambda(lambda value: value[..., first:end], name=name)(x)


def pictures(x: Tensor, first: int, end: int | None, name: str) -> Tensor:
    """N×H×W×C to those of the batch from ``first`` to before ``end``, None for all that follow."""
    return keras.layers.Lambda(lambda value: value[first:end], name=name)(x)
