"""The re-parameterised convolution of RepVGG, without normalisation: 3×3, 1×1 and nothing at all, summed."""

from __future__ import annotations

from maistudio.zoo.blocks.branches import branch_of, branched, identity
from maistudio.zoo.blocks.convolution import Tensor


def repconv(x: Tensor, channels: int, name: str) -> Tensor:
    """While training 3×3(x) + 1×1(x) + x, without the last where the number of channels changes."""
    shortcut = [identity] if x.shape[-1] == channels else []
    return branched(branch_of(3), branch_of(1), *shortcut)(x, channels, name)
