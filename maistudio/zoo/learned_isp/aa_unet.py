"""The student network of CASIA 1st: PUNET, the baseline of MAI 2021, with three attentions side by side."""

from __future__ import annotations

import keras

from maistudio.zoo.blocks.cbam import cbam
from maistudio.zoo.blocks.channel_attention import channel_attention
from maistudio.zoo.blocks.convolution import Tensor, conv
from maistudio.zoo.blocks.efficient_attention import efficient_attention
from maistudio.zoo.blocks.unet import down_max, skip_concat, up_transposed
from maistudio.zoo.learned_isp.counts import from_counts

WIDTH = 48
LEVELS = 5
REDUCTION = 16
SLOPE = 0.2
TANH_SCALE, TANH_OFFSET = 0.58, 0.5


def aa_unet(width: int = WIDTH) -> keras.Model:
    """Counts of N×H×W×4 to N×2H×2W×3; H and W must be multiples of 16.

    Section 4.6 names PUNET as the base, and CBAM, ECA and squeeze-and-excitation in parallel in place of its
    teacher's self-attention. The levels, convolutions and skips are PUNET's (github.com/MediaTek-NeuroPilot/
    mai21-learned-smartphone-isp). The ``width`` of the first level (16 there), one attention at the end of each level,
    and the 1×1 convolution that joins its three parts are chosen here.
    """
    raw = keras.Input((None, None, 4), name="input")
    x = from_counts(raw)
    skips: list[Tensor] = []
    for level in range(LEVELS - 1):
        x = _two(x, width * 2**level, f"down{level}")
        skips.append(x)
        x = down_max(x)
    x = _attentions(_deepest(x, width * 2 ** (LEVELS - 1)), "deepest_attention")
    for level, skip in reversed(list(enumerate(skips))):
        channels = width * 2**level
        up = _leaky(up_transposed(x, channels, 3, name=f"to{level}"))
        x = _two(skip_concat(up, _carried(skip, level)), channels, f"up{level}")
        x = _attentions(x, f"up{level}_attention")
    x = _leaky(up_transposed(x, width // 4, 3, name="to_full"))
    x = keras.layers.Activation("tanh")(conv(x, 3, name="to_pixels"))
    x = keras.layers.Rescaling(TANH_SCALE, TANH_OFFSET)(x)
    return keras.Model(raw, x, name="aa_unet")


def _deepest(x: Tensor, channels: int) -> Tensor:
    """Four pairs of convolutions, the two in the middle beside shortcuts."""
    x = _two(x, channels, "deepest0")
    for place in (1, 2):
        x = keras.layers.Add()([x, _two(x, channels, f"deepest{place}")])
    return _two(x, channels, "deepest3")


def _carried(skip: Tensor, level: int) -> Tensor:
    """What a level's way up takes in from its way down; the two largest levels look at it once more."""
    channels = skip.shape[-1]
    if level == 0:
        return skip_concat(_two(skip, channels, "carried0"), skip)
    return _two(skip, channels, "carried1") if level == 1 else skip


def _attentions(x: Tensor, name: str) -> Tensor:
    """The attention inception module, same shape out as in."""
    channels = x.shape[-1]
    parts = [
        cbam(x, channels // REDUCTION, f"{name}_cbam"),
        efficient_attention(x, f"{name}_eca"),
        channel_attention(x, channels // REDUCTION, name=f"{name}_se"),
    ]
    return conv(keras.layers.Concatenate()(parts), channels, 1, name=f"{name}_join")


def _two(x: Tensor, channels: int, name: str) -> Tensor:
    for place in range(2):
        x = _leaky(conv(x, channels, name=f"{name}_{place}"))
    return x


def _leaky(x: Tensor) -> Tensor:
    return keras.layers.LeakyReLU(negative_slope=SLOPE)(x)
