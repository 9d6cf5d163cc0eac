"""Inputs and outputs as LiteRT details them, and how arrays find their input."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from math import inf
from typing import Any

import numpy as np

from maistudio.errors import ModelRunError
from maistudio.runtime.protocol import STRING, ArrayRef, TensorSpec

LARGEST_SIZE = 2**31 - 1
"""LiteRT counts in 32 bits."""


def spec_of(name: str, detail: Mapping[str, Any]) -> TensorSpec:
    """A tensor's spec from its details; a scale that can't be one counts as none."""
    scale, zero_point = detail["quantization"]
    if not 0 < scale < inf:
        scale, zero_point = 0.0, 0
    dtype = np.dtype(detail["dtype"])
    return TensorSpec(
        name=name,
        shape=tuple(map(int, detail["shape"])),
        open_shape=tuple(max(int(size), -1) for size in detail["shape_signature"]),
        dtype=STRING if dtype.kind in "SO" else dtype.name,
        scale=float(scale),
        zero_point=int(zero_point),
    )


def unique(names: Sequence[str]) -> tuple[str, ...]:
    """The names, where each that is empty or not the only one of its kind is told apart by its place."""
    count = Counter(names)
    taken = {name for name in names if name and count[name] == 1}
    told_apart = []
    for place, name in enumerate(names):
        own = name
        if not name or count[name] > 1:
            own = f"{name or 'tensor'} #{place}"
            while own in taken:
                own += "#"
            taken.add(own)
        told_apart.append(own)
    return tuple(told_apart)


def chosen(name: str, specs: Sequence[TensorSpec]) -> int:
    """The place of an input. Raises ModelRunError for a name no input has."""
    for place, spec in enumerate(specs):
        if spec.name == name:
            return place
    known = ", ".join(repr(spec.name) for spec in specs[:8])
    raise ModelRunError(f"it has no input {name!r}: its inputs are {known or 'none'}")


def possible(name: str, shape: Sequence[int]) -> Sequence[int]:
    """The shape. Raises ModelRunError for one no input can have."""
    if all(0 <= size <= LARGEST_SIZE for size in shape):
        return shape
    raise ModelRunError(f"its input {name!r} can't be {_sizes(shape)}: give sizes from 0 to {LARGEST_SIZE:,}")


def fitting(specs: Sequence[TensorSpec], refs: Mapping[str, ArrayRef]) -> dict[int, ArrayRef]:
    """What goes to each input, by its place. Raises ModelRunError for one that is missing or doesn't fit."""
    by_place = {chosen(name, specs): ref for name, ref in refs.items()}
    for place, spec in enumerate(specs):
        ref = by_place.get(place)
        if ref is None:
            raise ModelRunError(f"its input {spec.name!r} was given nothing: give all {len(specs)} inputs")
        if ref.dtype != spec.dtype or ref.shape != spec.shape:
            raise ModelRunError(
                f"its input {spec.name!r} takes {spec.dtype} of {_sizes(spec.shape)}, "
                f"and was given {ref.dtype} of {_sizes(ref.shape)}"
            )
    return by_place


def _sizes(shape: Sequence[int]) -> str:
    return "×".join(map(str, shape)) or "one number"
