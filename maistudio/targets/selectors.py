"""The tensors of an op that a condition of a target file means: "input 0", "outputs", "runtime"."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType

from maistudio.targets.facts import OpFacts
from maistudio.tflite.model import Tensor

Named = tuple[tuple[str, Tensor | None], ...]
"""Tensors with what they are called in sentences; None for one that isn't there."""
Selector = Callable[[OpFacts], Named]

_ONE = re.compile(r"(input|output) (-?\d+)")


def _inputs(facts: OpFacts) -> Named:
    tensors = facts.every_input
    return tuple(zip(_names("input", len(tensors)), tensors, strict=True))


def _outputs(facts: OpFacts) -> Named:
    tensors = facts.every_output
    names = _names("output", len(tensors)) if len(tensors) > 1 else ("the output",) * len(tensors)
    return tuple(zip(names, tensors, strict=True))


@cache
def _names(side: str, count: int) -> tuple[str, ...]:
    return tuple(f"{side} {place}" for place in range(count))


def _all(facts: OpFacts) -> Named:
    return _inputs(facts) + _outputs(facts)


def _runtime(facts: OpFacts) -> Named:
    return tuple((name, each) for name, each in _all(facts) if each is not None and not facts.is_constant(each))


def _runtime_inputs(facts: OpFacts) -> Named:
    return tuple((name, each) for name, each in _inputs(facts) if each is not None and not facts.is_constant(each))


def _constant_inputs(facts: OpFacts) -> Named:
    return tuple((name, each) for name, each in _inputs(facts) if each is not None and facts.is_constant(each))


GROUPS: Mapping[str, Selector] = MappingProxyType(
    {
        "inputs": _inputs,
        "outputs": _outputs,
        "all": _all,
        "runtime": _runtime,
        "runtime inputs": _runtime_inputs,
        "constant inputs": _constant_inputs,
    }
)


@cache
def selected(words: str) -> Selector:
    """The selector of these words. Raises ValueError for others."""
    group = GROUPS.get(words)
    if group is not None:
        return group
    one = _ONE.fullmatch(words)
    if one is None:
        raise ValueError
    side, place = one[1], int(one[2])
    if side == "output":
        return lambda facts: (("the output" if len(facts.op.outputs) < 2 else f"output {place}", facts.output(place)),)
    if place >= 0:
        name = f"input {place}"
        return lambda facts: ((name, facts.input(place)),)
    return lambda facts: ((f"input {len(facts.op.inputs) + place}", facts.input(place)),)
