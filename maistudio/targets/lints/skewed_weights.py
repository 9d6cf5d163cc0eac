"""The lint about the first layer's weights under symmetric quantization."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import TYPE_CHECKING, Any

from maistudio.errors import StaleFileError, WeightError
from maistudio.targets.lints.hit import Hit, place_text
from maistudio.targets.lints.view import CONVOLUTIONS, GraphView, ModelView
from maistudio.tflite.model import Op, QuantizationKind, Tensor
from maistudio.tflite.text import number_text, percent_text

if TYPE_CHECKING:
    from numpy.typing import NDArray

SKEWED = 0.25
"""The smaller end of the weights' range by the larger, below which it is skewed.

First layers of trained super-resolution networks in int8: ABPN 0.10, NCNet 0.20, PureConvSR 0.07. Of other trained
networks, and with random weights, 0.75 or more.
"""

LARGEST = 64 * 2**20
"""Constants of more bytes are not read."""

MOST = 8
"""First layers looked at."""

_SIGNED = frozenset({"INT8", "INT4", "INT16"})


def skewed_first_layer(model: ModelView) -> Iterator[Hit]:
    """Convolutions on the model's own inputs whose symmetrically quantized weights lie almost on one side of zero.

    Convolutions that only copy channels (one weight for each output) are exact however they lie.
    """
    view = model.main
    if view is None:
        return
    for op in _first_convolutions(view)[:MOST]:
        weights = view.input(op, 1)
        ends = _ends(view, weights) if weights is not None and _is_symmetric(weights) else None
        if weights is None or ends is None:
            continue
        low, high = ends
        small, large = sorted((max(-low, 0.0), max(high, 0.0)))
        if large > 0 and small < SKEWED * large:
            per_channel = _is_per_channel(weights)
            remedy = "Weights per channel, as here, keep" if per_channel else "Quantizing per channel keeps"
            words = {
                "low": number_text(low, 3),
                "high": number_text(high, 3),
                "form": " per channel" if per_channel else "",
                "unused": ("up to " if per_channel else "") + percent_text(large - small, 2 * large),
                "place": place_text(view.place(op)),
                "remedy": f"{remedy} the loss to the skewed channels.",
            }
            yield Hit("skewed-first-layer", (view.place(op),), words)
            return


def _first_convolutions(view: GraphView) -> list[Op]:
    """Those that no other convolution or matrix product comes before."""
    behind: set[int] = set()
    found = []
    for op in view.graph.ops:
        late = any(index in behind for index in op.inputs)
        weighted = op.type in CONVOLUTIONS or op.type == "FULLY_CONNECTED"
        if op.type == "CONV_2D" and not late:
            found.append(op)
        if late or weighted:
            behind.update(op.outputs)
    return found


def _is_symmetric(weights: Tensor) -> bool:
    quantization = weights.quantization
    if quantization is None or weights.type not in _SIGNED or not quantization.scales:
        return False
    known = quantization.kind in (QuantizationKind.PER_TENSOR, QuantizationKind.PER_CHANNEL)
    return known and not any(quantization.zero_points)


def _is_per_channel(weights: Tensor) -> bool:
    return weights.quantization is not None and len(weights.quantization.scales) > 1


def _ends(view: GraphView, weights: Tensor) -> tuple[float, float] | None:
    """The least and the largest weight; None for weights that can't be read, or that only copy."""
    if len(weights.shape) != 4 or min(weights.shape) < 1 or prod(weights.shape) > LARGEST:
        return None
    from maistudio.tflite.weights import real_values

    try:
        values = real_values(view.model, view.graph.index, weights)
    except (StaleFileError, WeightError):
        return None
    return None if _only_copies(values) else (float(values.min()), float(values.max()))


def _only_copies(values: NDArray[Any]) -> bool:
    """Whether each output takes one weight at most."""
    import numpy as np

    return bool((np.count_nonzero(values.reshape(values.shape[0], -1), axis=1) <= 1).all())
