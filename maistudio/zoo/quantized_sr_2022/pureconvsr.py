"""PureConvSR of ECNUSR: the repeated input, the addition and the clip are done by convolutions, and nothing else.

The input's three colours travel behind the features: 29 + 3 channels. The last 3×3 adds each colour to its pixels.
The clip is two rectifiers: with v the pixels, 255 - relu(255 - v) is at most 255, and the rectifier after the 1×1
makes it at least 0.
"""

from __future__ import annotations

import keras
import numpy as np

from maistudio.zoo.blocks.anchor import anchor
from maistudio.zoo.blocks.convolution import FIRST_BIAS, Conv, Tensor, conv3
from maistudio.zoo.blocks.frozen import frozen_1x1
from maistudio.zoo.blocks.tail import BYTE_RANGE, depth_to_space
from maistudio.zoo.fuse import fuse

SCALE = 3
COLOURS = 3
PIXELS = COLOURS * SCALE**2
BRANCHES = 2
RATIO = 2


def pureconvsr() -> keras.Model:
    """×3 super-resolution, 0..255 (section 4.3, Fig. 5). Its kernels carry the colours, as trained ones do."""
    model = _pureconvsr(conv3, conv3, conv3)
    fuse(pureconvsr_training(), model)
    return model


def pureconvsr_training() -> keras.Model:
    """The same before its branches and what carries the colours are fused. What is learned is 29 wide."""
    return _pureconvsr(_first, _block, _to_pixels)


def _pureconvsr(first: Conv, block: Conv, to_pixels: Conv, channels: int = 29, blocks: int = 3) -> keras.Model:
    low = keras.Input((None, None, COLOURS), name="input")
    x = keras.layers.ReLU()(first(low, channels + COLOURS, "first"))
    for place in range(blocks):
        x = keras.layers.ReLU()(block(x, channels + COLOURS, f"block{place}"))
    x = keras.layers.ReLU()(_inverted(to_pixels(x, PIXELS, "to_pixels")))
    x = keras.layers.ReLU()(_plus_white(_negated(x, "clip")))
    return keras.Model(low, depth_to_space(x, SCALE), name="pureconvsr")


def _inverted(x: Tensor) -> Tensor:
    """White becomes black. The converter puts this into the convolution before it."""
    return keras.layers.Rescaling(-1.0, BYTE_RANGE)(x)


def _plus_white(x: Tensor) -> Tensor:
    return keras.layers.Lambda(lambda value: value + BYTE_RANGE)(x)


def _negated(x: Tensor, name: str) -> Tensor:
    """By a frozen 1×1 convolution."""
    return frozen_1x1(x, -np.eye(x.shape[-1], dtype=np.float32), name)


def _first(x: Tensor, channels: int, name: str) -> Tensor:
    """A 3×3 of the colours, and they themselves."""
    inner = keras.Input((None, None, COLOURS))
    learned = _learned(inner, channels - COLOURS, 3, f"{name}_learned")
    return keras.Model(inner, keras.layers.Concatenate()([learned, inner]), name=name)(x)


def _block(x: Tensor, channels: int, name: str) -> Tensor:
    """The features plus two branches of them, each a 3×3 to twice as many and a 1×1 back; the colours as they are."""
    inner = keras.Input((None, None, channels))
    features, colours = _parted(inner)
    parts = [features]
    for branch in range(BRANCHES):
        wide = _learned(features, RATIO * features.shape[-1], 3, f"{name}_{branch}_expand")
        parts.append(_learned(wide, features.shape[-1], 1, f"{name}_{branch}_squeeze"))
    return keras.Model(inner, keras.layers.Concatenate()([keras.layers.Add()(parts), colours]), name=name)(x)


def _to_pixels(x: Tensor, channels: int, name: str) -> Tensor:
    """A 3×3 of the features, plus the repeated input."""
    inner = keras.Input((None, None, x.shape[-1]))
    features, colours = _parted(inner)
    learned = _learned(features, channels, 3, f"{name}_learned")
    return keras.Model(inner, keras.layers.Add()([learned, anchor(colours, SCALE)]), name=name)(x)


def _learned(x: Tensor, channels: int, kernel: int, name: str) -> Tensor:
    """A convolution. It begins like the team's, smaller than others of the zoo: else sums grow far beyond white."""
    layer = keras.layers.Conv2D(
        channels,
        kernel,
        padding="same",
        kernel_initializer="glorot_normal",
        bias_initializer=keras.initializers.RandomUniform(-FIRST_BIAS, FIRST_BIAS),
        name=name,
    )
    return layer(x)


def _parted(x: Tensor) -> tuple[Tensor, Tensor]:
    """The features and, behind them, the colours."""
    features = keras.layers.Lambda(lambda value: value[..., :-COLOURS])(x)
    return features, keras.layers.Lambda(lambda value: value[..., -COLOURS:])(x)
