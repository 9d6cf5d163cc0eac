"""The frames of a clip: from the channels of one picture (N = 1, its frames one after the other) apart, and back."""

from __future__ import annotations

from collections.abc import Sequence

import keras
import tensorflow as tf

from maistudio.zoo.blocks import slices
from maistudio.zoo.blocks.convolution import Tensor

FRAMES = 10
COLOURS = 3


def frames_to_batch(x: Tensor) -> Tensor:
    """1×H×W×(10·C) to 10×H×W×C by reshape and transpose."""
    return keras.layers.Lambda(_unpacked)(x)


def batch_to_frames(x: Tensor) -> Tensor:
    """10×H×W×C to 1×H×W×(10·C) by transpose and reshape."""
    return keras.layers.Lambda(_packed)(x)


def split_frames(x: Tensor) -> list[Tensor]:
    """1×H×W×(10·C) to ten of 1×H×W×C by one split."""
    return list(keras.layers.Lambda(lambda value: tf.split(value, FRAMES, axis=-1))(x))


def slice_frames(x: Tensor) -> list[Tensor]:
    """1×H×W×(10·C) to ten of 1×H×W×C by a slice each."""
    colours = x.shape[-1] // FRAMES
    return [slices.channels(x, place * colours, (place + 1) * colours, f"frame{place}") for place in range(FRAMES)]


def split_batch(x: Tensor) -> list[Tensor]:
    """10×H×W×C to ten of 1×H×W×C by one split."""
    return list(keras.layers.Lambda(lambda value: tf.split(value, FRAMES, axis=0))(x))


def join_batch(frames: Sequence[Tensor]) -> Tensor:
    """Several of 1×H×W×C to one N×H×W×C by concatenation."""
    return keras.layers.Concatenate(axis=0)(list(frames))


def join_frames(frames: Sequence[Tensor]) -> Tensor:
    """Ten of 1×H×W×C to 1×H×W×(10·C) by concatenation."""
    return keras.layers.Concatenate(axis=-1)(list(frames))


def _unpacked(value: tf.Tensor) -> tf.Tensor:
    _, height, width, _ = tf.unstack(tf.shape(value))
    apart = tf.reshape(value, [height, width, FRAMES, value.shape[-1] // FRAMES])
    return tf.transpose(apart, [2, 0, 1, 3])


def _packed(value: tf.Tensor) -> tf.Tensor:
    _, height, width, _ = tf.unstack(tf.shape(value))
    return tf.reshape(tf.transpose(value, [1, 2, 0, 3]), [1, height, width, FRAMES * value.shape[-1]])
