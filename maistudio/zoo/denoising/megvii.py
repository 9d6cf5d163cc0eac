"""The network of Megvii: a U-Net whose encoder is narrow inside its blocks and whose decoder works in two halves."""

from __future__ import annotations

import keras

from maistudio.zoo.blocks.convolution import Tensor, conv
from maistudio.zoo.blocks.unet import down_conv, skip_add, up_transposed

THINNEST = 8
WIDTHS = (32, 64, 128, 256)
"""The channels that each level of the encoder takes in; it gives twice as many."""
DOWN_KERNEL = 4
LEAKY = "leaky_relu"
"""Slope 0.2, which the report leaves open."""


def megvii() -> keras.Model:
    """Denoising, 0..1: four levels; what the decoder finds is added to the input (section 4.2, Fig. 4)."""
    noisy = keras.Input((None, None, 3), name="input")
    x = conv(noisy, THINNEST, name="head0", activation=LEAKY)
    x = conv(x, WIDTHS[0], name="head1", activation=LEAKY)
    before = []
    for level, width in enumerate(WIDTHS):
        before.append(x)
        x = _encoded(x, width, f"encode{level}")
    for level, width in reversed(tuple(enumerate(WIDTHS))):
        x = _decoded(x, before[level], width // 2, f"decode{level}")
    x = conv(x, 3, name="residual")
    return keras.Model(noisy, keras.layers.Add()([x, noisy]), name="megvii")


def _encoded(x: Tensor, width: int, name: str) -> Tensor:
    """N×2H×2W×``width`` to N×H×W×2·``width``, through half of ``width``."""
    x = down_conv(x, width, DOWN_KERNEL, name=f"{name}_down")
    x = conv(x, width // 2, name=f"{name}_1", activation=LEAKY)
    return conv(x, 2 * width, name=f"{name}_2", activation=LEAKY)


def _decoded(x: Tensor, skip: Tensor, width: int, name: str) -> Tensor:
    """N×H×W×C to N×2H×2W×``width``: one convolution, then one for each half of its channels."""
    x = up_transposed(x, width, name=f"{name}_up")
    x = skip_add(x, conv(skip, width, name=f"{name}_skip"))
    x = conv(x, width, name=f"{name}_1", activation=LEAKY)
    half = width // 2
    # Slices, since the GPU delegate of the time had no split.
    first = conv(x[:, :, :, :half], half, name=f"{name}_2a", activation=LEAKY)
    second = conv(x[:, :, :, half:], half, name=f"{name}_2b", activation=LEAKY)
    return keras.layers.Concatenate()([first, second])
