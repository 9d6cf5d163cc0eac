"""Propagate shapes through a model: op by op, into the subgraphs its control flow calls."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from math import prod

from maistudio.tflite.check import ELEMENT_LIMIT
from maistudio.tflite.model import Model, Op, Problem, Subgraph
from maistudio.tflite.shaping import layout, numeric, spatial
from maistudio.tflite.shaping.call import Call, MisfitError, Rules, Shape, UnknownError, Values
from maistudio.tflite.shaping.folding import FOLDERS, constant_values, fold, is_small
from maistudio.tflite.shaping.stated import file_shape, is_left_open

RULES: Rules = {**spatial.RULES, **layout.RULES, **numeric.RULES}

_LARGEST_DIMENSION = 2**31 - 1
_MOST_EVALUATIONS = 16
"""A subgraph called with more different shapes than this gives unknown ones."""
_DEEPEST_CALL = 40

_BRANCHES = frozenset({"IF", "STABLEHLO_CASE"})
_LOOPS = frozenset({"WHILE", "STABLEHLO_WHILE"})
_CALLS = frozenset({"CALL", "STABLEHLO_COMPOSITE", "CALL_ONCE"})


def propagate(
    model: Model, given: Mapping[tuple[int, int], Shape]
) -> tuple[tuple[tuple[Shape | None, ...], ...], tuple[Problem, ...]]:
    """The shape of every tensor and what did not fit, with ``given`` shapes by (subgraph, tensor) of inputs."""
    run = _Propagation(model)
    called = {index for graph in model.subgraphs for op in graph.ops for index in op.subgraphs}
    entries = [graph.index for graph in model.subgraphs if graph.index not in called]
    for index in entries:
        inputs = [given.get((index, tensor)) for tensor in model.subgraphs[index].inputs]
        run.enter(index, inputs)
    for graph in model.subgraphs:
        if run.found[graph.index] is None:
            run.enter(graph.index, [given.get((graph.index, tensor)) for tensor in graph.inputs])
    return tuple(tuple(shapes or ()) for shapes in run.found), tuple(run.problems)


_State = tuple[int, tuple[Shape | None, ...], tuple[Values | None, ...]]


class _Propagation:
    """One propagation: what is found of each subgraph so far."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.found: list[list[Shape | None] | None] = [None] * len(model.subgraphs)
        self.problems: dict[Problem, None] = {}
        self.evaluated: dict[_State, list[Shape | None]] = {}
        self.walks = [0] * len(model.subgraphs)
        self.callers: list[int] = []

    def enter(self, index: int, inputs: Sequence[Shape | None]) -> None:
        """Evaluate a subgraph that is run from outside; inputs without a given shape take the file's."""
        graph = self.model.subgraphs[index]
        shapes = [
            file_shape(graph.tensors[tensor]) if shape is None else shape
            for tensor, shape in zip(graph.inputs, inputs, strict=True)
        ]
        self.keep(index, self.evaluate(index, shapes, [None] * len(shapes)))

    def keep(self, index: int, shapes: list[Shape | None]) -> None:
        """Where calls from several places find different shapes, none is true of all."""
        known = self.found[index]
        if known is None:
            self.found[index] = shapes
        else:
            self.found[index] = [old if old == new else None for old, new in zip(known, shapes, strict=True)]

    def evaluate(
        self, index: int, inputs: Sequence[Shape | None], values: Sequence[Values | None]
    ) -> list[Shape | None]:
        """The shapes of a subgraph's tensors for these inputs."""
        state = index, tuple(inputs), tuple(values)
        if state not in self.evaluated:
            self.evaluated[state] = self._walk(index, inputs, values)
        return self.evaluated[state]

    def _walk(self, index: int, inputs: Sequence[Shape | None], values: Sequence[Values | None]) -> list[Shape | None]:
        graph = self.model.subgraphs[index]
        shapes = [file_shape(tensor) for tensor in graph.tensors]
        self.walks[index] += 1
        if index in self.callers or self.walks[index] > _MOST_EVALUATIONS or len(self.callers) >= _DEEPEST_CALL:
            return [shape if tensor.constant else None for tensor, shape in zip(graph.tensors, shapes, strict=True)]
        known: dict[int, Values | None] = {}
        for tensor, shape, value in zip(graph.inputs, inputs, values, strict=False):
            shapes[tensor] = shape
            if value is not None:
                known[tensor] = value
        self.callers.append(index)
        walk = _Walk(self, graph, shapes, known)
        for op in _run_order(graph):
            walk.visit(op)
        self.callers.pop()
        return shapes

    def report(self, graph: Subgraph, op: Op, what: str) -> None:
        self.problems[Problem(f"subgraph {graph.index}, op {op.index}", f"{op.type}: {what}")] = None


class _Walk:
    """One pass over the ops of a subgraph, filling in ``shapes`` and the ``known`` values of small tensors.

    ``moved`` are the tensors whose shape is not the file's, or unknown because of such a one: what follows from
    them can't be taken from the file, not even where the file leaves nothing open.
    """

    def __init__(
        self, run: _Propagation, graph: Subgraph, shapes: list[Shape | None], known: dict[int, Values | None]
    ) -> None:
        self.run, self.graph, self.shapes, self.known = run, graph, shapes, known
        self.moved: set[int] = set()
        for tensor in graph.inputs:
            self._set(tensor, shapes[tensor], not is_left_open(graph.tensors[tensor]))

    def visit(self, op: Op) -> None:
        called = self._call(op) if op.subgraphs else None
        moved = any(tensor in self.moved for tensor in op.inputs)
        if moved or any(is_left_open(self.graph.tensors[tensor]) for tensor in op.outputs):
            results = self._results(op) if called is None else called
            for place, tensor in enumerate(op.outputs):
                self.known.pop(tensor, None)
                self._set(tensor, results[place] if place < len(results) else None, moved)
        if op.type in FOLDERS:
            self._fold(op)

    def _set(self, tensor: int, shape: Shape | None, moved: bool) -> None:
        self.shapes[tensor] = shape
        if moved if shape is None else shape != self.graph.tensors[tensor].shape:
            self.moved.add(tensor)

    def _results(self, op: Op) -> Sequence[Shape | None]:
        rule = None if op.custom else RULES.get(op.type)
        if rule is None:
            return ()
        try:
            results = rule(self._as_call(op))
        except UnknownError:
            return ()
        except MisfitError as error:
            self.run.report(self.graph, op, str(error))
            return ()
        return [self._possible(op, shape) for shape in results]

    def _possible(self, op: Op, shape: Shape | None) -> Shape | None:
        """The shape, or None and a problem where no tensor can have it."""
        if shape is None or not shape:
            return shape
        if min(shape) < 0 or max(shape) > _LARGEST_DIMENSION or prod(shape) > ELEMENT_LIMIT:
            self.run.report(self.graph, op, f"its result would have the shape {list(shape)}, which no tensor can have")
            return None
        return shape

    def _as_call(self, op: Op) -> Call:
        return Call(op, [self.shapes[tensor] if tensor >= 0 else None for tensor in op.inputs], self._value)

    def _value(self, tensor: int) -> Values | None:
        if tensor not in self.known:
            held, shape = self.graph.tensors[tensor], self.shapes[tensor]
            if held.constant and shape == held.shape:
                self.known[tensor] = constant_values(self.run.model, held)
            else:
                self.known[tensor] = () if shape is not None and 0 in shape and is_small(shape) else None
        return self.known[tensor]

    def _fold(self, op: Op) -> None:
        tensors = self.graph.tensors
        if op.type not in ("SHAPE", "RANK", "ZEROS_LIKE") and any(
            tensor >= 0 and not tensors[tensor].constant and self._value(tensor) is None for tensor in op.inputs
        ):
            return
        shapes = [self.shapes[tensor] for tensor in op.outputs]
        types = [tensors[tensor].type for tensor in op.outputs]
        try:
            self.known.update(zip(op.outputs, fold(self._as_call(op), shapes, types), strict=True))
        except MisfitError as error:
            self.run.report(self.graph, op, str(error))

    def _call(self, op: Op) -> list[Shape | None]:
        """Evaluate the subgraphs an op calls, and give the shapes of its results."""
        shapes = [self.shapes[tensor] if tensor >= 0 else None for tensor in op.inputs]
        values = [self._value(tensor) if tensor >= 0 else None for tensor in op.inputs]
        if op.type in _LOOPS:
            return self._loop(op, shapes)
        if op.type in _BRANCHES:
            return self._merged([self._enter(called, shapes[1:], values[1:]) for called in op.subgraphs])
        if op.type in _CALLS:
            return self._merged([self._enter(called, shapes, values) for called in op.subgraphs])
        return []

    def _enter(self, index: int, shapes: list[Shape | None], values: list[Values | None]) -> list[Shape | None]:
        found = self.run.evaluate(index, shapes, values)
        self.run.keep(index, found)
        return [found[tensor] for tensor in self.run.model.subgraphs[index].outputs]

    def _loop(self, op: Op, shapes: list[Shape | None]) -> list[Shape | None]:
        """A state whose shape the body changes is unknown, before and after."""
        body = op.subgraphs[-1]
        outputs = self.run.model.subgraphs[body].outputs
        nothing: list[Values | None] = [None] * len(shapes)
        found = self.run.evaluate(body, shapes, nothing)
        after = [found[tensor] for tensor in outputs]
        settled = self._merged([shapes, after])
        if settled != shapes:
            found = self.run.evaluate(body, settled, nothing)
            settled = self._merged([settled, [found[tensor] for tensor in outputs]])
        self.run.keep(body, found)
        if len(op.subgraphs) > 1:
            self._enter(op.subgraphs[0], settled, nothing)
        return settled

    @staticmethod
    def _merged(alternatives: Sequence[Sequence[Shape | None]]) -> list[Shape | None]:
        """The shapes on which all alternatives agree."""
        first, *others = alternatives
        return [
            shape if all(place < len(other) and other[place] == shape for other in others) else None
            for place, shape in enumerate(first)
        ]


def _run_order(graph: Subgraph) -> Sequence[Op]:
    """The ops so that each comes after what it reads, those of a cycle last, as far as possible in file order."""
    writer = {tensor: op.index for op in graph.ops for tensor in op.outputs}
    needs = [{writer[tensor] for tensor in op.inputs if tensor in writer} for op in graph.ops]
    if all(max(needed, default=-1) < number for number, needed in enumerate(needs)):
        return graph.ops
    readers: list[list[int]] = [[] for _ in graph.ops]
    for number, needed in enumerate(needs):
        for other in needed:
            readers[other].append(number)
    missing = [len(needed) for needed in needs]
    ready = deque(number for number, count in enumerate(missing) if not count)
    order: list[int] = []
    while ready:
        number = ready.popleft()
        order.append(number)
        for reader in readers[number]:
            missing[reader] -= 1
            if not missing[reader]:
                ready.append(reader)
    placed = set(order)
    return [graph.ops[number] for number in (*order, *(n for n in range(len(needs)) if n not in placed))]
