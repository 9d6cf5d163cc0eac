"""BigUNet of MiAlgo, track 2: a U-Net of four levels with residual groups of RCAN."""

from __future__ import annotations

import keras

from maistudio.zoo.blocks.convolution import Tensor, conv
from maistudio.zoo.blocks.rcan import residual_group
from maistudio.zoo.blocks.tail import depth_to_space
from maistudio.zoo.blocks.unet import down_average, skip_concat, up_transposed
from maistudio.zoo.learned_isp.counts import from_counts

WIDTHS = (32, 64, 128, 256)
SCALE = 2


def bigunet(blocks: int = 15) -> keras.Model:
    """Counts of N×H×W×4 to N×2H×2W×3; H and W must be multiples of 8.

    Section 4.1: four levels of these widths, groups without channel attention in place of several convolutions,
    average pooling down, deconvolution up. Where the groups stand and their ``blocks`` are chosen here: of the two
    convolutions that a U-Net has at each level, the second one each.
    """
    raw = keras.Input((None, None, 4), name="input")
    x = from_counts(raw)
    skips: list[Tensor] = []
    for level, channels in enumerate(WIDTHS):
        if skips:
            x = down_average(x)
        x = conv(x, channels, name=f"down{level}", activation="relu")
        x = residual_group(x, blocks, f"down{level}_group", attention=False)
        skips.append(x)
    for level, skip in reversed(list(enumerate(skips[:-1]))):
        x = skip_concat(up_transposed(x, WIDTHS[level], name=f"deconv{level}"), skip)
        x = conv(x, WIDTHS[level], name=f"up{level}", activation="relu")
        x = residual_group(x, blocks, f"up{level}_group", attention=False)
    x = conv(x, 3 * SCALE**2, name="to_pixels")
    return keras.Model(raw, depth_to_space(x, SCALE), name="bigunet")
