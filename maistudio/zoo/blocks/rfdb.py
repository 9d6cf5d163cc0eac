"""The residual feature distillation block (RFDB) of Liu et al. 2020."""

from __future__ import annotations

from collections.abc import Callable

import keras

from maistudio.zoo.blocks.convolution import Conv, Tensor, conv, conv3

SLOPE = 0.05
STEPS = 3

Attention = Callable[[Tensor, str], Tensor]


def rfdb(x: Tensor, name: str, attention: Attention, block: Conv = conv3) -> Tensor:
    """Same shape out as in, without a shortcut.

    Each step keeps half the channels by a 1×1 and refines all of them by a 3×3 with a shortcut; what was kept is mixed
    and weighted by ``attention``.
    """
    channels = x.shape[-1]
    kept = []
    for step in range(STEPS):
        kept.append(_leaky(conv(x, channels // 2, 1, name=f"{name}_keep{step}")))
        x = _leaky(keras.layers.Add()([block(x, channels, f"{name}_step{step}"), x]))
    kept.append(_leaky(block(x, channels // 2, f"{name}_keep{STEPS}")))
    return attention(conv(keras.layers.Concatenate()(kept), channels, 1, name=f"{name}_mix"), name)


def _leaky(x: Tensor) -> Tensor:
    return keras.layers.LeakyReLU(SLOPE)(x)
