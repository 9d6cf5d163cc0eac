"""The enormous re-parameterised convolution (eRepConv) of Multimedia: many kernel sizes side by side, twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import keras

from maistudio.zoo.blocks.convolution import Tensor, conv

SizedConv: TypeAlias = Callable[[Tensor, int, int, str], Tensor]
"""A linear convolution or what becomes one: from a tensor, to so many channels, of this kernel size, by name."""

EXPANSION = 4
"""How many times the channels of the output each branch gives."""
SIZES = {1: ((1, 1),), 3: ((3, 3), (1, 1), (3, 1), (1, 3)), 5: ((5, 5), (1, 1), (3, 3), (3, 1), (1, 3))}
"""The kernels of the branches for each kernel size that they become."""


def sized_conv(x: Tensor, channels: int, kernel: int, name: str) -> Tensor:
    """The convolution that the block becomes."""
    return conv(x, channels, kernel, name=name)


def erepconv(x: Tensor, channels: int, kernel: int, name: str, scale: float = 1.0) -> Tensor:
    """The block as it is trained, times ``scale``: each size once plain and once with batch normalization, then 1×1."""
    inner = keras.Input((None, None, x.shape[-1]))
    plain = [_branch(inner, size, EXPANSION * channels, name) for size in SIZES[kernel]]
    normed = [_normed(inner, size, EXPANSION * channels, f"{name}_normed") for size in SIZES[kernel]]
    mixed = conv(keras.layers.Concatenate()(plain + normed), channels, 1, name=f"{name}_mix")
    return keras.Model(inner, keras.layers.Rescaling(scale)(mixed), name=name)(x)


def _branch(x: Tensor, size: tuple[int, int], channels: int, name: str) -> Tensor:
    return conv(x, channels, size, name=f"{name}_{size[0]}x{size[1]}")


def _normed(x: Tensor, size: tuple[int, int], channels: int, name: str) -> Tensor:
    norm = keras.layers.BatchNormalization(name=f"{name}_{size[0]}x{size[1]}_norm")
    return norm(_branch(x, size, channels, name))
