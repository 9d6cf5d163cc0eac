"""What rules ask of an op: its tensors by their roles, their shapes, types and values, and the ops around it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import isfinite

from maistudio.errors import StaleFileError
from maistudio.targets.folding import Fold, folded_tensors, left_float16
from maistudio.targets.likeness import MOST_VALUES, finer_kinds_of, kinds_of, op_kinds_of, scheme_of
from maistudio.targets.partitions import Needs, needs_of, partitions
from maistudio.tflite.few_values import few_values
from maistudio.tflite.links import Links, links_of
from maistudio.tflite.model import Model, Op, Subgraph, Tensor
from maistudio.tflite.shapes import Shape, Shapes


class GraphFacts:
    """What is worked out once for all ops of a subgraph, for delegates that fold the same ops."""

    def __init__(self, model: Model, graph: Subgraph, shapes: Shapes, folds: frozenset[Fold] = frozenset()) -> None:
        self.model, self.graph, self.folds = model, graph, folds
        self._shapes = shapes.tensors[graph.index]
        self._values: dict[int, tuple[float, ...]] = {}
        self._groups: dict[tuple[bool, bytes], tuple[tuple[int, ...], ...]] = {}
        self._answers: dict[Callable[[GraphFacts], str], str] = {}

    def answer(self, test: Callable[[GraphFacts], str]) -> str:
        """What a condition on the whole subgraph answers; asked once."""
        if test not in self._answers:
            self._answers[test] = test(self)
        return self._answers[test]

    def groups(self, accepted: Sequence[bool], with_folded: bool) -> tuple[tuple[int, ...], ...]:
        """The partitions of the accepted ops, folded ones among them or as if they weren't there."""
        key = with_folded, bytes(accepted)
        found = self._groups.get(key)
        if found is None:
            needs = self.needs if with_folded else self.needs_without_folded
            found = self._groups[key] = partitions(needs, accepted)
        return found

    @cached_property
    def links(self) -> Links:
        return links_of(self.graph)

    @cached_property
    def ops(self) -> tuple[OpFacts, ...]:
        return tuple(OpFacts(self, op) for op in self.graph.ops)

    @cached_property
    def folded(self) -> frozenset[int]:
        """The tensors that folded ops make."""
        return folded_tensors(self.graph, self.folds)

    @cached_property
    def left_float16(self) -> frozenset[int]:
        """Those of them that XNNPACK's matrix products read as they are stored."""
        return left_float16(self.graph, self.links, self.folds)

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
            if not all(map(isfinite, found)):
                found = ()
            self._values[tensor.index] = found
        return found or None

    @cached_property
    def coarse_keys(self) -> tuple[int, ...]:
        """A number for each op, equal for ops that rules can't tell apart by the op and the kinds of its tensors."""
        return op_kinds_of(self.graph, self._kinds)

    @cached_property
    def fine_keys(self) -> tuple[int, ...]:
        """As the coarse ones, for ops whose scales, zero points and small constants are equal too."""
        return op_kinds_of(self.graph, finer_kinds_of(self.graph, self._kinds))

    @cached_property
    def _kinds(self) -> tuple[int, ...]:
        return kinds_of(self.graph, self._shapes, self.folded, self.left_float16)


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
