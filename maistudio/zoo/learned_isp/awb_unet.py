"""AWBUnet of rainbow: a U-Net whose colours are scaled by gains that a look at the whole picture gives."""

from __future__ import annotations

import keras

from maistudio.zoo.blocks.convolution import Tensor, conv
from maistudio.zoo.blocks.tail import depth_to_space
from maistudio.zoo.blocks.unet import down_conv, skip_concat, up_transposed
from maistudio.zoo.learned_isp.counts import from_counts

WIDTHS = (16, 32, 64, 128)
GAIN_WIDTHS = (64, 32)


def awb_unet() -> keras.Model:
    """Counts of N×H×W×4 to N×2H×2W×3; H and W must be multiples of 8.

    Section 4.9 and Fig. 11 tell of a U-Net and of the gains: global mean and three dense layers. Its depth and widths,
    and that the gains are seen in its deepest features, are chosen here.
    """
    raw = keras.Input((None, None, 4), name="input")
    x = conv(from_counts(raw), WIDTHS[0], name="head", activation="relu")
    skips = []
    for level, channels in enumerate(WIDTHS[1:], start=1):
        skips.append(x)
        x = down_conv(x, channels, name=f"down{level}", activation="relu")
    gains = _gains(x)
    for level, skip in reversed(list(enumerate(skips))):
        x = skip_concat(up_transposed(x, WIDTHS[level], name=f"up{level}"), skip)
        x = conv(x, WIDTHS[level], name=f"join{level}", activation="relu")
    picture = depth_to_space(conv(x, 12, name="to_pixels"), 2)
    return keras.Model(raw, keras.layers.Multiply()([picture, gains]), name="awb_unet")


def _gains(x: Tensor) -> Tensor:
    """N×1×1×3, a factor for each colour: white balance and brightness."""
    x = keras.layers.GlobalAveragePooling2D()(x)
    for place, width in enumerate(GAIN_WIDTHS):
        x = keras.layers.Dense(width, activation="relu", name=f"gain{place}")(x)
    x = keras.layers.Dense(3, name="gains")(x)
    return keras.layers.Reshape((1, 1, 3))(x)
