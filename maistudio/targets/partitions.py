"""How TFLite groups the ops a delegate takes: greedily, from the ops whose inputs are ready, one side at a time.

The groups are those of PartitionGraphIntoIndependentNodeSubsets (LiteRT, tflite/graph_info.cc): a group grows as long
as some op of its side has all inputs ready; then the other side's turn comes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from maistudio.tflite.links import Links
from maistudio.tflite.model import Op, Subgraph

EFFECTS = frozenset({"IF", "WHILE", "CALL_ONCE"})


@dataclass(frozen=True, slots=True)
class Needs:
    """``missing[op]`` other ops must have run before an op; ``readers[op]`` wait for it. ``apart`` are left out."""

    missing: tuple[int, ...]
    readers: tuple[tuple[int, ...], ...]
    apart: Collection[int]


def needs_of(graph: Subgraph, links: Links, apart: Collection[int] = ()) -> Needs:
    """What the ops of a graph wait for, where what the ops ``apart`` make counts as a constant.

    Ops with side effects also wait for the one before them (LiteRT, Subgraph::OpMightHaveSideEffect).
    """
    readers: list[list[int]] = [[] for _ in graph.ops]
    missing = []
    last_effect: int | None = None
    count = len(graph.tensors)
    for op in graph.ops:
        makers = {links.producer[tensor] for tensor in op.inputs if 0 <= tensor < count}
        if _may_have_effects(graph, op):
            makers.add(last_effect)
            last_effect = op.index
        makers.discard(None)
        if apart:
            makers.difference_update(apart)
        missing.append(len(makers))
        for maker in makers:
            if maker is not None:
                readers[maker].append(op.index)
    return Needs(tuple(missing), tuple(map(tuple, readers)), apart)


def _may_have_effects(graph: Subgraph, op: Op) -> bool:
    """Whether an op may change more than what it makes: it calls a subgraph, or takes or makes a resource."""
    if op.type in EFFECTS:
        return True
    count = len(graph.tensors)
    return any(graph.tensors[tensor].type == "RESOURCE" for tensor in (*op.inputs, *op.outputs) if 0 <= tensor < count)


def partitions(needs: Needs, accepted: Sequence[bool]) -> tuple[tuple[int, ...], ...]:
    """The groups of accepted ops, in the order in which they would run; ops within a group in file order.

    Ops that wait for each other in a circle are in no group.
    """
    missing, apart = list(needs.missing), needs.apart
    ready = {True: deque[int](), False: deque[int]()}
    for op, count in enumerate(missing):
        if not count and op not in apart:
            ready[accepted[op]].append(op)
    side = bool(ready[True]) and (not ready[False] or ready[True][0] < ready[False][0])
    groups = []
    while ready[True] or ready[False]:
        group = []
        turn = ready[side]
        while turn:
            op = turn.popleft()
            group.append(op)
            for reader in needs.readers[op]:
                missing[reader] -= 1
                if not missing[reader] and reader not in apart:
                    ready[accepted[reader]].append(reader)
        if side and group:
            groups.append(tuple(sorted(group)))
        side = not side
    return tuple(groups)
