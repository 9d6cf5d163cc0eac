"""Selection unit (SelNet, Choi and Kim 2017): the features themselves tell how much of each passes on."""

from __future__ import annotations

import keras

from maistudio.zoo.blocks.convolution import Tensor, conv


def selection_unit(x: Tensor, name: str, kernel: int = 3) -> Tensor:
    """x · sigmoid(convolution(relu(x))), same shape out as in."""
    weights = conv(keras.layers.ReLU()(x), x.shape[-1], kernel, name=name)
    return keras.layers.Multiply()([x, keras.layers.Activation("sigmoid")(weights)])
