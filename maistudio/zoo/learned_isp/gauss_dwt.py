"""GaUss-DWT of CHannel Team: three paths that look at the mosaic differently, joined by a residual group of RCAN."""

from __future__ import annotations

from collections.abc import Sequence

import keras
import numpy as np
from numpy.typing import NDArray

from maistudio.zoo.blocks.convolution import Tensor, conv
from maistudio.zoo.blocks.prelu import prelu
from maistudio.zoo.blocks.rcan import attention_block, residual_group
from maistudio.zoo.blocks.tail import depth_to_space
from maistudio.zoo.blocks.wavelet import haar, inverse_haar
from maistudio.zoo.learned_isp.counts import from_counts

SCALE = 2
WIDTH = 64
DWT_WIDTHS = (64, 128, 128)
"""Those of MW-ISPNet."""
JOINING_BLOCKS = 20
"""As many as a group of RCAN has."""
GAUSS = np.outer((1, 2, 1), (1, 2, 1)) / 16
SOBEL = np.outer((1, 2, 1), (-1, 0, 1)) / 8
SOBEL_BOTH = (SOBEL, SOBEL.T)


def gauss_dwt() -> keras.Model:
    """Counts of N×H×W×4 to N×2H×2W×3; H and W must be multiples of 8.

    Section 4.11 gives the paths and what each consists of, the group that joins them and the four convolutions before
    the pixels. The widths are chosen here: those of MW-ISPNet, and 64 for what each path hands on.
    """
    raw = keras.Input((None, None, 4), name="input")
    x = from_counts(raw)
    paths = [
        _two_and_attention(x, "basic"),
        _two_and_attention(_fixed(x, (GAUSS,), "gauss_filter"), "gauss"),
        _two_and_attention(_fixed(x, SOBEL_BOTH, "sobel_filter"), "sobel"),
        _wavelets(x),
    ]
    x = residual_group(keras.layers.Concatenate()(paths), JOINING_BLOCKS, "joined")
    for place in range(3):
        x = conv(x, WIDTH, name=f"tail{place}", activation="relu")
    x = conv(x, 3 * SCALE**2, name="to_pixels")
    return keras.Model(raw, depth_to_space(x, SCALE), name="gauss_dwt")


def _two_and_attention(x: Tensor, name: str) -> Tensor:
    """Two convolutions and a residual block with channel attention, to ``WIDTH`` channels."""
    for place in range(2):
        x = conv(x, WIDTH, name=f"{name}_{place}", activation="relu")
    return attention_block(x, f"{name}_block")


def _wavelets(x: Tensor) -> Tensor:
    """MW-ISPNet with a block in place of each group: wavelet steps down and up again, to ``WIDTH`` channels."""
    skips: list[Tensor] = []
    for level, channels in enumerate(DWT_WIDTHS):
        x = prelu(conv(haar(x), channels, name=f"dwt_down{level}"), f"dwt_down{level}_prelu")
        x = attention_block(x, f"dwt_down{level}_block")
        skips.append(x)
    x = attention_block(x, "dwt_middle_block")
    for level, skip in reversed(list(enumerate(skips[:-1]))):
        x = keras.layers.Add()([_up(x, skip.shape[-1], f"dwt_up{level}"), skip])
        x = attention_block(x, f"dwt_up{level}_block")
    return _up(x, WIDTH, "dwt_full")


def _up(x: Tensor, channels: int, name: str) -> Tensor:
    """N×H×W×C to N×2H×2W×``channels`` by way of the four bands."""
    return inverse_haar(prelu(conv(x, 4 * channels, name=name), f"{name}_prelu"))


def _fixed(x: Tensor, kernels: Sequence[NDArray[np.float64]], name: str) -> Tensor:
    """Each channel by each of the kernels, which aren't trained."""
    depthwise = np.stack(kernels, axis=-1)[:, :, np.newaxis].repeat(x.shape[-1], axis=2)
    layer = keras.layers.DepthwiseConv2D(
        depthwise.shape[:2],
        padding="same",
        depth_multiplier=len(kernels),
        use_bias=False,
        depthwise_initializer=lambda shape, dtype=None: keras.ops.convert_to_tensor(depthwise.reshape(shape), dtype),
        trainable=False,
        name=name,
    )
    return layer(x)
