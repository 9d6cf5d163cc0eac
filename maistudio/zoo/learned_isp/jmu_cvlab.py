"""Smallnet of JMU-CVLab with the tone curve and gamma of a classic ISP, corrected behind CBAM."""

from __future__ import annotations

import keras
import tensorflow as tf

from maistudio.zoo.blocks.cbam import cbam
from maistudio.zoo.blocks.convolution import Tensor, conv
from maistudio.zoo.blocks.tail import clip, depth_to_space

WHITE = 4096
RED_FIRST = (2, 3, 1, 0)
"""Where red, green, green, blue stand in the input."""
SMALLEST = 1e-8
"""Added before the power, which has no slope at 0."""
GAMMA = 2.2


def jmu_cvlab(features: int = 32) -> keras.Model:
    """Counts of N×H×W×4 in the order B, G, R, G to N×2H×2W×3, 0..1."""
    raw = keras.Input((None, None, 4), name="input")
    x = keras.layers.Lambda(lambda value: value / WHITE)(raw)
    x = keras.layers.Lambda(_red_first)(x)
    x = conv(x, 16, name="conv0", activation="tanh")
    x = conv(x, 16, name="conv1", activation="relu")
    x = depth_to_space(conv(x, 12, name="to_pixels", activation="relu"), 2)
    toned = keras.layers.Lambda(_tone)(x)
    x = conv(toned, features, name="expand", activation="relu")
    x = conv(cbam(x, features // 8, "cbam"), 3, name="correct", activation="tanh")
    return keras.Model(raw, clip(keras.layers.Add()([toned, x]), 1.0), name="jmu_cvlab")


def _red_first(value: Tensor) -> Tensor:
    return tf.stack([value[..., place] for place in RED_FIRST], axis=-1)


def _tone(value: Tensor) -> Tensor:
    """Gamma, then the curve 3x² − 2x³."""
    bright = tf.pow(value + SMALLEST, 1 / GAMMA)
    cubed, squared = tf.pow(bright, 3.0), tf.pow(bright, 2.0)
    return 3.0 * squared - 2.0 * cubed
