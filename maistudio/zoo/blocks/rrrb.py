"""The residual in residual re-parameterisation block of FMEN (Du et al. 2022): a wide 3×3 between two 1×1."""

from __future__ import annotations

import keras

from maistudio.zoo.blocks.branches import branched, identity
from maistudio.zoo.blocks.convolution import Tensor, conv

RATIO = 2
"""How much wider the 3×3 convolution is than what goes in."""


def rrrb(x: Tensor, channels: int, name: str) -> Tensor:
    """While training x + squeeze(wide + 3×3(wide)), where wide is a 1×1 of x. The channels must stay."""
    return branched(_widened, identity)(x, channels, name)


def _widened(x: Tensor, channels: int, name: str) -> Tensor:
    """The 1×1, the 3×3 with its own shortcut, the 1×1 back.

    The border is added before the first and cut off after the 3×3: so that the 3×3 sees the first's bias beyond the
    picture too, without which the three were not one convolution.
    """
    framed = keras.layers.ZeroPadding2D(1)(x)
    wide = conv(framed, RATIO * channels, 1, name=f"{name}_expand")
    deep = conv(wide, RATIO * channels, name=f"{name}_deep")
    summed = keras.layers.Cropping2D(1)(keras.layers.Add()([wide, deep]))
    return conv(summed, channels, 1, name=f"{name}_squeeze")
