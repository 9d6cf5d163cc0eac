"""A model's outputs on the GPU against the CPU's, on the same inputs."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from maistudio.runtime.bounds import Bounds
from maistudio.runtime.children import Children
from maistudio.runtime.filling import SEED, filled
from maistudio.runtime.protocol import STRING
from maistudio.runtime.session import Session
from maistudio.steps import relayed
from maistudio.timing.values import Configuration, Engine

if TYPE_CHECKING:
    from maistudio.runtime.arena import Array
    from maistudio.runtime.protocol import TensorSpec

Result = TypeVar("Result")
Outputs = Sequence[Mapping[str, "Array"]]
SETS = 2


def largest_difference_steps(path: Path, bounds: Bounds, children: Children) -> Generator[str, None, float]:
    """Run the model on both: yields what is being done; returns the largest difference of any output.

    The difference of an output is the largest of its elements over the largest magnitude the CPU found in it. Raises
    ModelRunError for a model that one of them can't run.
    """
    cpu = yield from _outputs_steps(path, Engine.BUILTIN, bounds, children)
    gpu = yield from _outputs_steps(path, Engine.GPU, bounds, children)
    return max(
        (
            relative_difference(found, wanted[name])
            for wanted, ours in zip(cpu, gpu, strict=True)
            for name, found in ours.items()
            if name in wanted
        ),
        default=0.0,
    )


def relative_difference(found: Array, wanted: Array) -> float:
    """The largest |found − wanted| over the largest finite |wanted|, or as it is where all of that is 0.

    Equal elements differ by 0, infinite and undefined (NaN) ones too; else what isn't finite differs by infinity. What
    is too small for a normal float32 counts as 0.
    """
    if found.shape != wanted.shape:
        return inf
    a, b = (_as_floats(array) for array in (found, wanted))
    unequal = ~((a == b) | (np.isnan(a) & np.isnan(b)))
    if not unequal.any():
        return 0.0
    with np.errstate(invalid="ignore"):
        difference = float(np.nan_to_num(np.abs(a - b)[unequal], nan=inf, posinf=inf).max())
    magnitude = float(np.abs(b[np.isfinite(b)]).max(initial=0.0))
    return difference / (magnitude or 1.0)


def _as_floats(array: Array) -> Array:
    """The elements in one row, with 0 for what is too small for a normal float32: GPUs may compute it so."""
    floats = array.astype(np.float64).reshape(-1)
    return np.where(np.abs(floats) < np.finfo(np.float32).tiny, 0.0, floats)


def inputs_for(spec: TensorSpec, number: int) -> Array:
    """Values for an input, the same each time; ``number`` 0 and 1 are different sets.

    Floats lie in 0..1: beyond what a model is made for, casts and exponentials overflow, on each engine in its own way.
    Bytes and quantized integers lie all over their type; other integers, which may be sizes or indices, are 0, then 1.
    """
    if spec.dtype == STRING:
        return filled(spec)
    dtype = np.dtype(spec.dtype)
    random = np.random.default_rng(SEED + number)
    if dtype.kind == "f":
        return random.random(spec.shape, np.float32).astype(dtype)
    if dtype.kind in "iu" and (spec.scale or dtype.itemsize == 1):
        span = np.iinfo(dtype)
        return random.integers(span.min, span.max, spec.shape, dtype, endpoint=True)
    return np.full(spec.shape, number, dtype)


def _outputs_steps(path: Path, engine: Engine, bounds: Bounds, children: Children) -> Generator[str, None, Outputs]:
    where = "GPU" if engine is Engine.GPU else "CPU"

    def say(stage: str) -> str:
        return f"comparing outputs, on the {where}: {stage}"

    opening = Session.open_steps(path, Configuration(engine), bounds, children, waits=False)
    session = yield from relayed(opening, say)
    with session:
        found = []
        for number in range(SETS):
            arrays = {spec.name: inputs_for(spec, number) for spec in session.inputs}
            found.append((yield from relayed(session.run_steps(arrays), say)))
    return found
