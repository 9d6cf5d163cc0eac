"""Open a model file: read it, work out its shapes, costs, memory and quantization scheme."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from maistudio.errors import ModelFileError, StaleFileError
from maistudio.jobs.progress import Job, Progress
from maistudio.tflite.costs import Costs, count_costs
from maistudio.tflite.memory import MemoryPlan, plan_memory
from maistudio.tflite.model import Model, Problem, Tensor
from maistudio.tflite.parameters import Parameters, parameters_of
from maistudio.tflite.quantization import Scheme, describe_quantization
from maistudio.tflite.read import open_model_file, read_model
from maistudio.tflite.shapes import Shape, Shapes, resolve_shapes
from maistudio.tflite.source import Source

HASH_CHUNK = 2**20
"""Bytes hashed between two reports of progress."""


@dataclass(frozen=True, slots=True)
class OpenedModel:
    """A model with everything that is computed from it.

    ``memory[subgraph]`` is that subgraph's plan, ``parameters`` the constants that ops compute with. ``given`` holds
    the input shapes asked for, by name.
    """

    model: Model
    shapes: Shapes
    costs: Costs
    memory: tuple[MemoryPlan, ...]
    scheme: Scheme
    parameters: Parameters
    given: Mapping[str, Shape] = field(default_factory=dict)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong in the file, then what does not fit together at these shapes."""
        return (*self.model.problems, *self.shapes.problems)

    def shape_of(self, subgraph: int, tensor: Tensor) -> Shape | None:
        """A tensor's shape at the input shapes asked for, else the one in the file; None where it is unknown."""
        return self.shapes.tensors[subgraph][tensor.index] if self.given else tensor.shape

    def shown_shapes(self, subgraph: int) -> tuple[Shape | None, ...]:
        """The shapes of a subgraph's tensors for people: as worked out, but -1 for sizes that are placeholders."""
        worked_out = self.shapes.tensors[subgraph]
        if not self.at_placeholder:
            return worked_out
        tensors = self.model.subgraphs[subgraph].tensors
        return tuple(
            tensor.open_shape if tensor.dynamic else shape for tensor, shape in zip(tensors, worked_out, strict=True)
        )

    @property
    def at_placeholder(self) -> bool:
        """Whether costs and memory hold for sizes that only stand in for what the file leaves open.

        A batch of 1 is no such size: it is what everybody means.
        """
        if self.given:
            return False
        inputs = (graph.tensors[index].open_shape for graph in self.model.subgraphs for index in graph.inputs)
        return any(-1 in (shape[1:] or shape) for shape in inputs)


def open_model(path: Path | str, shapes: Mapping[str, Shape] | None = None) -> Job[OpenedModel]:
    """Read a model and compute what is shown of it, at the input ``shapes`` given by name.

    Raises ModelFileError when the file can't be read, UsageError when a shape doesn't fit the model.
    """
    yield Progress("Reading the file", 0.0)
    model = read_model(path)
    yield Progress("Working out shapes", 0.5)
    resolved = resolve_shapes(model, shapes or {})
    yield Progress("Counting costs", 0.7)
    parameters = parameters_of(model)
    costs = count_costs(model, resolved, parameters)
    yield Progress("Planning memory", 0.8)
    memory = tuple(plan_memory(model, graph.index, resolved) for graph in model.subgraphs)
    yield Progress("Reading the quantization", 0.9)
    scheme = describe_quantization(model, parameters)
    return OpenedModel(model, resolved, costs, memory, scheme, parameters, shapes or {})


def hash_file(path: Path | str) -> Job[str]:
    """The SHA-256 of a file, in hexadecimal. Raises ModelFileError when it can't be read."""
    digest = hashlib.sha256()
    done = 0
    try:
        with open_model_file(Path(path)) as file:
            size = max(1, file.seek(0, 2))
            file.seek(0)
            while chunk := file.read(HASH_CHUNK):
                digest.update(chunk)
                done += len(chunk)
                yield Progress("Reading the file", min(1.0, done / size))
    except OSError as error:
        raise ModelFileError(
            path, f"it can't be read ({error.strerror or error}): check the disk and try again"
        ) from None
    return digest.hexdigest()


def hash_opened(opened: OpenedModel) -> Job[str]:
    """The SHA-256 of what was opened, in hexadecimal. Raises as ``hash_file`` and ``require_unchanged``."""
    source = opened.model.source
    if source.held is not None:
        return hashlib.sha256(source.held).hexdigest()
    sha256 = yield from hash_file(source.path)
    require_unchanged(source)
    return sha256


def require_unchanged(source: Source) -> None:
    """Raises StaleFileError where what LiteRT reads from the file is not what was opened and hashed."""
    if source.held is None and source.changed:
        raise StaleFileError(f"{source.path}: the file changed while it was being run: run it again")
