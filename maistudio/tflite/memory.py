"""Activation memory of a subgraph: what is live at each op, and an arena plan.

Activations are the tensors that ops read and write and that are no constants, graph inputs and outputs included;
what DEQUANTIZE or DENSIFY makes of a constant is kept apart from them, as TFLite does. Ops run in file order.

The live set holds an input of the graph from the start to its last use, a result from the op that writes it to its
last use, an output of the graph to the end, a variable throughout. Its largest size is a lower bound on any plan.

The arena plan follows TFLite's planner (arena_planner.cc and simple_memory_arena.cc of LiteRT): graph inputs and
results that no op reads are kept to the end as well; offsets are multiples of 64 bytes; tensors that live throughout
go first, the others by falling size, then by first use; each takes the smallest gap between tensors alive at the same
time, or the place above them. Left out are the scratch tensors of kernels and the sharing of one place by input and
output of ops such as RESHAPE; variables, which TFLite keeps in an arena of their own, are planned with the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from maistudio.tflite.costs import tensor_bytes
from maistudio.tflite.model import Model, Subgraph
from maistudio.tflite.parameters import unpacked_constants
from maistudio.tflite.shapes import Shapes

ALIGNMENT = 64
"""Bytes; kDefaultTensorAlignment of TFLite."""

_MOST_COMPARISONS = 1_000_000
"""Once a plan has compared this many pairs of tensors, one with more than _FEW_NEIGHBOURS alive at the same time goes
above them all without a search for gaps: thousands of tensors that all live together must not take seconds."""
_FEW_NEIGHBOURS = 100


@dataclass(frozen=True, slots=True)
class Placement:
    """One activation tensor in the arena: live from op ``first`` to op ``last`` (in execution order), in bytes."""

    tensor: int
    first: int
    last: int
    size: int
    offset: int


@dataclass(frozen=True, slots=True)
class MemoryPlan:
    """``live_bytes[op]`` is the live set while op runs; its maximum is a lower bound on any plan.

    ``arena_bytes`` is the size of a greedy plan by size. Both are None where some shape is unknown,
    with ``unknown`` naming the tensors, whose bytes are missing in ``live_bytes``.
    """

    live_bytes: tuple[int, ...]
    live_set_peak: int | None
    peak_op: int | None
    arena_bytes: int | None
    placements: tuple[Placement, ...]
    unknown: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Lifetime:
    """A tensor of ``size`` bytes, live from op ``first`` to op ``last``, both included."""

    tensor: int
    first: int
    last: int
    size: int


def plan_memory(model: Model, subgraph_index: int, shapes: Shapes) -> MemoryPlan:
    """The memory of one subgraph at ``shapes``."""
    graph = model.subgraphs[subgraph_index]
    spans = _spans(graph)
    known, unknown = [], []
    for tensor, (first, last) in spans.items():
        size = tensor_bytes(graph.tensors[tensor], shapes.tensors[subgraph_index][tensor])
        if size is None:
            unknown.append(tensor)
        else:
            known.append(Lifetime(tensor, first, last, size))
    live = live_sets(known, len(graph.ops))
    if unknown:
        return MemoryPlan(live, None, None, None, (), tuple(sorted(unknown)))
    end = max(len(graph.ops) - 1, 0)
    placements = plan_arena(_kept_by_tflite(graph, known, end), end)
    peak = max(live, default=sum(life.size for life in known))
    return MemoryPlan(
        live_bytes=live,
        live_set_peak=peak,
        peak_op=live.index(peak) if live else None,
        arena_bytes=max((place.offset + place.size for place in placements), default=0),
        placements=placements,
    )


def _spans(graph: Subgraph) -> dict[int, tuple[int, int]]:
    """First and last op of each activation's life.

    A tensor read before any op writes it, as in a file whose ops are out of order, is live from the start.
    """
    end = max(len(graph.ops) - 1, 0)
    apart = unpacked_constants(graph)
    activation = [not tensor.constant for tensor in graph.tensors]
    for tensor in apart:
        activation[tensor] = False
    first: dict[int, int] = dict.fromkeys((tensor for tensor in graph.inputs if activation[tensor]), 0)
    last = dict(first)
    for op in graph.ops:
        for tensor in op.inputs:
            if tensor >= 0 and activation[tensor]:
                first.setdefault(tensor, 0)
                last[tensor] = op.index
        for tensor in op.outputs:
            if activation[tensor]:
                first.setdefault(tensor, op.index)
                last[tensor] = op.index
    for tensor in graph.outputs:
        if activation[tensor]:
            first.setdefault(tensor, 0)
            last[tensor] = end
    for tensor in first:
        if graph.tensors[tensor].variable:
            first[tensor], last[tensor] = 0, end
    return {tensor: (first[tensor], last[tensor]) for tensor in first}


def _kept_by_tflite(graph: Subgraph, lifetimes: Sequence[Lifetime], end: int) -> list[Lifetime]:
    """The same with graph inputs, and results that no op reads, kept to the end."""
    freed = {tensor for op in graph.ops for tensor in op.inputs}.difference(graph.inputs)
    return [life if life.tensor in freed else Lifetime(life.tensor, life.first, end, life.size) for life in lifetimes]


def live_sets(lifetimes: Sequence[Lifetime], ops: int) -> tuple[int, ...]:
    """The bytes live during each of ``ops`` ops."""
    change = [0] * (ops + 1)
    for life in lifetimes:
        if life.first < ops:
            change[life.first] += life.size
            change[min(life.last, ops - 1) + 1] -= life.size
    live, total = [], 0
    for step in change[:ops]:
        total += step
        live.append(total)
    return tuple(live)


def plan_arena(lifetimes: Sequence[Lifetime], end: int) -> tuple[Placement, ...]:
    """Place tensors that live between op 0 and op ``end``; empty ones take no place and lie at 0.

    The placements come in the order they are made.
    """
    whole = [life for life in lifetimes if life.first == 0 and life.last >= end and life.size]
    rest = [life for life in lifetimes if (life.first > 0 or life.last < end) and life.size]
    placements = [Placement(life.tensor, life.first, life.last, 0, 0) for life in lifetimes if not life.size]
    floor = 0
    for life in sorted(whole, key=lambda life: life.tensor):
        placements.append(Placement(life.tensor, life.first, life.last, life.size, _aligned(floor)))
        floor = _aligned(floor) + life.size
    placed = _PlacedTensors(end + 1, floor)
    for life in sorted(rest, key=lambda life: (-life.size, life.first)):
        offset = placed.place(life)
        placements.append(Placement(life.tensor, life.first, life.last, life.size, offset))
    return tuple(placements)


def _aligned(offset: int) -> int:
    return -(-offset // ALIGNMENT) * ALIGNMENT


class _PlacedTensors:
    """The tensors placed above ``floor``, found by when they live.

    Time is a binary tree over the ops: node 1 is all of it, nodes 2n and 2n + 1 are the halves of node n. A tensor
    is kept at the few nodes that make up its life (``across``), and counted in all nodes above those (``within``).
    """

    def __init__(self, ops: int, floor: int) -> None:
        self.leaves = 1 << max(ops - 1, 0).bit_length()
        self.floor = floor
        self.across: dict[int, list[tuple[int, int]]] = {}
        self.starting: dict[int, list[tuple[int, int]]] = {}
        self.comparisons_left = _MOST_COMPARISONS
        self.top_across = [floor] * (2 * self.leaves)
        self.top_within = [floor] * (2 * self.leaves)

    def place(self, life: Lifetime) -> int:
        """Choose the offset of a tensor and keep it."""
        neighbours = self._neighbours(life)
        offset = self._top(life) if neighbours is None else self._gap(neighbours, life.size)
        self._keep(life, (offset, offset + life.size))
        return offset

    def _gap(self, neighbours: list[tuple[int, int]], size: int) -> int:
        """The start of the smallest gap that holds ``size`` bytes between these extents, or the place above them.

        As in TFLite, the best gap so far counts from its unaligned start, the one compared with it from its aligned.
        """
        neighbours.sort()
        best, best_fit = -1, -1
        current = self.floor
        for start, stop in neighbours:
            aligned = _aligned(current)
            if aligned + size <= start and (best < 0 or start - aligned < best_fit):
                best, best_fit = aligned, start - current
            current = max(current, stop)
        return best if best >= 0 else _aligned(current)

    def _neighbours(self, life: Lifetime) -> list[tuple[int, int]] | None:
        """The extents of the tensors that live at some time of ``life``; None where they are too many to go through.

        They are those that live when it begins, and those that begin while it lives.
        """
        found: list[tuple[int, int]] = []
        most = max(self.comparisons_left, _FEW_NEIGHBOURS)
        node = self.leaves + life.first
        while node:
            found += self.across.get(node, ())
            node >>= 1
        if len(self.starting) < life.last - life.first:
            begins: Iterator[int] = (op for op in self.starting if life.first < op <= life.last)
        else:
            begins = (op for op in range(life.first + 1, life.last + 1) if op in self.starting)
        for op in begins:
            found += self.starting[op]
            if len(found) > most:
                return None
        self.comparisons_left -= len(found)
        return found if len(found) <= most else None

    def _top(self, life: Lifetime) -> int:
        """The place above all that live at some time of ``life``."""
        top = self.floor
        for node in _cover(self.leaves, life.first, life.last):
            top = max(top, self.top_within[node])
            while node > 1:
                node >>= 1
                top = max(top, self.top_across[node])
        return _aligned(top)

    def _keep(self, life: Lifetime, extent: tuple[int, int]) -> None:
        self.starting.setdefault(life.first, []).append(extent)
        for node in _cover(self.leaves, life.first, life.last):
            self.across.setdefault(node, []).append(extent)
            self.top_across[node] = max(self.top_across[node], extent[1])
            while node and self.top_within[node] < extent[1]:
                self.top_within[node] = extent[1]
                node >>= 1


def _cover(leaves: int, first: int, last: int) -> Iterator[int]:
    """The fewest nodes of a binary tree that make up leaves ``first`` to ``last``."""
    low, high = leaves + first, leaves + last + 1
    while low < high:
        if low & 1:
            yield low
            low += 1
        if high & 1:
            high -= 1
            yield high
        low >>= 1
        high >>= 1
