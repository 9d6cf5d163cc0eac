"""What rules ask of an op: its tensors by their roles, their shapes, types and values, and the ops around it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from math import prod

from maistudio.errors import StaleFileError
from maistudio.targets.partitions import Needs, needs_of
from maistudio.tflite.few_values import few_values
from maistudio.tflite.links import Links, links_of
from maistudio.tflite.model import Model, Op, QuantizationKind, Subgraph, Tensor
from maistudio.tflite.parameters import unpacked_constants
from maistudio.tflite.shapes import Shape, Shapes

MOST_VALUES = 64
"""Constants of more elements than this are not read: what rules ask of values is axes, paddings and sizes."""
SCHEMES = {
    QuantizationKind.PER_TENSOR: "per_tensor",
    QuantizationKind.PER_CHANNEL: "per_channel",
    QuantizationKind.BLOCKWISE: "blockwise",
    QuantizationKind.CUSTOM: "custom",
}


PRODUCTS = frozenset({"FULLY_CONNECTED", "CONV_2D", "DEPTHWISE_CONV_2D"})
"""Matrix products, as XNNPACK counts them."""


class Fold(StrEnum):
    """DEQUANTIZE ops that a delegate folds into what reads them, by the words of a target file."""

    FLOAT16_DEQUANTIZE = "float16_dequantize"
    CONSTANT_DEQUANTIZE = "constant_dequantize"
    STATIC_UNPACK = "static_unpack"


class GraphFacts:
    """What is worked out once for all ops of a subgraph, for delegates that fold the same ops."""

    def __init__(self, model: Model, graph: Subgraph, shapes: Shapes, folds: frozenset[Fold] = frozenset()) -> None:
        self.model, self.graph, self.folds = model, graph, folds
        self._shapes = shapes.tensors[graph.index]
        self._values: dict[int, tuple[float, ...]] = {}

    @cached_property
    def links(self) -> Links:
        return links_of(self.graph)

    @cached_property
    def ops(self) -> tuple[OpFacts, ...]:
        return tuple(OpFacts(self, op) for op in self.graph.ops)

    @cached_property
    def folded(self) -> frozenset[int]:
        """The tensors that folded ops make."""
        if Fold.CONSTANT_DEQUANTIZE in self.folds:
            return unpacked_constants(self.graph)
        if Fold.STATIC_UNPACK in self.folds:
            return _statically_unpacked(self.graph)
        if Fold.FLOAT16_DEQUANTIZE in self.folds:
            return _dequantized(self.graph, ("FLOAT16",))
        return frozenset()

    @cached_property
    def left_float16(self) -> frozenset[int]:
        """Folded tensors of float16 constants that XNNPACK's matrix products read as they are stored.

        So it does where all readers are such products, which take it elsewhere than as their first input.
        """
        if Fold.STATIC_UNPACK not in self.folds:
            return frozenset()
        ops, users = self.graph.ops, self.links.users
        return frozenset(
            tensor
            for tensor in _dequantized(self.graph, ("FLOAT16",))
            if all(ops[user].type in PRODUCTS and ops[user].inputs[0] != tensor for user in users[tensor])
        )

    @cached_property
    def folded_ops(self) -> frozenset[int]:
        return frozenset(maker for tensor in self.folded if (maker := self.links.producer[tensor]) is not None)

    @cached_property
    def needs(self) -> Needs:
        """What each op waits for."""
        return needs_of(self.graph, self.links)

    @cached_property
    def needs_without_folded(self) -> Needs:
        """What each op waits for, where folded ops are as if they weren't there."""
        return needs_of(self.graph, self.links, self.folded_ops) if self.folded_ops else self.needs

    @cached_property
    def graph_outputs(self) -> frozenset[int]:
        return frozenset(self.graph.outputs)

    def tensor(self, index: int) -> Tensor | None:
        return self.graph.tensors[index] if 0 <= index < len(self.graph.tensors) else None

    def shape(self, tensor: Tensor) -> Shape | None:
        return self._shapes[tensor.index]

    def values(self, tensor: Tensor) -> tuple[float, ...] | None:
        found = self._values.get(tensor.index)
        if found is None:
            try:
                found = few_values(self.model, tensor, MOST_VALUES)
            except StaleFileError:
                found = ()
            self._values[tensor.index] = found
        return found or None

    @cached_property
    def coarse_keys(self) -> tuple[int, ...]:
        """A number for each op, equal for ops that rules can't tell apart by the op and the kinds of its tensors."""
        return _op_keys(self.graph, self.coarse_signatures)

    @cached_property
    def fine_keys(self) -> tuple[int, ...]:
        """As the coarse ones, for ops whose scales, zero points and small constants are equal too."""
        return _op_keys(self.graph, self.fine_signatures)

    @cached_property
    def coarse_signatures(self) -> tuple[int, ...]:
        """A number for each tensor, equal for tensors that are alike in all but name, scales and values."""
        return _numbered(self, lambda tensor: (
            tensor.type, self._shapes[tensor.index], tensor.shape, tensor.shape_signature, tensor.constant,
            tensor.variable, tensor.has_rank, tensor.sparsity is not None, tensor.index in self.folded,
            tensor.index in self.left_float16, _scheme_key(tensor),
        ))  # fmt: skip

    @cached_property
    def fine_signatures(self) -> tuple[int, ...]:
        """As the coarse ones, for tensors with equal scales, zero points and small constants too."""
        coarse = self.coarse_signatures
        return _numbered(self, lambda tensor: (
            coarse[tensor.index],
            tensor.quantization and (tensor.quantization.scales, tensor.quantization.zero_points),
            tensor.buffer if _may_have_values(tensor) else 0,
        ))  # fmt: skip


def _may_have_values(tensor: Tensor) -> bool:
    """Whether rules may be told the values of a constant."""
    most = {"INT32": MOST_VALUES, "INT64": MOST_VALUES, "FLOAT32": 1}.get(tensor.type, 0)
    return tensor.constant and 0 < prod(tensor.shape) <= most


def _dequantized(graph: Subgraph, types: tuple[str, ...], made: frozenset[int] = frozenset()) -> frozenset[int]:
    """What DEQUANTIZE makes of dense constants of these types, and of those among ``made``."""
    tensors = graph.tensors
    return frozenset(
        op.outputs[0]
        for op in graph.ops
        if op.type == "DEQUANTIZE"
        and len(op.inputs) == 1
        and len(op.outputs) == 1
        and 0 <= op.inputs[0] < len(tensors)
        and tensors[op.inputs[0]].type in types
        and (tensors[op.inputs[0]].constant or op.inputs[0] in made)
        and tensors[op.inputs[0]].sparsity is None
    )


def _statically_unpacked(graph: Subgraph) -> frozenset[int]:
    """What XNNPACK unpacks once at start: DENSIFY of sparse constants, and DEQUANTIZE of float16 and int8 ones."""
    tensors = graph.tensors
    dense = frozenset(
        op.outputs[0]
        for op in graph.ops
        if op.type == "DENSIFY"
        and len(op.inputs) == 1
        and len(op.outputs) == 1
        and 0 <= op.inputs[0] < len(tensors)
        and tensors[op.inputs[0]].constant
        and tensors[op.inputs[0]].sparsity is not None
    )
    return dense | _dequantized(graph, ("FLOAT16", "INT8"), dense)


def _op_keys(graph: Subgraph, signatures: tuple[int, ...]) -> tuple[int, ...]:
    numbers: dict[object, int] = {}
    count = len(signatures)
    keys = []
    for op in graph.ops:
        key = (
            op.type,
            op.version,
            op.custom,
            tuple(op.options.items()),
            tuple([signatures[index] if 0 <= index < count else -1 for index in op.inputs]),
            tuple([signatures[index] if 0 <= index < count else -1 for index in op.outputs]),
            _repeats(op.inputs),
        )
        keys.append(numbers.setdefault(key, len(numbers)))
    return tuple(keys)


def _numbered(facts: GraphFacts, key: Callable[[Tensor], object]) -> tuple[int, ...]:
    numbers: dict[object, int] = {}
    return tuple(numbers.setdefault(key(tensor), len(numbers)) for tensor in facts.graph.tensors)


def scheme_of(tensor: Tensor) -> str:
    """How a tensor is quantized, by the words of a target file: "none" where it has no scale."""
    quantization = tensor.quantization
    if quantization is None or not (quantization.scales or quantization.kind is QuantizationKind.BLOCKWISE):
        return "none"
    return SCHEMES[quantization.kind]


def _scheme_key(tensor: Tensor) -> object:
    quantization = tensor.quantization
    return quantization and (quantization.kind, quantization.axis, quantization.block_size, len(quantization.scales))


@dataclass(slots=True)
class OpFacts:
    """One op as rules see it. What a faulty file points at and doesn't have is as if it were omitted."""

    around: GraphFacts
    op: Op
    _inputs: tuple[Tensor | None, ...] | None = None
    _outputs: tuple[Tensor | None, ...] | None = None

    @property
    def model(self) -> Model:
        return self.around.model

    @property
    def graph(self) -> Subgraph:
        return self.around.graph

    @property
    def every_input(self) -> tuple[Tensor | None, ...]:
        """The inputs in order, None for omitted ones."""
        if self._inputs is None:
            self._inputs = tuple(map(self.around.tensor, self.op.inputs))
        return self._inputs

    @property
    def every_output(self) -> tuple[Tensor | None, ...]:
        if self._outputs is None:
            self._outputs = tuple(map(self.around.tensor, self.op.outputs))
        return self._outputs

    def input(self, place: int) -> Tensor | None:
        """The input at ``place``, a negative one counted from the end; None for an omitted or missing one."""
        tensors = self.every_input
        return tensors[place] if -len(tensors) <= place < len(tensors) else None

    def output(self, place: int) -> Tensor | None:
        tensors = self.every_output
        return tensors[place] if -len(tensors) <= place < len(tensors) else None

    @property
    def inputs(self) -> tuple[Tensor, ...]:
        """The inputs that are there, in order."""
        return tuple([tensor for tensor in self.every_input if tensor is not None])

    @property
    def outputs(self) -> tuple[Tensor, ...]:
        return tuple([tensor for tensor in self.every_output if tensor is not None])

    @property
    def runtime_inputs(self) -> tuple[Tensor, ...]:
        """The inputs that are computed: neither constants nor what a folded op makes of one."""
        return tuple(tensor for tensor in self.inputs if not self.is_constant(tensor))

    @property
    def constant_inputs(self) -> tuple[Tensor, ...]:
        return tuple(tensor for tensor in self.inputs if self.is_constant(tensor))

    def tensor(self, selector: str) -> tuple[Tensor, ...]:
        """The tensors a selector of a target file means. Raises ValueError for another word."""
        from maistudio.targets.selectors import selected

        return tuple(tensor for _, tensor in selected(selector)(self) if tensor is not None)

    def is_constant(self, tensor: Tensor) -> bool:
        return tensor.constant or tensor.index in self.around.folded

    def is_folded(self, tensor: Tensor) -> bool:
        """Whether a folded DEQUANTIZE makes it of a constant."""
        return tensor.index in self.around.folded

    def shape(self, tensor: Tensor) -> Shape | None:
        """The shape at the input shapes asked for; None where it is unknown."""
        return self.around.shape(tensor)

    def rank(self, tensor: Tensor) -> int | None:
        """The number of dimensions; None where shape and rank are unknown."""
        shape = self.around.shape(tensor)
        if shape is not None:
            return len(shape)
        return len(tensor.shape) if tensor.has_rank and tensor.shape else None

    def values(self, tensor: Tensor) -> tuple[float, ...] | None:
        """The values of a small integer constant, or of one float; None for others."""
        return self.around.values(tensor)

    def option(self, name: str) -> object:
        return self.op.options.get(name)

    def scheme(self, tensor: Tensor) -> str:
        return scheme_of(tensor)

    def producer(self, tensor: Tensor) -> Op | None:
        index = self.around.links.producer[tensor.index]
        return None if index is None else self.graph.ops[index]

    def users(self, tensor: Tensor) -> tuple[Op, ...]:
        """The ops that read it, each once."""
        return tuple(self.graph.ops[index] for index in self.around.links.users[tensor.index])

    def is_graph_output(self, tensor: Tensor) -> bool:
        return tensor.index in self.around.graph_outputs


def _repeats(indices: tuple[int, ...]) -> tuple[int, ...] | None:
    """Which inputs are one tensor, None where none are."""
    return None if len(set(indices)) == len(indices) else tuple(map(indices.index, indices))
