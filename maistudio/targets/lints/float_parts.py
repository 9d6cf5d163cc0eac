"""Lints about integer models: float inputs and outputs, float ops inside, values quantized twice."""

from __future__ import annotations

from collections.abc import Iterator

from maistudio.targets.lints.hit import Hit, Place, counted, where
from maistudio.targets.lints.view import CONVOLUTIONS, FLOATS, INTEGERS, GraphView, ModelView
from maistudio.tflite.model import Op, Tensor
from maistudio.tflite.text import list_text, plural, type_text

_WEIGHTED = CONVOLUTIONS | {"FULLY_CONNECTED"}


def computes_in_integers(model: ModelView) -> bool:
    """Whether most convolutions and matrix products read 8- or 16-bit integers."""
    kinds = [tensor.type for view, op in model.ops(*_WEIGHTED) if (tensor := _data(view, op)) is not None]
    return bool(kinds) and 2 * sum(kind in INTEGERS for kind in kinds) > len(kinds)


def _data(view: GraphView, op: Op) -> Tensor | None:
    """What a convolution computes on."""
    return view.input(op, 2 if op.type == "TRANSPOSE_CONV" else 0)


def float_interface(model: ModelView) -> Iterator[Hit]:
    """Float inputs and outputs of an integer model, at the ops that read and make them."""
    view = model.main
    if view is None or not computes_in_integers(model):
        return
    inputs = [tensor for index in view.graph.inputs if _is_float(tensor := view.tensor(index))]
    outputs = [tensor for index in view.graph.outputs if _is_float(tensor := view.tensor(index))]
    ops = [op for tensor in inputs for op in view.users(tensor)]
    ops += [op for tensor in outputs if (op := view.producer(tensor)) is not None]
    if ops:
        sides = [
            f"{plural(len(tensors), side)} {'is' if len(tensors) == 1 else 'are'} {_types(tensors)}"
            for side, tensors in (("input", inputs), ("output", outputs))
            if tensors
        ]
        places = tuple(dict.fromkeys(map(view.place, ops)))
        yield Hit("float-interface", places, {"tensors": " and ".join(sides)})


def _types(tensors: list[Tensor | None]) -> str:
    return list_text(dict.fromkeys(type_text(tensor.type) for tensor in tensors if tensor is not None))


def float_islands(model: ModelView) -> Iterator[Hit]:
    """Ops that read computed floats between DEQUANTIZE and QUANTIZE in an integer model.

    A DEQUANTIZE whose floats lead to outputs only is the model's interface, and no island.
    """
    if not computes_in_integers(model):
        return
    places: list[Place] = []
    for view in model.graphs:
        back = _leads_to(view, frozenset(op.index for op in view.graph.ops if op.type == "QUANTIZE"))
        out = _comes_from(view)
        island = (op for op in view.graph.ops if op.index in back and op.index in out)
        places += [view.place(op) for op in island]
    if places:
        words = {"islands": counted(len(places), "op", "computes", "compute"), "where": where(places)}
        yield Hit("float-islands", tuple(places), words)


def _comes_from(view: GraphView) -> frozenset[int]:
    """Ops on floats that DEQUANTIZE made of computed integers."""
    made: set[int] = set()
    found: set[int] = set()
    for op in view.graph.ops:
        if op.type == "DEQUANTIZE":
            source = view.input(op, 0)
            if source is not None and not source.constant:
                made.update(op.outputs)
        elif op.type != "QUANTIZE" and not op.subgraphs and any(index in made for index in op.inputs):
            found.add(op.index)
            made.update(index for index in op.outputs if _is_float(view.tensor(index)))
    return frozenset(found)


def _leads_to(view: GraphView, ends: frozenset[int]) -> frozenset[int]:
    """Ops whose floats end in QUANTIZE."""
    wanted: set[int] = set()
    found: set[int] = set()
    for op in reversed(view.graph.ops):
        if op.index in ends or any(index in wanted for index in op.outputs):
            found.add(op.index)
            if op.index in ends or any(_is_float(view.tensor(index)) for index in op.outputs):
                wanted.update(index for index in op.inputs if _is_float(view.tensor(index)))
    return frozenset(found - ends)


def requantized(model: ModelView) -> Iterator[Hit]:
    """QUANTIZE between computed integers that is not at an input or output of its subgraph."""
    places: list[Place] = []
    for view, op in model.ops("QUANTIZE"):
        source, made = view.input(op, 0), view.output(op)
        if source is None or made is None or source.type not in INTEGERS or source.constant:
            continue
        if source.index not in view.graph.inputs and made.index not in view.outputs:
            places.append(view.place(op))
    if places:
        words = {"conversions": counted(len(places), "QUANTIZE op", "converts", "convert"), "where": where(places)}
        yield Hit("requantized", tuple(places), words)


def _is_float(tensor: Tensor | None) -> bool:
    return tensor is not None and tensor.type in FLOATS
