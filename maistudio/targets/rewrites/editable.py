"""A whole model that can be changed: its graphs, what was changed in them, and the file it becomes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from typing import Any

from maistudio.errors import ModelFileError
from maistudio.targets.rewrites.compact import buffers_of, compact, tensors_of
from maistudio.targets.rewrites.graph import Graph
from maistudio.targets.rewrites.node import Node
from maistudio.targets.rewrites.versions import raise_runtime
from maistudio.tflite.model import Model
from maistudio.tflite.schema import tflite_schema
from maistudio.tflite.values_of import values_of

LAST_OLD_CODE = 127
"""The old op code field holds one byte; newer ops put this there and their number in the new field."""
ORDER_ENTRY = "model_control_dependencies"
"""Metadata that names ops by index: it would be wrong once ops are added or gone."""


@dataclass(frozen=True, slots=True)
class Change:
    """One place that a rewrite changed: the op, by its index in the file, and what became of it in words."""

    rewrite: str
    subgraph: int
    op: int
    type: str
    name: str
    became: str


@dataclass(frozen=True, slots=True)
class Step:
    """A change, the ops it did away with, as (subgraph, index in the file), and those it put there or changed."""

    change: Change
    origins: frozenset[tuple[int, int]]
    made: tuple[Node, ...]


class EditableModel:
    """A model file being changed.

    ``wanted`` holds the ops, as (subgraph, index in the file), that rewrites may begin at; None for all of them.
    ``steps`` is what was done to it so far.
    """

    def __init__(self, model: Model) -> None:
        """Raises ModelFileError for a file that can't be carried over whole, or that names what it doesn't hold."""
        if any(entry.name == ORDER_ENTRY for entry in model.metadata_entries):
            raise ModelFileError(model.path, "it fixes the order of its ops by their indices: export it without that")
        self.path = model.path
        self.whole = values_of(model)
        self.wanted: Collection[tuple[int, int]] | None = None
        self.steps: list[Step] = []
        values = self.whole.values
        self._codes: list[dict[str, Any]] = values.setdefault("operator_codes", [])
        self._buffers: list[dict[str, Any]] = values.setdefault("buffers", [])
        self.graphs = tuple(self._graph(index, graph) for index, graph in enumerate(values.get("subgraphs", ())))
        self._tensors_before = [set(tensors_of(graph)) for graph in self.graphs]
        self._buffers_before = set(buffers_of(values))

    def copy(self) -> EditableModel:
        """The model as it is now, to be changed apart."""
        return deepcopy(self)

    def may_begin_at(self, graph: Graph, *nodes: Node) -> bool:
        """Whether a rewrite may begin at one of these ops."""
        return self.wanted is None or any((graph.index, node.origin) in self.wanted for node in nodes)

    def note(
        self, rewrite: str, graph: Graph, replaced: Sequence[Node], became: str, made: Sequence[Node] = ()
    ) -> None:
        """Write down what became of ``replaced``, the op that it is told of first, and what was ``made`` of them."""
        first = replaced[0]
        name = graph.name(first.outputs[0]) if first.outputs else ""
        change = Change(rewrite, graph.index, first.origin, first.type, name, became)
        origins = frozenset((graph.index, node.origin) for node in replaced)
        self.steps.append(Step(change, origins, tuple(made)))

    def to_bytes(self) -> bytes:
        """The file as it is now, without the tensors, constants and op codes that have fallen out of use.

        Raises ModelFileError where it is too large for one file.
        """
        other = self.copy()
        raise_runtime(other.whole.values, [node for graph in other.graphs for node in graph.nodes if node.is_new])
        compact(other.whole.values, other.graphs, other._tensors_before, other._buffers_before)
        return other.whole.to_bytes()

    def _graph(self, index: int, values: dict[str, Any]) -> Graph:
        tensors: list[dict[str, Any]] = values.setdefault("tensors", [])
        operators = values.get("operators", ())
        nodes = [self._node(operator, place) for place, operator in enumerate(operators)]
        named = [entry["tensor_index"] for entry in self._signature_entries(index) if "tensor_index" in entry]
        graph = Graph(index, values, nodes, named, self)
        if any(not 0 <= tensor < len(tensors) for tensor in tensors_of(graph)) or any(
            tensor.get("buffer", 0) >= max(1, len(self._buffers)) for tensor in tensors
        ):
            raise ModelFileError(self.path, "its graph names tensors or buffers that it doesn't hold: export it again")
        return graph

    def _node(self, operator: dict[str, Any], index: int) -> Node:
        place = operator.get("opcode_index", 0)
        if place >= len(self._codes):
            raise ModelFileError(self.path, f"op {index} names an op code that isn't there: export the model again")
        kept = {key: value for key, value in operator.items() if key not in ("opcode_index", "inputs", "outputs")}
        inputs, outputs = list(operator.get("inputs", ())), list(operator.get("outputs", ()))
        # Where its bytes stand behind the file, the operator's own table is what is known to have them there.
        operator.clear()
        operator.update(kept)
        code = self._codes[place]
        return Node(_code_name(code), code, inputs, outputs, operator, index)

    def _signature_entries(self, subgraph: int) -> list[dict[str, Any]]:
        return [
            entry
            for signature in self.whole.values.get("signature_defs", ())
            if signature.get("subgraph_index", 0) == subgraph
            for side in ("inputs", "outputs")
            for entry in signature.get(side, ())
        ]

    # What graphs share

    def data_of(self, tensor: dict[str, Any]) -> bytes | None:
        """The bytes of a constant: none of them for one that is kept in another file; None for what is no constant."""
        if tensor.get("external_buffer"):
            return b""
        place = tensor.get("buffer", 0)
        return (self._buffers[place].get("data") or None) if place < len(self._buffers) else None

    def keep(self, data: bytes) -> int:
        """The index of a new buffer."""
        if not self._buffers:
            self._buffers.append({})  # empty by convention: tensors without data refer to it
        self._buffers.append({"data": data})
        return len(self._buffers) - 1

    def code(self, op_type: str, version: int) -> dict[str, Any]:
        """The op code of a builtin, made where the model has none."""
        for code in self._codes:
            if _code_name(code) == op_type and code.get("version", 1) == version:
                return code
        number = _numbers()[op_type]
        code = {
            "deprecated_builtin_code": min(number, LAST_OLD_CODE), "builtin_code": op_type, "version": version,
        }  # fmt: skip
        self._codes.append(code)
        return code


@cache
def _numbers() -> dict[str, int]:
    return {word: number for number, word in tflite_schema().enums["BuiltinOperator"].items()}


def _code_name(code: dict[str, Any]) -> str:
    """The builtin that an OperatorCode table names; "" for one that isn't in the schema."""
    codes = (code.get("builtin_code", 0), code.get("deprecated_builtin_code", 0))
    numbers = (known if isinstance(known, int) else _numbers()[known] for known in codes)
    return tflite_schema().enums["BuiltinOperator"].get(max(numbers), "")
