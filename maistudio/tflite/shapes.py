"""The shape of every tensor, at the file's own input shapes or at given ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from maistudio.errors import UsageError
from maistudio.tflite.model import Model, Problem, Tensor
from maistudio.tflite.shaping.stated import file_shape, is_left_open
from maistudio.tflite.text import clean, list_text, shape_text

Shape = tuple[int, ...]
NO_SHAPES: Mapping[str, Shape] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Shapes:
    """``tensors[subgraph][tensor]`` is a shape, None where it is unknown; ``problems`` says what did not fit."""

    tensors: tuple[tuple[Shape | None, ...], ...]
    problems: tuple[Problem, ...] = ()


def resolve_shapes(model: Model, given: Mapping[str, Shape] = NO_SHAPES) -> Shapes:
    """The shape of every tensor of a model.

    ``given`` sets inputs by tensor name or signature input name; other inputs take the shape in the file, where
    an unknown dimension stands as its placeholder, usually 1. Shapes that the file leaves open follow from
    there through the ops; what depends on data, or on an op whose rule is not known, is unknown (None).
    Problems are dimensions that do not go together at these shapes.

    Raises UsageError for a name that no input has, or a shape the input can't take; StaleFileError when a large
    file changed on disk since it was opened.
    """
    inputs = _given_inputs(model, given)
    if not inputs and not any(is_left_open(tensor) for graph in model.subgraphs for tensor in graph.tensors):
        return Shapes(tuple(tuple(map(file_shape, graph.tensors)) for graph in model.subgraphs))
    # Most models have no shape to work out, and don't pay for the rules.
    from maistudio.tflite.shaping.propagation import propagate

    return Shapes(*propagate(model, inputs))


def _given_inputs(model: Model, given: Mapping[str, Shape]) -> dict[tuple[int, int], Shape]:
    """The given shapes by (subgraph, tensor)."""
    if not given:
        return {}
    named = _inputs_by_name(model)
    found = {}
    for name, shape in given.items():
        if name not in named:
            names = list_text((clean(known) for known in named), most=8) or "none"
            raise UsageError(f"no input is called {clean(name)!r}: the model's inputs are {names}")
        for place in named[name]:
            _check_fits(model.subgraphs[place[0]].tensors[place[1]], name, shape)
            found[place] = shape
    return found


def _inputs_by_name(model: Model) -> dict[str, list[tuple[int, int]]]:
    """The inputs of the subgraphs that are run from outside, by tensor name and by signature input name."""
    entries = dict.fromkeys((0, *(signature.subgraph for signature in model.signatures))) if model.subgraphs else {}
    named: dict[str, list[tuple[int, int]]] = {}
    for index in entries:
        graph = model.subgraphs[index]
        for tensor in graph.inputs:
            named.setdefault(graph.tensors[tensor].label, []).append((index, tensor))
    for signature in model.signatures:
        for entry in signature.inputs:
            places = named.setdefault(entry.name, [])
            if (signature.subgraph, entry.tensor) not in places:
                places.append((signature.subgraph, entry.tensor))
    return named


def _check_fits(tensor: Tensor, name: str, shape: Shape) -> None:
    """Raises UsageError where the file fixes another rank or size, or the shape is none."""
    fixed = tensor.open_shape
    file_text = shape_text(fixed)
    asked = f"input {clean(name)!r} can't be {shape_text(shape)}"
    if any(size < 1 for size in shape):
        raise UsageError(f"{asked}: every dimension must be 1 or more")
    if any(size > 2**31 - 1 for size in shape):
        raise UsageError(f"{asked}: no dimension can be over {2**31 - 1:,}")
    if not tensor.has_rank:
        return
    if len(fixed) != len(shape):
        raise UsageError(f"{asked}: it has {len(fixed)} dimensions ({file_text})")
    for place, (size, wanted) in enumerate(zip(fixed, shape, strict=True)):
        if size not in (-1, wanted):
            raise UsageError(f"{asked}: dimension {place} is fixed at {size} ({file_text})")
