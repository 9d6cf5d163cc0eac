"""Information multi-distillation (IMDN, Hui et al. 2019): a part of each convolution is kept, the rest goes on."""

from __future__ import annotations

from collections.abc import Sequence

import keras

from maistudio.zoo.blocks import slices
from maistudio.zoo.blocks.convolution import Tensor, conv
from maistudio.zoo.blocks.selection_unit import selection_unit


def imdb_s(x: Tensor, name: str, kept: int = 3, slope: float = 0.05) -> Tensor:
    """The small block of the authors: four convolutions, what was kept to a 1×1, + ``x``. Same shape out as in."""
    channels = x.shape[-1]
    parts = distilled(x, [channels, channels, channels, kept], kept, slope, name)
    y = conv(keras.layers.Concatenate()(parts), channels, 1, name=f"{name}_mix")
    return keras.layers.Add()([x, y])


def imd_selected(x: Tensor, name: str, widths: Sequence[int] = (20, 12, 4), slope: float = 0.1) -> Tensor:
    """The block of Diggers: half of the channels are kept, ``x`` goes to the 1×1 too, a selection unit ends it.

    Same shape out as in.
    """
    channels = x.shape[-1]
    parts = distilled(x, widths, channels // 2, slope, name)
    y = conv(keras.layers.Concatenate()([*parts, x]), channels, 1, name=f"{name}_mix")
    return selection_unit(y, f"{name}_select")


def distilled(x: Tensor, widths: Sequence[int], kept: int, slope: float, name: str) -> list[Tensor]:
    """Of each convolution but the last ``kept`` channels, of the last all: N×H×W×C to the parts of a concatenation."""
    parts: list[Tensor] = []
    for place, width in enumerate(widths[:-1]):
        y = _leaky_conv(x, width, slope, f"{name}_conv{place}")
        parts.append(slices.channels(y, 0, kept, f"{name}_kept{place}"))
        x = slices.channels(y, kept, width, f"{name}_rest{place}")
    return [*parts, _leaky_conv(x, widths[-1], slope, f"{name}_conv{len(widths) - 1}")]


def _leaky_conv(x: Tensor, channels: int, slope: float, name: str) -> Tensor:
    return keras.layers.LeakyReLU(negative_slope=slope)(conv(x, channels, name=name))
