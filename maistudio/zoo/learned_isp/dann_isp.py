"""DANN-ISP: a U-Net behind a small encoder of the camera's own, trained to make two cameras look alike."""

from __future__ import annotations

import keras

from maistudio.zoo.blocks.convolution import Tensor, conv
from maistudio.zoo.blocks.unet import down_max, skip_concat, up_nearest
from maistudio.zoo.learned_isp.counts import from_counts

WHITE = 1020.0
"""By which the team divides before the network; here that is within, and no operation of its own in the file."""
HEAD = (8, 16, 32)
WIDTHS = (64, 128, 256, 512)
TAIL = 16


def dann_isp() -> keras.Model:
    """Counts of N×H×W×4 to N×2H×2W×3, 0..1; H and W must be multiples of 8.

    Section 4.8 and the team's code (github.com/gosha20777/mobile-workshop-2022). The camera's encoder, then the
    U-Net; the domain classifier that hangs on the narrowest place while training is not in the file.
    """
    raw = keras.Input((None, None, 4), name="input")
    x = from_counts(raw, WHITE)
    for place, channels in enumerate(HEAD):
        x = conv(x, channels, name=f"encoder{place}", activation="relu")
    skips: list[Tensor] = []
    for level, channels in enumerate(WIDTHS):
        x = _two(down_max(x) if skips else x, channels, f"down{level}")
        skips.append(x)
    for level, skip in reversed(list(enumerate(skips[:-1]))):
        up = _up(x, WIDTHS[level], f"to{level}")
        x = _two(skip_concat(up, skip), WIDTHS[level], f"up{level}")
    x = _two(_up(x, TAIL, "to_full"), TAIL, "full")
    x = conv(x, 3, 1, name="to_pixels", activation="sigmoid")
    return keras.Model(raw, x, name="dann_isp")


def _two(x: Tensor, channels: int, name: str) -> Tensor:
    x = conv(x, channels, name=f"{name}_0", activation="relu")
    return conv(x, channels, name=f"{name}_1", activation="relu")


def _up(x: Tensor, channels: int, name: str) -> Tensor:
    """Each pixel four times, then a convolution that sees 2×2."""
    return conv(up_nearest(x), channels, 2, name=name, activation="relu")
