"""PRPSR of EmbededAI: a plain chain of convolutions, each trained as a sum of branches."""

from __future__ import annotations

import keras

from maistudio.zoo.blocks.branches import branch_of, branched, identity
from maistudio.zoo.blocks.convolution import Conv, Tensor, conv, conv3
from maistudio.zoo.blocks.tail import clip, depth_to_space

SCALE = 3
FIRST_KERNEL = 5


def prpsr(first: Conv | None = None, block: Conv = conv3, channels: int = 36, middle: int = 5) -> keras.Model:
    """×3 super-resolution, 0..255 (section 4.5, Fig. 7): 5×5, so often ``middle`` 3×3, one 3×3 to the pixels.

    ``first`` and ``block`` are the linear convolutions, 5×5 and 3×3.
    """
    low = keras.Input((None, None, 3), name="input")
    x = keras.layers.ReLU()((first or _conv5)(low, channels, "first"))
    for place in range(middle):
        x = keras.layers.ReLU()(block(x, channels, f"conv{place}"))
    x = clip(block(x, 3 * SCALE**2, "to_pixels"))
    return keras.Model(low, depth_to_space(x, SCALE), name="prpsr")


def prpsr_training() -> keras.Model:
    """The same before its branches are fused."""
    return prpsr(_with_branches(FIRST_KERNEL), _with_branches(3))


def _conv5(x: Tensor, channels: int, name: str) -> Tensor:
    return conv(x, channels, FIRST_KERNEL, name=name)


def _with_branches(kernel: int) -> Conv:
    """x + 1×1(x) + kernel×kernel(x), without the x where the number of channels changes."""

    def block(x: Tensor, channels: int, name: str) -> Tensor:
        shortcut = [identity] if x.shape[-1] == channels else []
        return branched(branch_of(kernel), branch_of(1), *shortcut)(x, channels, name)

    return block
