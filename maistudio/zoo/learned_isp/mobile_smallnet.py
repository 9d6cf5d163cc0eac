"""Mobile-Smallnet of MINCHO: depthwise and pointwise convolutions before the three of Smallnet."""

from __future__ import annotations

import keras

from maistudio.zoo.blocks.convolution import conv
from maistudio.zoo.blocks.tail import depth_to_space
from maistudio.zoo.learned_isp.counts import from_counts

SMALLNET = 16


def mobile_smallnet(channels: int = 32, blocks: int = 4) -> keras.Model:
    """Counts of N×H×W×4 to N×2H×2W×3: features with a shortcut over ``blocks`` of MobileNet, then Smallnet.

    Section 4.5 and Fig. 7 tell the parts; ``channels``, ``blocks`` and where the shortcut ends are chosen here.
    """
    raw = keras.Input((None, None, 4), name="input")
    head = x = conv(from_counts(raw), channels, name="head", activation="relu")
    for place in range(blocks):
        x = keras.layers.DepthwiseConv2D(
            3, padding="same", depthwise_initializer="he_uniform", name=f"depthwise{place}"
        )(x)
        x = conv(x, channels, 1, name=f"pointwise{place}", activation="relu")
    x = keras.layers.Add()([x, head])
    x = conv(x, SMALLNET, name="isp0", activation="tanh")
    x = conv(x, SMALLNET, name="isp1", activation="relu")
    x = conv(x, 12, name="to_pixels", activation="relu")
    return keras.Model(raw, depth_to_space(x, 2), name="mobile_smallnet")
