"""The networks without any shortcut: a chain of convolutions, the clip before depth-to-space."""

from __future__ import annotations

from functools import partial

import keras

from maistudio.zoo.blocks.convolution import Conv, conv3
from maistudio.zoo.blocks.inverted import inverted
from maistudio.zoo.blocks.tail import clip, depth_to_space
from maistudio.zoo.network import Network

SCALE = 3


def plain(channels: int, middle: int, block: Conv = conv3) -> keras.Model:
    """×3 super-resolution, 0..255: 3 → ``channels``, so often ``middle`` more, → 27."""
    low = keras.Input((None, None, 3), name="input")
    x = keras.layers.ReLU()(block(low, channels, "first"))
    for place in range(middle):
        x = keras.layers.ReLU()(block(x, channels, f"conv{place}"))
    x = clip(block(x, 3 * SCALE**2, "to_pixels"))
    return keras.Model(low, depth_to_space(x, SCALE), name="plain")


RPQ = Network(partial(plain, 36, 3), partial(plain, 36, 3, inverted))
"""TCLResearchEurope (section 4.2, Fig. 4), after pruning: as it is trained from then on, and collapsed."""

HOPN = Network(partial(plain, 28, 4))
"""LCVG (section 4.4, Fig. 6)."""

BOE_IOT_AIBD = Network(partial(plain, 28, 5))
"""BOE-IOT-AIBD (section 4.5, Fig. 7)."""

EMSRNET = Network(partial(plain, 36, 3))
"""NJUST (section 4.6, Fig. 8)."""
