"""The block of XCAT: convolutions in groups of unequal width, put together in another order than they came in."""

from __future__ import annotations

from collections.abc import Sequence

import keras
import tensorflow as tf

from maistudio.zoo.blocks.convolution import Tensor, conv

Group = tuple[int, int]
"""Channels and kernel size."""


def cross_concatenation(x: Tensor, groups: Sequence[Group], name: str) -> Tensor:
    """Same shape out as in: the groups' channels are convolved apart, each with a rectifier, then shifted in a circle.

    The last group comes first. So the next block's groups see channels of several of these, without a 1×1
    convolution that mixes them.
    """
    widths = [width for width, _ in groups]
    parts = keras.layers.Lambda(lambda value: tf.split(value, widths, axis=-1))(x)
    convolved = [
        conv(part, width, kernel, name=f"{name}_group{place}", activation="relu")
        for place, (part, (width, kernel)) in enumerate(zip(parts, groups, strict=True))
    ]
    return keras.layers.Concatenate()([convolved[-1], *convolved[:-1]])
