"""SYE-ISP of Multimedia: two convolutions multiplied take the place of an activation, twice (section 4.2, Fig. 4)."""

from __future__ import annotations

from functools import partial

import keras

from maistudio.zoo.blocks.channel_bias import ChannelBias
from maistudio.zoo.blocks.convolution import Tensor
from maistudio.zoo.blocks.erepconv import SizedConv, erepconv, sized_conv
from maistudio.zoo.blocks.prelu import prelu
from maistudio.zoo.blocks.tail import depth_to_space
from maistudio.zoo.learned_isp.counts import from_counts

CHANNELS = 12
WHITE = 4095.0
GATE_SCALE = 0.1
"""What the second factor of each product is multiplied with while training; the fused kernel holds it."""


def sye_isp(block: SizedConv = sized_conv, gate: SizedConv = sized_conv) -> keras.Model:
    """Counts of N×H×W×4 to N×2H×2W×3; ``gate`` makes the second factor of the products, ``block`` all the rest."""
    raw = keras.Input((None, None, 4), name="input")
    x = from_counts(raw, WHITE)
    deep = prelu(block(x, CHANNELS, 5, "head0"), "head_prelu")
    x = _product(block(deep, CHANNELS, 3, "head1"), gate(x, CHANNELS, 5, "head_gate"), "head_bias")
    x = _product(block(x, CHANNELS, 3, "body"), gate(x, CHANNELS, 1, "body_gate"), "body_bias")
    x = keras.layers.Multiply()([x, _attention(x, block)])
    return keras.Model(raw, block(depth_to_space(x, 2), 3, 3, "smooth"), name="sye_isp")


def sye_isp_training() -> keras.Model:
    """As it is trained: every convolution an eRepConv."""
    return sye_isp(erepconv, partial(erepconv, scale=GATE_SCALE))


def _product(first: Tensor, second: Tensor, name: str) -> Tensor:
    return ChannelBias(name=name)(keras.layers.Multiply()([first, second]))


def _attention(x: Tensor, block: SizedConv) -> Tensor:
    """A weight of 0..1 for each channel, N×1×1×C."""
    mean = keras.layers.GlobalAveragePooling2D(keepdims=True)(x)
    hidden = prelu(block(mean, CHANNELS, 1, "attention0"), "attention_prelu")
    return keras.layers.Activation("sigmoid")(block(hidden, CHANNELS, 1, "attention1"))
