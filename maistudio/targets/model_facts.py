"""A model with what is worked out of it once for all targets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

from maistudio.targets.facts import GraphFacts
from maistudio.targets.folding import Fold, folded_tensors
from maistudio.targets.values import Side
from maistudio.tflite.costs import Costs
from maistudio.tflite.model import Model, Subgraph
from maistudio.tflite.parameters import Parameters
from maistudio.tflite.shapes import Shapes


class ModelFacts:
    """What all targets ask of a model, at the shapes asked for."""

    def __init__(self, model: Model, shapes: Shapes, costs: Costs, parameters: Parameters) -> None:
        self.model, self.shapes, self.costs, self.parameters = model, shapes, costs, parameters
        self._graphs: dict[frozenset[Fold], tuple[GraphFacts, ...]] = {}

    def graphs(self, folds: frozenset[Fold] = frozenset()) -> tuple[GraphFacts, ...]:
        """The facts of each subgraph for a delegate that folds these."""
        found = self._graphs.get(folds)
        if found is None:
            found = self._graphs[folds] = tuple(self._graph(graph, folds) for graph in self.model.subgraphs)
        return found

    def _graph(self, graph: Subgraph, folds: frozenset[Fold]) -> GraphFacts:
        """The facts of a subgraph; where there is nothing to fold, those of delegates that fold nothing."""
        if folds and not folded_tensors(graph, folds):
            return self.graphs()[graph.index]
        return GraphFacts(self.model, graph, self.shapes, folds)

    @cached_property
    def _buffers(self) -> tuple[tuple[tuple[int, ...], ...], ...]:
        """The buffers of the parameters of each op, by subgraph and op."""
        return tuple(
            tuple(tuple({used.buffer: None for used in of_op}) if of_op else () for of_op in graph)
            for graph in self.parameters.ops
        )

    def side(self, subgraph: int, ops: Sequence[int]) -> Side:
        """The totals of ops of a subgraph; a weight that several of them use counts once."""
        if len(ops) == 1:
            cost = self.costs.ops[subgraph][ops[0]]
            return Side(1, cost.macs, cost.weight_bytes)
        return self.sides([(subgraph, ops)])

    def sides(self, ops: Iterable[tuple[int, Iterable[int]]]) -> Side:
        """The totals of ops of several subgraphs."""
        count, macs = 0, None
        buffers: set[int] = set()
        for subgraph, indices in ops:
            costs, weights = self.costs.ops[subgraph], self._buffers[subgraph]
            for op in indices:
                count += 1
                if costs[op].macs is not None:
                    macs = (macs or 0) + (costs[op].macs or 0)
                if weights[op]:
                    buffers.update(weights[op])
        return Side(count, macs, sum(self.model.buffers[buffer].size for buffer in buffers))
