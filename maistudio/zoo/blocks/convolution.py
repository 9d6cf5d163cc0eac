"""A plain convolution as all the networks use it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import keras

Tensor: TypeAlias = keras.KerasTensor
Conv: TypeAlias = Callable[[Tensor, int, str], Tensor]
"""A linear 3×3 convolution, or a block of branches that becomes one: from a tensor, to so many channels, by name."""

FIRST_BIAS = 0.01
"""Biases begin within ± this: a file stores zeros once for all layers, and would be smaller than a trained one."""
HE_GAIN = 2.0
"""The variance of a first kernel times its fan-in: values keep their size from ReLU to ReLU (He et al. 2015)."""
LIVE_BIAS = 1.0
"""Where biases of a narrow ReLU layer begin: its few channels could all be 0 for every picture, which has no range to
be quantized in."""


def conv(
    x: Tensor,
    channels: int,
    kernel: int | tuple[int, int] = 3,
    *,
    name: str,
    activation: str | None = None,
    stride: int = 1,
    bias: bool = True,
    groups: int = 1,
    first_bias: float = 0.0,
    gain: float = HE_GAIN,
) -> Tensor:
    """Convolution with zero padding: the size stays at stride 1. Every layer with weights has a name of its own.

    Kernels begin with ``gain`` for their variance times fan-in, biases near ``first_bias``.
    """
    layer = keras.layers.Conv2D(
        channels,
        kernel,
        strides=stride,
        padding="same",
        activation=activation,
        use_bias=bias,
        groups=groups,
        kernel_initializer=keras.initializers.VarianceScaling(gain, "fan_in", "uniform"),
        bias_initializer=keras.initializers.RandomUniform(first_bias - FIRST_BIAS, first_bias + FIRST_BIAS),
        name=name,
    )
    return layer(x)


def conv3(x: Tensor, channels: int, name: str) -> Tensor:
    """The convolution that a block of branches becomes."""
    return conv(x, channels, name=name)
