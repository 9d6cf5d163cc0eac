"""A signature of a model that has a subgraph of its own, in LiteRT's interpreter on the CPU."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ai_edge_litert.interpreter import Interpreter, SignatureRunner

from maistudio.errors import ModelRunError
from maistudio.runtime.arena import Array, put, take
from maistudio.runtime.filling import filled
from maistudio.runtime.protocol import ArrayRef, TensorSpec
from maistudio.runtime.tensor_specs import chosen, fitting, possible, spec_of
from maistudio.timing.values import Shape


def signature_runner(interpreter: Interpreter, key: str) -> SignatureRunner:
    """What runs a signature. Raises ModelRunError for a key that isn't there."""
    known = interpreter.get_signature_list()
    if key not in known:
        names = ", ".join(repr(name) for name in known)
        raise ModelRunError(f"it has no signature {key!r}: its signatures are {names or 'none'}")
    return interpreter.get_signature_runner(key)


class Signature:
    """One signature. LiteRT runs it as a whole: its time includes setting the inputs and copying the outputs."""

    notes: tuple[str, ...] = ("LiteRT copies the inputs and outputs of this signature at each run, which counts",)

    def __init__(self, runner: SignatureRunner, shapes: Mapping[str, Shape]) -> None:
        """Raises ModelRunError for an input that isn't there, or a shape that can't be."""
        self._runner = runner
        self._shapes: Mapping[str, Shape] = {}
        for name, shape in shapes.items():
            chosen(name, self.inputs())
            possible(name, shape)
        self._shapes = shapes
        self._arrays: dict[str, Array] = {}
        self._results: dict[str, Array] = {}

    def inputs(self) -> tuple[TensorSpec, ...]:
        details: Mapping[str, Any] = self._runner.get_input_details()
        return tuple(spec_of(name, _at(detail, self._shapes.get(name))) for name, detail in details.items())

    def outputs(self) -> tuple[TensorSpec, ...]:
        return tuple(spec_of(name, detail) for name, detail in self._runner.get_output_details().items())

    def feed(self, arena: int, refs: Mapping[str, ArrayRef]) -> None:
        inputs = self.inputs()
        self._arrays = {inputs[place].name: take(arena, ref) for place, ref in fitting(inputs, refs).items()}

    def fill(self, value: float | None = None) -> None:
        self._arrays = {spec.name: filled(spec, value) for spec in self.inputs()}

    def invoke(self) -> None:
        self._results = self._runner(**self._arrays)

    def give(self, arena: int) -> dict[str, ArrayRef]:
        return put(arena, self._results)


def _at(detail: Mapping[str, Any], shape: Shape | None) -> Mapping[str, Any]:
    return detail if shape is None else {**detail, "shape": shape}
