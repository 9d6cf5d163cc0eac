"""What the networks of a challenge do, and which challenge a model is for by its input and output."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from maistudio.challenges.challenge import Challenge, ModelForm
from maistudio.jobs.open import OpenedModel
from maistudio.tflite.shapes import Shape, resolve_shapes
from maistudio.zoo.training.lesson import Task

BASELINES = {
    Task.SR: "bicubic",
    Task.VIDEO: "bicubic",
    Task.DENOISE: "noisy",
    Task.ISP: "plain",
}
"""What a network is set beside, in a word."""


def task_of(challenge: Challenge) -> Task:
    """What networks of a challenge learn."""
    if challenge.model.packing == "frames":
        return Task.VIDEO
    if challenge.model.packing == "bayer":
        return Task.ISP
    return Task.SR if challenge.scale > 1 else Task.DENOISE


def recognised(opened: OpenedModel, challenges: Sequence[Challenge]) -> Challenge | None:
    """The latest challenge whose channels a model takes and gives, at its scale; None where it fits none."""
    for challenge in sorted(challenges, key=lambda each: -each.year):
        if _fits(opened, challenge.model):
            return challenge
    return None


def _fits(opened: OpenedModel, form: ModelForm) -> bool:
    ends = _ends(opened, form.input)
    if ends is None:
        return False
    given, made = ends
    scales = {Fraction(form.output[1], form.input[1])}
    scales |= {Fraction(out, side) for out, side in zip(made[1:3], given[1:3], strict=True)}
    return (given[3], made[3]) == (form.input[3], form.output[3]) and len(scales) == 1


def _ends(opened: OpenedModel, wanted: Shape) -> tuple[Shape, Shape] | None:
    """The shapes of the only input and of the first output, at the sizes wanted where they are open."""
    graph = opened.model.subgraphs[0]
    if len(graph.inputs) != 1 or not graph.outputs:
        return None
    source = graph.tensors[graph.inputs[0]]
    if len(source.open_shape) != 4:
        return None
    given = tuple(asked if side < 0 else side for side, asked in zip(source.open_shape, wanted, strict=True))
    made = resolve_shapes(opened.model, {source.label: given}).tensors[0][graph.outputs[0]]
    return None if made is None or len(made) != 4 or not all((*given, *made)) else (given, made)
