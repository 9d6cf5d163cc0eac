"""Whether two models compute the same: both run on the same inputs in child processes."""

from __future__ import annotations

import os
from collections.abc import Generator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any

from maistudio.errors import ModelRunError
from maistudio.jobs.open import OpenedModel
from maistudio.timing.values import Configuration, Engine, Shape

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from maistudio.runtime.children import Children
    from maistudio.runtime.protocol import TensorSpec
    from maistudio.runtime.session import Session

FLOAT_LIMIT = 1e-5
"""Of the range of an output: floats that differ by no more count as the same. Integers must be equal."""
REFERENCE_MACS = 100_000_000
"""Models of up to so many MACs are also run by LiteRT's plain kernels, which take about a second for them."""
OPEN_SIZE = 32
"""The size tried for dimensions that a file leaves open."""
KINDS = 4
"""Sets of inputs that both models are run on; see ``numbers``."""


@dataclass(frozen=True, slots=True)
class Sameness:
    """What came of running two models beside each other.

    ``largest_difference`` is over all outputs, each over the range of the first model's; inf where one had no number
    and the other did. ``same`` says that floats differ by no more than FLOAT_LIMIT and integers not at all,
    ``bitwise`` that nothing differs. ``runs`` counts the inputs that both were run on, ``engines`` ran them, at
    ``shapes`` of the inputs. ``where`` is the output that differs most, "" where none does.
    """

    largest_difference: float
    same: bool
    bitwise: bool
    runs: int
    engines: tuple[Engine, ...]
    shapes: Mapping[str, Shape]
    runtime: str
    where: str = ""


@dataclass(slots=True)
class _Found:
    largest: float = 0.0
    same: bool = True
    bitwise: bool = True
    runs: int = 0
    where: str = ""
    refusal: str = ""


def compare_steps(
    first: OpenedModel, second: Path | bytes, children: Children | None = None
) -> Generator[str, None, Sameness]:
    """Run both on the same inputs: random ones and the ends of what each input can hold, for each signature.

    Yields what is being done, in words. Raises ModelRunError where one of the two can't be run here,
    RuntimeMissingError without LiteRT.
    """
    from maistudio.runtime.children import Children

    children = children or Children()
    found = _Found()
    shapes: dict[str, Shape] = {}
    runtime = ""
    macs = first.costs.macs
    plain = macs is not None and macs <= REFERENCE_MACS and not first.at_placeholder
    engines = (Engine.XNNPACK, Engine.REFERENCE) if plain else (Engine.XNNPACK,)
    keys: list[str | None] = [signature.key for signature in first.model.signatures]
    ran: list[Engine] = []
    for engine in engines:
        for key in keys or [None]:
            with ExitStack() as sessions:
                try:
                    configuration = Configuration(engine, os.cpu_count() or 1, signature=key)
                    both = yield from _opened(first, second, configuration, children, sessions)
                except ModelRunError:
                    if engine is Engine.XNNPACK:
                        raise
                    break  # the plain kernels lack versions of ops that the others have
                old, new = both
                runtime = old.runtime_version
                shapes |= {spec.name: spec.shape for spec in old.inputs}
                yield from _compare(old, new, found)
                ran += [] if engine in ran else [engine]
    if not found.runs:
        raise ModelRunError(found.refusal or f"{first.model.path}: none of its signatures takes an input")
    return Sameness(found.largest, found.same, found.bitwise, found.runs, tuple(ran), shapes, runtime, found.where)


def _opened(
    first: OpenedModel, second: Path | bytes, configuration: Configuration, children: Children, sessions: ExitStack
) -> Generator[str, None, tuple[Session, Session]]:
    """Both models loaded, at the same shapes."""
    from maistudio.runtime.session import Session

    path = Path(first.model.path)
    old = yield from Session.open_steps(path, configuration, children=children)
    sessions.callback(old.close)
    new = yield from Session.open_steps(second, configuration, children=children, name="the rewritten model")
    sessions.callback(new.close)
    shapes = {spec.name: shape for spec in old.inputs if (shape := _shape_for(first, configuration.signature, spec))}
    if shapes:
        try:
            yield from old.resize_steps(shapes)
        except ModelRunError:
            if first.given:
                raise
            return old, new
        yield from new.resize_steps(shapes)
    return old, new


def _shape_for(opened: OpenedModel, signature: str | None, spec: TensorSpec) -> Shape | None:
    """The shape to run an input at, None for the file's own: the one asked for, else OPEN_SIZE for open sizes."""
    names = {spec.name}
    for known in opened.model.signatures:
        if known.key == signature:
            tensors = opened.model.subgraphs[known.subgraph].tensors
            names |= {tensors[entry.tensor].label for entry in known.inputs if entry.name == spec.name}
    asked = next((opened.given[name] for name in names if name in opened.given), None)
    if asked is not None or -1 not in spec.open_shape[1:]:
        return asked
    batch = max(1, spec.open_shape[0])
    return batch, *(OPEN_SIZE if size == -1 else size for size in spec.open_shape[1:])


def _compare(old: Session, new: Session, found: _Found) -> Generator[str, None, None]:
    for kind in range(KINDS):
        arrays = {spec.name: numbers(spec, kind) for spec in old.inputs}
        try:
            expected = yield from old.run_steps(arrays)
        except ModelRunError as error:
            # Inputs that the model itself refuses, such as an index outside of its table, prove nothing.
            found.refusal = found.refusal or str(error)
            continue
        made = yield from new.run_steps(arrays)
        found.runs += 1
        for name, wanted in expected.items():
            difference, bitwise, same = _difference(wanted, made.get(name))
            if not bitwise and difference >= found.largest:
                found.largest, found.where = difference, name
            found.bitwise &= bitwise
            found.same &= same


def numbers(spec: TensorSpec, kind: int) -> NDArray[Any]:
    """Numbers for an input, the same in every run.

    Integers are random (``kind`` 0), all at the lower or the upper end (1, 2), and random among the ends (3). Those of
    32 and 64 bits, which mostly are indices and sizes, go from 0 to 9. Floats are random between 0 and 1, -1 and 1, 0
    and 255, and among -255, -1, 0, 1 and 255. Raises ModelRunError for text and other types.
    """
    import numpy as np

    random = np.random.default_rng(1000 + kind)
    try:
        dtype = np.dtype(spec.dtype)
    except TypeError:
        dtype = np.dtype(object)
    if dtype.kind == "f":
        low, high = ((0, 1), (-1, 1), (0, 255), (0, 0))[kind]
        ends = (-255.0, -1.0, 0.0, 1.0, 255.0)
        found = random.choice(ends, spec.shape) if kind == KINDS - 1 else random.uniform(low, high, spec.shape)
        return np.asarray(found).astype(dtype)
    if dtype.kind not in "iub":
        raise ModelRunError(f"input {spec.name} takes {spec.dtype}, of which there is none to try the models with")
    low, high = (0, 1) if dtype.kind == "b" else (0, 9)
    if dtype.kind != "b" and dtype.itemsize <= 2:
        low, high = int(np.iinfo(dtype).min), int(np.iinfo(dtype).max)
    if kind in (1, 2):
        return np.full(spec.shape, (low, high)[kind - 1], dtype)
    whole = (
        random.integers(low, high, spec.shape, endpoint=True) if kind == 0 else random.choice((low, high), spec.shape)
    )
    return np.asarray(whole).astype(dtype)


def _difference(wanted: NDArray[Any], made: NDArray[Any] | None) -> tuple[float, bool, bool]:
    """How far apart two outputs are over the range of the first, whether not at all, and whether they are the same."""
    import numpy as np

    if made is None or made.shape != wanted.shape or made.dtype != wanted.dtype:
        return inf, False, False
    if wanted.dtype.kind not in "iufb":
        equal = bool((wanted == made).all())
        return 0.0 if equal else inf, equal, equal
    bitwise = wanted.tobytes() == made.tobytes()
    if bitwise or not wanted.size:
        return 0.0, True, True
    is_float = wanted.dtype.kind == "f"
    first, second = (values.astype(np.float64) for values in (wanted, made))
    finite = np.isfinite(first)
    if (finite != np.isfinite(second)).any() or not np.array_equal(first[~finite], second[~finite], equal_nan=True):
        return inf, False, False
    apart = float(np.abs(first[finite] - second[finite]).max(initial=0.0))
    span = float(np.ptp(first[finite])) if finite.any() else 0.0
    share = apart / (span or float(np.abs(first[finite]).max(initial=0.0)) or 1.0)
    return share, False, share <= FLOAT_LIMIT if is_float else apart == 0
