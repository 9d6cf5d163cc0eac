"""A trained number for each channel, added."""

from __future__ import annotations

import keras

from maistudio.zoo.blocks.convolution import Tensor


class ChannelBias(keras.layers.Layer):
    """Same shape out as in. It starts at random numbers: zeros would vanish from an untrained file."""

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        self.bias = self.add_weight(shape=(input_shape[-1],), initializer="random_normal", name="bias")

    def call(self, inputs: Tensor) -> Tensor:
        return inputs + self.bias
