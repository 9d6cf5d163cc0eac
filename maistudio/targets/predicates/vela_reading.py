"""What makes Vela read no file at all: ops whose shapes or scales in the file make no sense to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import prod
from types import MappingProxyType

from maistudio.targets.facts import OpFacts
from maistudio.targets.predicates.vela_tensors import (
    padded_to_four,
)
from maistudio.tflite.text import shape_text

Predicate = Callable[[OpFacts, Mapping[str, object]], str]


def concat_fits(op: OpFacts, arguments: Mapping[str, object]) -> str:
    """By the shapes in the file, inputs and output agree but for the axis, along which the inputs add up."""
    result, axis = op.output(0), op.option("axis")
    if result is None or not isinstance(axis, int):
        return ""
    rank = len(result.shape)
    place = axis + rank if axis < 0 else axis
    summed = 0
    for tensor in op.inputs:
        if len(tensor.shape) != rank:
            return f"{tensor.label} and the output differ in rank in the file"
        if any(
            one != other for at, (one, other) in enumerate(zip(tensor.shape, result.shape, strict=True)) if at != place
        ):
            return f"{tensor.label} {shape_text(tensor.shape)} and the output {shape_text(result.shape)} don't join"
        summed += tensor.shape[place] if place < rank else 0
    stated = result.shape_signature or result.shape
    if place < rank and summed != result.shape[place] and stated[place] != -1:
        return f"the inputs add up to {summed}, and the output has {result.shape[place]} in the file"
    return ""


def shapes_broadcast(op: OpFacts, arguments: Mapping[str, object]) -> str:
    """By the shapes in the file, the output has the shape of an input, or what both make together."""
    shapes = [padded_to_four(each.shape or (1,)) for each in op.inputs[:2]]
    result = op.output(0)
    if result is None or not shapes:
        return ""
    wanted = padded_to_four(result.shape or (1,))
    together = tuple(map(max, *shapes)) if len(shapes) == 2 and len(shapes[0]) == len(shapes[1]) else None
    joins = len(shapes) == 2 and all(one == other or 1 in (one, other) for one, other in zip(*shapes, strict=False))
    if wanted in shapes or (joins and together == wanted):
        return ""
    return f"its output {shape_text(wanted)} doesn't follow from its inputs in the file"


def elements_kept(op: OpFacts, arguments: Mapping[str, object]) -> str:
    """By the shapes in the file, as many values go out as come in, where no size is open."""
    source, result = op.input(0), op.output(0)
    if source is None or result is None or any(-1 in (each.shape_signature or ())[:-1] for each in (source, result)):
        return ""
    kept = prod(source.shape) == prod(result.shape)
    return "" if kept else f"{shape_text(source.shape)} and {shape_text(result.shape)} differ in the number of values"


def same_first_scale(op: OpFacts, arguments: Mapping[str, object]) -> str:
    """Input and output have the same scale, where both have one."""
    scales = [each.quantization.scales[:1] for each in (op.input(0), op.output(0)) if each and each.quantization]
    return (
        "" if len(scales) < 2 or not all(scales) or scales[0] == scales[1] else "its input and output differ in scale"
    )


WHILE_READING: Mapping[str, Predicate] = MappingProxyType(
    {
        "vela_concat_fits": concat_fits,
        "vela_shapes_broadcast": shapes_broadcast,
        "vela_elements_kept": elements_kept,
        "vela_same_first_scale": same_first_scale,
    }
)
"""By the names target files call them."""
