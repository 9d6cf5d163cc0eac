"""Turn a network's training form into its inference form: each block of linear branches becomes one convolution."""

from __future__ import annotations

import keras
import numpy as np
from numpy.typing import NDArray

from maistudio.errors import UsageError

Floats = NDArray[np.float32]

SEED = 2021
TOLERANCE = 1e-5
"""How far the convolution may be from its block, of the largest value: what rounding leaves is far below."""


def fuse(training: keras.Model, inference: keras.Model) -> None:
    """Give ``inference`` the weights with which it computes what ``training`` computes.

    Layers are paired by name. A block of branches is a ``keras.Model`` in the training form and a ``Conv2D`` of its
    name in the inference form; every other layer has the same weights in both.

    Raises UsageError where a layer with weights has no partner, or a block is not one convolution.
    """
    partners = {layer.name: layer for layer in training.layers if layer.weights}
    for layer in inference.layers:
        if not layer.weights:
            continue
        partner = partners.pop(layer.name, None)
        if partner is None:
            raise UsageError(f"the training form has no layer {layer.name}: name the layers alike in both forms")
        if isinstance(partner, keras.Model) and isinstance(layer, keras.layers.Conv2D):
            layer.set_weights(list(fused_convolution(partner, layer.kernel_size[0])))
        else:
            layer.set_weights(partner.get_weights())
    if partners:
        raise UsageError(f"the inference form has no layer {', '.join(partners)}: name the layers alike in both forms")


def fused_convolution(block: keras.Model, size: int) -> tuple[Floats, Floats]:
    """The kernel (size × size × in × out) and bias (out) of the one convolution that ``block`` is: odd size, stride 1.

    ``block`` must be linear and see no further than ``size``: an impulse on each input channel shows its kernel, an
    empty picture its bias. Raises UsageError where it is not such a block, at the border too.
    """
    channels = block.inputs[0].shape[-1]
    side, centre = 2 * size + 1, size
    pictures = np.zeros((channels + 1, side, side, channels), np.float32)
    for channel in range(channels):
        pictures[channel, centre, centre, channel] = 1
    answers = np.asarray(block(pictures, training=False))
    bias = answers[-1, centre, centre]
    reach = slice(centre - size // 2, centre + size // 2 + 1)
    impulses = answers[:-1, reach, reach] - answers[-1:, reach, reach]
    kernel = np.ascontiguousarray(impulses[:, ::-1, ::-1].transpose(1, 2, 0, 3))
    _prove(block, kernel, bias)
    return kernel, bias


def _prove(block: keras.Model, kernel: Floats, bias: Floats) -> None:
    """Compare the two on noise, borders included."""
    size, _, channels, _ = kernel.shape
    noise = np.random.default_rng(SEED).standard_normal((1, 2 * size + 1, 2 * size + 1, channels), np.float32)
    wanted = np.asarray(block(noise, training=False))
    fused = np.asarray(keras.ops.conv(noise, kernel, padding="same")) + bias
    if np.abs(fused - wanted).max() > TOLERANCE * np.abs(wanted).max():
        raise UsageError(
            f"the block {block.name} is not one {size}×{size} convolution: it must be linear, see no further, "
            "and add no bias before a convolution that pads"
        )
