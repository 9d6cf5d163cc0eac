"""The tensors of an op that a condition of a target file means: "input 0", "outputs", "runtime"."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from maistudio.targets.facts import OpFacts
from maistudio.tflite.model import Tensor

Named = tuple[tuple[str, Tensor | None], ...]
"""Tensors with what they are called in sentences; None for one that isn't there."""
Selector = Callable[[OpFacts], Named]

_ONE = re.compile(r"(input|output) (-?\d+)")


def _inputs(facts: OpFacts) -> Named:
    return tuple((f"input {place}", facts.input(place)) for place in range(len(facts.op.inputs)))


def _outputs(facts: OpFacts) -> Named:
    several = len(facts.op.outputs) > 1
    return tuple(
        (f"output {place}" if several else "the output", facts.output(place)) for place in range(len(facts.op.outputs))
    )


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


def selected(words: str) -> Selector:
    """The selector of these words. Raises ValueError for others."""
    group = GROUPS.get(words)
    if group is not None:
        return group
    one = _ONE.fullmatch(words)
    if one is None:
        raise ValueError
    place = int(one[2])
    if one[1] == "input":
        return lambda facts: ((f"input {place if place >= 0 else len(facts.op.inputs) + place}", facts.input(place)),)
    return lambda facts: (("the output" if len(facts.op.outputs) < 2 else f"output {place}", facts.output(place)),)
