"""The linear block of SESR (Bhardwaj et al. 2022): a convolution to many channels and a 1×1 back, collapsed to one."""

from __future__ import annotations

from maistudio.zoo.blocks.branches import branched, expand_squeeze, identity
from maistudio.zoo.blocks.convolution import Conv, Tensor


def collapsible(kernel: int, width: int, residual: bool = False) -> Conv:
    """While training 1×1(kernel×kernel(x)) through ``width`` channels; ``residual`` adds x where the channels stay."""

    def block(x: Tensor, channels: int, name: str) -> Tensor:
        shortcut = [identity] if residual and x.shape[-1] == channels else []
        return branched(expand_squeeze(kernel, width, 1), *shortcut)(x, channels, name)

    return block
