"""Re-parameterised convolution: several linear branches while training, one convolution when fused."""

from __future__ import annotations

from collections.abc import Callable

import keras

from maistudio.zoo.blocks.convolution import Conv, Tensor, conv

Branch = Callable[[Tensor, int, str], Tensor]


def branched(*branches: Branch) -> Conv:
    """The convolution that is trained as the sum of these branches: a model of its own, as ``fuse`` asks."""

    def block(x: Tensor, channels: int, name: str) -> Tensor:
        inner = keras.Input((None, None, x.shape[-1]))
        parts = [branch(inner, channels, f"{name}_{place}") for place, branch in enumerate(branches)]
        summed = keras.layers.Add()(parts) if len(parts) > 1 else parts[0]
        return keras.Model(inner, summed, name=name)(x)

    return block


def branch_of(kernel: int) -> Branch:
    """A plain convolution of this size."""

    def branch(x: Tensor, channels: int, name: str) -> Tensor:
        return conv(x, channels, kernel, name=name)

    return branch


def identity(x: Tensor, channels: int, name: str) -> Tensor:
    """What goes in, added as it is. The channels must stay."""
    if x.shape[-1] != channels:
        raise ValueError(f"{name}: {x.shape[-1]} channels go in, {channels} are to come out")
    return x


def expand_squeeze(first: int, width: int, last: int) -> Branch:
    """Two convolutions in a row, through ``width`` channels, of which one is 1×1.

    The first has no bias: a padded 3×3 would see it end at the border, and the fused convolution can't.
    """

    def branch(x: Tensor, channels: int, name: str) -> Tensor:
        wide = conv(x, width, first, name=f"{name}_expand", bias=False)
        return conv(wide, channels, last, name=f"{name}_squeeze")

    return branch
