"""What LiteRT makes of a subgraph before it runs: the nodes in their order, and what a delegate takes of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

from maistudio.tflite.model import Model, Op

COMPOSITE = "STABLEHLO_COMPOSITE"


@dataclass(frozen=True, slots=True)
class Node:
    """An op as LiteRT runs it: its ``number`` among the nodes there, and where it stands in the file.

    ``inputs`` and ``outputs`` are values: tensors, told apart also where two composites use one subgraph.
    """

    number: int
    subgraph: int
    op: Op
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """Nodes that run one after the other: handed to a delegate as one partition, or by LiteRT itself."""

    delegated: bool
    nodes: tuple[Node, ...]


def nodes_of(model: Model, subgraph: int, inlined: bool = False) -> tuple[Node, ...]:
    """The nodes of a subgraph in their order; ``inlined`` puts what composites decompose into in their place.

    LiteRT numbers the ops of the file first, then those of the decompositions.
    """
    graph = model.subgraphs[subgraph]
    nodes = [Node(op.index, subgraph, op, _known(op.inputs), op.outputs) for op in graph.ops]
    numbers, values = len(nodes), len(graph.tensors)
    place = 0
    callers: dict[int, frozenset[int]] = {}
    while inlined and place < len(nodes):
        node = nodes[place]
        inside = callers.get(node.number, frozenset({subgraph}))
        called = node.op.options.get("decomposition_subgraph_index")
        if node.op.type != COMPOSITE or not isinstance(called, int) or not _callable(model, called, inside):
            place += 1
            continue
        parts = _decomposed(model, called, node, numbers, values)
        callers |= {part.number: inside | {called} for part in parts}
        nodes[place : place + 1] = parts
        numbers, values = numbers + len(parts), values + len(model.subgraphs[called].tensors)
    return tuple(nodes)


def parts_of(nodes: Collection[Node], delegated: Collection[int]) -> tuple[Part, ...]:
    """The parts in which LiteRT runs these nodes, when a delegate takes those of the numbers ``delegated``.

    As tflite/graph_info.cc does: by turns, all that can run is taken, in the order of the nodes, that goes to the
    delegate or doesn't. What waits for a value that no node makes (a cycle) is left out.
    """
    order = tuple(nodes)
    makers = {value: place for place, node in reversed(tuple(enumerate(order))) for value in node.outputs}
    waits = [{makers[value] for value in node.inputs if value in makers} for node in order]
    users: list[list[int]] = [[] for _ in order]
    for place, makes in enumerate(waits):
        for maker in makes:
            users[maker].append(place)
    waiting = {delegated_too: [] for delegated_too in (False, True)}  # type: dict[bool, list[tuple[int, int]]]
    kinds = [node.number in delegated for node in order]
    for place, makes in enumerate(waits):
        if not makes:
            waiting[kinds[place]].append((0, place))
    parts = []
    while waiting[False] or waiting[True]:
        kind = min((min(places)[1], kind) for kind, places in waiting.items() if places)[1]
        queue, taken = waiting[kind], []
        queue[:] = [(0, place) for _, place in queue]
        heapify(queue)
        while queue:
            turn, place = heappop(queue)
            taken.append(order[place])
            for user in users[place]:
                waits[user].discard(place)
                if not waits[user]:
                    heappush(waiting[kinds[user]], (turn + (user < place), user))
        parts.append(Part(kind, tuple(taken)))
    return tuple(parts)


def _known(inputs: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(value for value in inputs if value >= 0)


def _callable(model: Model, subgraph: int, inside: frozenset[int]) -> bool:
    return 0 <= subgraph < len(model.subgraphs) and subgraph not in inside


def _decomposed(model: Model, subgraph: int, caller: Node, numbers: int, values: int) -> list[Node]:
    """The nodes of a decomposition, with its inputs and outputs those of its caller."""
    graph = model.subgraphs[subgraph]
    named = dict(zip(graph.inputs, caller.inputs, strict=False)) | dict(
        zip(graph.outputs, caller.outputs, strict=False)
    )

    def outside(tensors: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(named.get(tensor, values + tensor) for tensor in _known(tensors))

    return [Node(numbers + op.index, subgraph, op, outside(op.inputs), outside(op.outputs)) for op in graph.ops]
