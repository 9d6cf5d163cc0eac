"""PyNET-V2 Mobile, a baseline of the challenge: an inverted pyramid of three levels, trained from the smallest up."""

from __future__ import annotations

import keras

from maistudio.zoo.blocks.convolution import Tensor, conv
from maistudio.zoo.blocks.prelu import prelu
from maistudio.zoo.blocks.reflecting import mirrored, reflecting_conv, valid_conv
from maistudio.zoo.blocks.tail import depth_to_space, resize_bilinear
from maistudio.zoo.blocks.unet import skip_add
from maistudio.zoo.learned_isp.counts import from_counts

WHITE = 1020.0
"""By which the authors divide before the network; here that is within, and no operation of its own in the file."""
WIDTHS = (32, 64, 128)
SCALE = 2
FULL_SIZE_CHANNELS = 4
SPATIAL_REACH = 5
SHRINK_KERNELS = (1, 3)
SHRINK_STEP = 3
TANH_SCALE, TANH_OFFSET = 0.58, 0.5
STEADY = 1e-3
"""Added to the variance that is divided by."""


def pynet_v2_mobile() -> keras.Model:
    """Counts of N×H×W×4 in the order B, G, R, G, to N×2H×2W×3.

    H and W must be multiples of 4, at least 28: a ninth of the smallest level must still be a pixel. By the public
    code (github.com/gmalivenko/PyNET-v2), first level's output; the deeper levels' own are for training.
    """
    raw = keras.Input((None, None, 4), name="input")
    scaled = from_counts(mirrored(raw, 1), WHITE)
    first = prelu(valid_conv(scaled, WIDTHS[0], name="down0"), "down0_prelu")
    second = _halved(first, WIDTHS[1], "down1")
    x = _halved(second, WIDTHS[2], "down2")

    x = _grouped(x, groups=4, deep=2, name="level2_groups")
    x = keras.layers.Add()([_spatial_attention(x, "level2_where"), x])
    x = keras.layers.Add()([_channel_attention(x, "level2_which"), x])

    x = _joined(x, second, "level1")
    x = _grouped(x, groups=2, deep=3, name="level1_groups")
    x = keras.layers.Add()([_channel_attention(x, "level1_which"), x])

    x = _joined(x, first, "level0")
    x = _grouped(x, groups=4, deep=1, name="level0_groups4")
    x = _grouped(x, groups=2, deep=1, name="level0_groups2")

    x = prelu(conv(x, FULL_SIZE_CHANNELS * SCALE**2, 1, name="to_full"), "to_full_prelu")
    x = reflecting_conv(depth_to_space(x, SCALE), 3, name="to_pixels")
    x = keras.layers.Rescaling(TANH_SCALE, TANH_OFFSET)(keras.layers.Activation("tanh")(x))
    return keras.Model(raw, x, name="pynet_v2_mobile")


def _halved(x: Tensor, channels: int, name: str) -> Tensor:
    """N×2H×2W×C to N×H×W×``channels``."""
    return prelu(conv(x, channels, 2, name=name, stride=2), f"{name}_prelu")


def _joined(x: Tensor, skip: Tensor, name: str) -> Tensor:
    """What comes up from the level below, to the shape of what this level had, plus that; then a residual 1×1."""
    channels = skip.shape[-1]
    up = prelu(reflecting_conv(resize_bilinear(x, 2), channels, name=f"{name}_up"), f"{name}_up_prelu")
    own = prelu(reflecting_conv(skip, channels, name=f"{name}_skip"), f"{name}_skip_prelu")
    x = skip_add(own, up)
    return keras.layers.Add()([prelu(conv(x, channels, 1, name=f"{name}_mix"), f"{name}_mix_prelu"), x])


def _grouped(x: Tensor, groups: int, deep: int, name: str) -> Tensor:
    """Same shape out as in: the channels in groups, ``deep`` residual convolutions each, joined by 1×1, plus ``x``.

    Every second group, the first one included, is normalised over the picture.
    """
    channels = x.shape[-1]
    width = channels // groups
    parts = []
    for group in range(groups):
        part = keras.layers.Lambda(lambda value, start=group * width: value[..., start : start + width])(x)
        for place in range(deep):
            y = reflecting_conv(part, width, name=f"{name}_{group}_{place}")
            if group % 2 == 0:
                y = keras.layers.GroupNormalization(-1, epsilon=STEADY, name=f"{name}_{group}_{place}_norm")(y)
            part = keras.layers.Add()([prelu(y, f"{name}_{group}_{place}_prelu"), part])
        parts.append(part)
    joined = conv(keras.layers.Concatenate()(parts), channels, 1, name=f"{name}_join")
    return keras.layers.Add()([joined, x])


def _spatial_attention(x: Tensor, name: str) -> Tensor:
    """Same shape out as in: a convolution, each of its values by a weight of 0..1 from the 5×5 around it."""
    y = prelu(reflecting_conv(x, x.shape[-1], name=name), f"{name}_prelu")
    look = keras.layers.DepthwiseConv2D(SPATIAL_REACH, activation="sigmoid", name=f"{name}_weight")
    return keras.layers.Multiply()([look(mirrored(y, SPATIAL_REACH // 2)), y])


def _channel_attention(x: Tensor, name: str) -> Tensor:
    """Same shape out as in: a convolution, each of its channels by a weight of 0..1 from a picture a ninth the size."""
    channels = x.shape[-1]
    y = seen = prelu(reflecting_conv(x, channels, name=name), f"{name}_prelu")
    for place, kernel in enumerate(SHRINK_KERNELS):
        seen = valid_conv(seen, channels, kernel, name=f"{name}_shrink{place}", stride=SHRINK_STEP)
        seen = prelu(seen, f"{name}_shrink{place}_prelu")
    mean = keras.layers.GlobalAveragePooling2D(keepdims=True)(seen)
    hidden = prelu(conv(mean, channels, 1, name=f"{name}_hidden"), f"{name}_hidden_prelu")
    return keras.layers.Multiply()([conv(hidden, channels, 1, name=f"{name}_weight", activation="sigmoid"), y])
