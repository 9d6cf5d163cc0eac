"""The collapsible block of RPQ: MobileNetV2's inverted residual, but with a full 3×3 and no activation."""

from __future__ import annotations

from maistudio.zoo.blocks.branches import branched, identity
from maistudio.zoo.blocks.convolution import Tensor, conv

RATIO = 4
"""How many times the channels of the output stand inside."""


def inverted(x: Tensor, channels: int, name: str) -> Tensor:
    """While training x + 1×1(3×3(1×1(x))), without the x where the number of channels changes."""
    shortcut = [identity] if x.shape[-1] == channels else []
    return branched(_through, *shortcut)(x, channels, name)


def _through(x: Tensor, channels: int, name: str) -> Tensor:
    """The first 1×1 has no bias: the padded 3×3 would see it end at the border, and one convolution can't."""
    wide = conv(x, RATIO * channels, 1, name=f"{name}_expand", bias=False)
    deep = conv(wide, RATIO * channels, name=f"{name}_deep")
    return conv(deep, channels, 1, name=f"{name}_squeeze")
