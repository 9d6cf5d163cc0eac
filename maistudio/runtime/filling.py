"""Inputs to measure with: the same ones each time."""

from __future__ import annotations

from math import prod

import numpy as np

from maistudio.runtime.arena import Array
from maistudio.runtime.protocol import STRING, TensorSpec

SEED = 20210503
INSTEAD = (1.0, 0.0)
"""What to fill inputs with, in turn, where LiteRT refuses random values: they may be sizes, indices or counts."""


def filled(spec: TensorSpec, value: float | None = None) -> Array:
    """Values for an input: ``value`` everywhere, or random ones, the same each time.

    Random is evenly spread over 0..1 for floats, and over all of the type for quantized integers. Other integers may
    be indices or counts, so they are zeros, as are complex numbers and truths; texts are empty.
    """
    if spec.dtype == STRING:
        return np.array([b""] * prod(spec.shape), dtype=object).reshape(spec.shape)
    dtype = np.dtype(spec.dtype)
    if value is not None:
        return np.full(spec.shape, value, dtype)
    random = np.random.default_rng(SEED)
    if dtype.kind == "f":
        return random.random(spec.shape, np.float32).astype(dtype)
    if dtype.kind in "iu" and spec.scale:
        span = np.iinfo(dtype)
        return random.integers(span.min, span.max, spec.shape, dtype, endpoint=True)
    return np.zeros(spec.shape, dtype)
