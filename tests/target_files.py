"""Target files and models for the tests of targets, written in a line each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from models import read_bytes

from maistudio.jobs.open import OpenedModel
from maistudio.targets.model_facts import ModelFacts
from maistudio.targets.profile import Target
from maistudio.targets.read import read_target
from maistudio.targets.report import report_on
from maistudio.targets.values import Compiled, TargetReport
from maistudio.tflite.costs import count_costs
from maistudio.tflite.draft import GraphDraft, ModelDraft
from maistudio.tflite.model import Model
from maistudio.tflite.parameters import parameters_of
from maistudio.tflite.shapes import resolve_shapes

HEAD = """
name = "A delegate"
engine = "Engine"
version = "1"
backend = "OpenCL"
device = "GPU"
says = "source"
source = "repo abc"
"""
ALL = '[partition]\ntake = "all"\nsource = "part.cc:1"\n'
LARGEST = ALL.replace('"all"', '"largest"')
UNLISTED = '[unlisted]\nverdict = "refused"\nbecause = "no parser for {op}"\nsource = "list.cc:2"\n'


def write_target(folder: Path, text: str, name: str = "a-target", head: str = HEAD, rest: str = ALL + UNLISTED) -> Path:
    path = folder / f"{name}.toml"
    path.write_text(head + rest + text, encoding="utf-8")
    return path


def target_of(folder: Path, text: str, rest: str = ALL + UNLISTED, head: str = HEAD) -> Target:
    """The target of a file with these rules."""
    path = write_target(folder, text, head=head, rest=rest)
    found = read_target(path, lambda name: folder / f"{name}.toml")
    assert found is not None
    return found


def facts_of(model: Model) -> ModelFacts:
    shapes, parameters = resolve_shapes(model), parameters_of(model)
    return ModelFacts(model, shapes, count_costs(model, shapes, parameters), parameters)


def report_of(model: Model | bytes, target: Target, compiled: Compiled | None = None) -> TargetReport:
    return report_on(facts_of(read_bytes(model) if isinstance(model, bytes) else model), target, compiled)


def opened_facts(opened: OpenedModel) -> ModelFacts:
    return ModelFacts(opened.model, opened.shapes, opened.costs, opened.parameters)


def chain(types: Sequence[str], shape: Sequence[int] = (1, 4, 4, 4)) -> bytes:
    """One-input ops one behind the other, of float32."""
    model = ModelDraft()
    graph = model.subgraph()
    last = graph.input("in", "FLOAT32", shape)
    for place, op_type in enumerate(types):
        made = graph.tensor(f"t{place}", "FLOAT32", shape)
        graph.op(op_type, [last], [made])
        last = made
    graph.output(last)
    return model.to_bytes()


def one_op(
    op_type: str,
    inputs: Sequence[tuple[str, Sequence[int], Sequence[float] | None]],
    outputs: Sequence[tuple[str, Sequence[int]]] = (("FLOAT32", (1, 4, 4, 4)),),
    options: Mapping[str, object] | None = None,
    version: int = 1,
    quantization: Mapping[int, Mapping[str, object]] | None = None,
) -> bytes:
    """A model of one op. Each input is a type, a shape and values, None for what is computed.

    ``quantization`` gives that of inputs by their place, and of the outputs by places behind them.
    """
    model = ModelDraft()
    graph = model.subgraph()
    tensors = []
    for place, (element_type, shape, values) in enumerate(inputs):
        fields = _fields(quantization, place)
        if values is None:
            tensors.append(graph.input(f"in{place}", element_type, shape, **fields))
        else:
            tensors.append(graph.constant(f"c{place}", element_type, shape, values, **fields))
    made = [
        graph.tensor(f"out{place}", element_type, shape, **_fields(quantization, len(inputs) + place))
        for place, (element_type, shape) in enumerate(outputs)
    ]
    graph.op(op_type, tensors, made, options, version=version)
    graph.output(*made)
    return model.to_bytes()


def _fields(quantization: Mapping[int, Mapping[str, object]] | None, place: int) -> dict[str, Any]:
    return {"quantization": quantization[place]} if quantization and place in quantization else {}


def branches(graph: GraphDraft, source: int, types: Sequence[str], shape: Sequence[int]) -> list[int]:
    """One op of each type, all of the same source."""
    made = []
    for place, op_type in enumerate(types):
        made.append(graph.tensor(f"branch{place}", "FLOAT32", shape))
        graph.op(op_type, [source], [made[-1]])
    return made
