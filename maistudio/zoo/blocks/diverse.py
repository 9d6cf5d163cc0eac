"""A re-parameterised convolution of diverse branches: single ones of two sizes, two in a row, and nothing at all."""

from __future__ import annotations

from maistudio.zoo.blocks.branches import branch_of, branched, expand_squeeze, identity
from maistudio.zoo.blocks.convolution import Tensor

RATIO = 2
"""How many times the channels of the output stand between the two in a row."""


def diverse(x: Tensor, channels: int, name: str) -> Tensor:
    """While training 3×3(x) + 1×1(x) + 3×3(1×1(x)) + x, without the x where the number of channels changes."""
    shortcut = [identity] if x.shape[-1] == channels else []
    branches = branch_of(3), branch_of(1), expand_squeeze(1, RATIO * channels, 3)
    return branched(*branches, *shortcut)(x, channels, name)
