"""How the networks end: from channels to pixels, and into the range of a picture."""

from __future__ import annotations

import keras
import tensorflow as tf

from maistudio.zoo.blocks.convolution import Tensor

BYTE_RANGE = 255.0


def depth_to_space(x: Tensor, factor: int) -> Tensor:
    """N×H×W×(f²·C) to N×fH×fW×C."""
    return keras.layers.Lambda(lambda value: tf.nn.depth_to_space(value, factor))(x)


def space_to_depth(x: Tensor, factor: int) -> Tensor:
    """N×fH×fW×C to N×H×W×(f²·C)."""
    return keras.layers.Lambda(lambda value: tf.nn.space_to_depth(value, factor))(x)


def clip(x: Tensor, most: float = BYTE_RANGE) -> Tensor:
    """Every value into 0..``most``."""
    return keras.layers.Lambda(lambda value: tf.clip_by_value(value, 0.0, most))(x)


def resize_bilinear(x: Tensor, factor: int, half_pixel: bool = True) -> Tensor:
    """N×H×W×C to N×fH×fW×C. ``half_pixel``: pixels are sampled at their centres."""
    return keras.layers.Lambda(lambda value: _resized(value, factor, half_pixel))(x)


def _resized(value: tf.Tensor, factor: int, half_pixel: bool) -> tf.Tensor:
    size = tf.shape(value)[1:3] * factor
    return tf.raw_ops.ResizeBilinear(images=value, size=size, half_pixel_centers=half_pixel)
