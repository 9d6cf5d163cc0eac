"""One op with the shapes and values of its inputs, as shape rules see it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from maistudio.tflite.model import Op

Shape = tuple[int, ...]
Values = tuple[float, ...]
"""The elements of a small tensor in row-major order."""


class UnknownError(Exception):
    """A result's shape depends on something that is not known before the model runs."""


class MisfitError(Exception):
    """The inputs contradict each other or the op; the text says how."""


@dataclass(frozen=True, slots=True)
class Call:
    """An op and its inputs by place; a shape is None where the input is omitted or unknown."""

    op: Op
    shapes: Sequence[Shape | None]
    value_of: Callable[[int], Values | None]

    def has(self, place: int) -> bool:
        """Whether the op has an input at this place."""
        return place < len(self.op.inputs) and self.op.inputs[place] >= 0

    def shape(self, place: int) -> Shape:
        """The shape of an input. Raises UnknownError where it is not known."""
        shape = self.shapes[place] if place < len(self.shapes) else None
        if shape is None:
            raise UnknownError
        return shape

    def ranked(self, place: int, rank: int) -> Shape:
        """The shape of an input of ``rank`` dimensions. Raises MisfitError for another rank."""
        shape = self.shape(place)
        if len(shape) != rank:
            raise MisfitError(f"its input {place} has {len(shape)} dimensions, not {rank}")
        return shape

    def values(self, place: int) -> Values:
        """The elements of an input. Raises UnknownError where they are not known."""
        values = self.value_of(self.op.inputs[place]) if self.has(place) else None
        if values is None:
            raise UnknownError
        return values

    def ints(self, place: int) -> tuple[int, ...]:
        """The elements of an input as integers. Raises UnknownError where they are not known, or no integers."""
        return tuple(_as_int(value) for value in self.values(place))

    def number(self, place: int) -> float:
        """The single element of an input. Raises MisfitError where there are more or none."""
        values = self.values(place)
        if len(values) != 1:
            raise MisfitError(f"its input {place} holds {len(values)} numbers where one is expected")
        return values[0]

    def scalar(self, place: int) -> int:
        """The single integer of an input."""
        return _as_int(self.number(place))


Rule = Callable[[Call], Sequence[Shape | None]]
"""Gives the shape of each result; raises UnknownError or MisfitError."""
Rules = Mapping[str, Rule]


def _as_int(value: float) -> int:
    if isinstance(value, float) and not value.is_integer():
        raise UnknownError
    return int(value)


def axis_in(axis: int, rank: int) -> int:
    """``axis`` counted from the front. Raises MisfitError where a tensor of ``rank`` dimensions has no such axis."""
    if not -rank <= axis < rank:
        raise MisfitError(f"axis {axis} lies outside {rank} dimensions")
    return axis % rank


def broadcast(*shapes: Shape) -> Shape:
    """The shape these shapes broadcast to, by numpy's rule. Raises MisfitError where they do not."""
    rank = max(map(len, shapes), default=0)
    result = [1] * rank
    for shape in shapes:
        for place, size in enumerate(shape, rank - len(shape)):
            if size != 1 and result[place] not in (1, size):
                raise MisfitError("shapes " + " and ".join(map(text_of, shapes)) + " do not broadcast")
            if size != 1:
                result[place] = size
    return tuple(result)


def text_of(shape: Shape) -> str:
    return "×".join(map(str, shape)) or "scalar"
