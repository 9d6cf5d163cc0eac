"""ENERZAi's two networks: a U-Net with channel attention, found by architecture search, in two sizes."""

from __future__ import annotations

from collections.abc import Sequence

import keras

from maistudio.zoo.blocks.channel_attention import channel_attention
from maistudio.zoo.blocks.convolution import Tensor, conv
from maistudio.zoo.blocks.tail import depth_to_space
from maistudio.zoo.blocks.unet import down_conv, skip_add, up_transposed
from maistudio.zoo.learned_isp.counts import from_counts

SCALE = 2
REDUCTION = 4
"""How much narrower the middle of the channel attention is."""

SMALL_WIDTHS = (8, 16, 20)
LARGE_WIDTHS, LARGE_CONVS = (32, 64, 128), 4


def enerzai_isp(widths: Sequence[int] = SMALL_WIDTHS, convs: int = 1) -> keras.Model:
    """Counts of N×H×W×4 to N×2H×2W×3: a level for each width, each half the size of the one before; ``convs`` a block.

    H and W must be multiples of the last level's 4.

    Section 4.3 tells the family (U-Net and hourglass, channel attention of RCAN), that the search penalised slow
    networks for track 1 and not for track 2, where it chose more and wider layers. Depth, widths and the added skips
    are chosen here.
    """
    raw = keras.Input((None, None, 4), name="input")
    x = _block(conv(from_counts(raw), widths[0], name="head", activation="relu"), convs, "down0")
    skips: list[Tensor] = []
    for level, channels in enumerate(widths[1:], start=1):
        skips.append(x)
        x = _block(down_conv(x, channels, name=f"to{level}", activation="relu"), convs, f"down{level}")
    for level, skip in reversed(list(enumerate(skips))):
        x = up_transposed(x, skip.shape[-1], name=f"back{level}", activation="relu")
        x = _block(skip_add(x, skip), convs, f"up{level}")
    x = conv(x, 3 * SCALE**2, name="to_pixels")
    return keras.Model(raw, depth_to_space(x, SCALE), name="enerzai_isp")


def _block(x: Tensor, convs: int, name: str) -> Tensor:
    """Same shape out as in."""
    channels = x.shape[-1]
    for place in range(convs):
        x = conv(x, channels, name=f"{name}_{place}", activation="relu")
    return channel_attention(x, channels // REDUCTION, name=f"{name}_attention")
