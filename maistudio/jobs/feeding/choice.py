"""Which numbers stand for black and white in a model's input and output, as far as something states it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from maistudio.challenges.challenge import Challenge
from maistudio.jobs.feeding.values import (
    AS_STORED,
    BYTES,
    RAW_COUNTS,
    SIGNED,
    UNIT,
    Values,
    between,
    normalised,
    parse_values,
)
from maistudio.runtime.protocol import TensorSpec
from maistudio.tflite.model import TensorMetadata

USUAL = (BYTES, UNIT, SIGNED)

NEAR = 0.3
FAR = 0.6
"""Parts of a range by which a calibrated one may be off at each end, and may fall short of white: a converter takes
the largest value it met in the pictures it was shown."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The values taken, and a clause that says why."""

    values: Values
    why: str


def stated_input(
    spec: TensorSpec, asked: str | None, challenge: Challenge | None, metadata: TensorMetadata | None
) -> Choice | None:
    """What ``--values``, else the challenge, else the metadata, else the tensor's own scale say of an input.

    None where none of them does. The challenges' own test script hands 8-bit pixels to a uint8 input as they are,
    whatever its scale (``test_tflite.py`` of 2021 and 2022, kept in Algolzw/NCNet), so that is what a challenge means.
    Raises UsageError for values that can't be read.
    """
    if asked is not None:
        return Choice(parse_values(asked), "as asked for")
    if challenge is not None:
        return _by_challenge(spec, challenge)
    if metadata is not None and _is_normalisation(metadata):
        values = normalised(metadata.normalization_mean, metadata.normalization_std)
        return Choice(values, "as the model's metadata says")
    return by_scale(spec)


def by_scale(spec: TensorSpec) -> Choice | None:
    """What the scale of a quantized tensor says; None where several usual ranges fit, or none does."""
    fitting = possible(spec)
    if len(fitting) != 1:
        return None
    return Choice(fitting[0], f"as its scale of {spec.scale:g} says" if spec.scale else f"as it holds {spec.dtype}")


def possible(spec: TensorSpec) -> Sequence[Values]:
    """The usual ranges that a tensor may be on; all of them where nothing tells."""
    dtype = np.dtype(spec.dtype)
    if dtype.kind == "f":
        return USUAL
    if not spec.scale:
        return (BYTES,) if np.iinfo(dtype).max >= 255 else USUAL
    bounds = np.iinfo(dtype)
    low, high = ((bound - spec.zero_point) * spec.scale for bound in (bounds.min, bounds.max))
    # int16 is symmetrical about 0, whatever it holds
    fitting = [values for values in USUAL if _fits(values, low if dtype.itemsize == 1 else None, high)]
    return fitting or USUAL


def _fits(values: Values, low: float | None, high: float) -> bool:
    """Whether a tensor that reaches from ``low`` to ``high`` may be on this range."""
    span, black = values.gains[0], values.offsets[0]
    white = black + span
    if not white - FAR * white <= high <= white + NEAR * span:
        return False
    if low is None:
        return True
    return black - NEAR * span <= low <= black + NEAR * span


def _by_challenge(spec: TensorSpec, challenge: Challenge) -> Choice:
    says = f"as the challenge {challenge.id} says"
    if challenge.model.values is None:
        return Choice(RAW_COUNTS, says)
    values = between(*challenge.model.values)
    if values == BYTES and spec.dtype == "uint8":
        return Choice(AS_STORED, f"{says}: pixels as they are, whatever the scale")
    return Choice(values, says)


def _is_normalisation(metadata: TensorMetadata) -> bool:
    means, deviations = metadata.normalization_mean, metadata.normalization_std
    return 0 < len(means) == len(deviations) and all(deviations) and bool(np.isfinite([*means, *deviations]).all())
