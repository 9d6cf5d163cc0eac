"""MicroISP, a baseline of the challenge: one narrow residual network for each colour."""

from __future__ import annotations

import keras
import tensorflow as tf

from maistudio.zoo.blocks.convolution import FIRST_BIAS, Tensor, conv
from maistudio.zoo.blocks.prelu import prelu
from maistudio.zoo.blocks.tail import depth_to_space

FEATURES = 4
CONVS = 7
SKIP_OVER = 3
COLOURS = ("r", "g", "b")
"""Short, as all names here, which are a third of the file."""
TANH_SCALE, TANH_OFFSET = 0.58, 0.5
ATTENTION_KERNELS = (1, 3, 3, 3)


def micro_isp(stages: int = 2) -> keras.Model:
    """N×H×W×4, counts / 1020 in the order B, G, R, G, to N×2H×2W×3; H and W at least 79, where attention still sees.

    A stage refines the four pixels that the one before made of each position.
    """
    raw = keras.Input((None, None, 4), name="input")
    planes = [_colour(raw, stages, colour) for colour in COLOURS]
    return keras.Model(raw, keras.layers.Concatenate()(planes), name="isp")


def _colour(raw: Tensor, stages: int, name: str) -> Tensor:
    """One colour, N×2H×2W×1: a model of its own, so that its operations stand together in the file."""
    x = inner = keras.Input((None, None, raw.shape[-1]))
    for stage in range(stages):
        x = keras.layers.Activation("tanh")(_stage(x, f"{name}{stage}"))
    x = keras.layers.Lambda(lambda value: value * TANH_SCALE + TANH_OFFSET)(x)
    return keras.Model(inner, depth_to_space(x, 2), name=name)(raw)


def _stage(x: Tensor, name: str) -> Tensor:
    """Seven convolutions, the third and the sixth with attention and a shortcut over them, and one to four pixels."""
    for place in range(CONVS):
        x = prelu(conv(x, FEATURES, name=f"{name}_conv{place}"), f"{name}_prelu{place}")
        if place % SKIP_OVER == 0:
            shortcut = x
        elif place % SKIP_OVER == SKIP_OVER - 1:
            weight = _attention(x, f"{name}_see{place}")
            x = keras.layers.Add()([keras.layers.Multiply()([x, weight]), shortcut])
    return conv(x, FEATURES, name=f"{name}_to_pixels")


def _attention(x: Tensor, name: str) -> Tensor:
    """A weight of 0..1 for each channel, N×1×1×C, from four convolutions that shrink the picture 81 times."""
    for place, kernel in enumerate(ATTENTION_KERNELS):
        layer = keras.layers.Conv2D(
            FEATURES,
            kernel,
            strides=3,
            kernel_initializer="he_uniform",
            bias_initializer=keras.initializers.RandomUniform(-FIRST_BIAS, FIRST_BIAS),
            name=f"{name}_{place}",
        )
        x = prelu(layer(x), f"{name}_prelu{place}")
    x = keras.layers.GlobalAveragePooling2D()(x)
    x = keras.layers.Lambda(lambda value: tf.reshape(value, [-1, 1, 1, FEATURES]))(x)
    x = prelu(conv(x, FEATURES, 1, name=f"{name}_hidden"), f"{name}_hidden_prelu")
    return conv(x, FEATURES, 1, name=f"{name}_weight", activation="sigmoid")
