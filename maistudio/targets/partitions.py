"""How TFLite groups the ops a delegate takes: greedily, from the ops whose inputs are ready, one side at a time.

The groups are those of PartitionGraphIntoIndependentNodeSubsets (LiteRT, tflite/graph_info.cc): a group grows as long
as some op of its side has all inputs ready; then the other side's turn comes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Sequence

from maistudio.targets.profile import Partitioning
from maistudio.tflite.links import Links
from maistudio.tflite.model import Subgraph


def partitions(
    graph: Subgraph, links: Links, accepted: Sequence[bool], folded: Collection[int] = ()
) -> tuple[tuple[int, ...], ...]:
    """The groups of accepted ops, in the order in which they would run; ops within a group in file order.

    ``folded`` are ops that are as if they weren't there: what they make counts as a constant. Ops that wait for
    each other in a circle are in no group.
    """
    waiting = [_makers(graph, links, op.inputs, folded) for op in graph.ops]
    missing = [len(makers) for makers in waiting]
    readers: list[list[int]] = [[] for _ in graph.ops]
    for op, makers in enumerate(waiting):
        for maker in makers:
            readers[maker].append(op)
    ready = {True: deque[int](), False: deque[int]()}
    for op, count in enumerate(missing):
        if not count and op not in folded:
            ready[accepted[op]].append(op)
    side = bool(ready[True]) and (not ready[False] or ready[True][0] < ready[False][0])
    groups = []
    while ready[True] or ready[False]:
        group = []
        while ready[side]:
            op = ready[side].popleft()
            group.append(op)
            for reader in readers[op]:
                missing[reader] -= 1
                if not missing[reader] and reader not in folded:
                    ready[accepted[reader]].append(reader)
        if side and group:
            groups.append(tuple(sorted(group)))
        side = not side
    return tuple(groups)


def _makers(graph: Subgraph, links: Links, inputs: Sequence[int], folded: Collection[int]) -> set[int]:
    """The ops that must have run before one that reads ``inputs``."""
    makers = set()
    for tensor in inputs:
        maker = links.producer[tensor] if 0 <= tensor < len(graph.tensors) else None
        if maker is not None and maker not in folded:
            makers.add(maker)
    return makers


def taken(groups: Sequence[tuple[int, ...]], partitioning: Partitioning) -> frozenset[int]:
    """Which of the groups, by place, run on the device: the largest ones where not all do."""
    large = [place for place, group in enumerate(groups) if len(group) >= partitioning.smallest]
    large.sort(key=lambda place: -len(groups[place]))
    return frozenset(large[: partitioning.most])
