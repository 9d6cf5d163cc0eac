"""Finds the ops that the kernels of one partition run.

XNNPACK makes its kernels in the order of the ops, but merges some and needs several for others. So the two sequences
are aligned: of all ways to go through both in step, one is taken that leaves the least unexplained.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import pairwise

from maistudio.tflite.model import Op
from maistudio.timing.kernel_rules import KernelRules, Rule, finishes
from maistudio.timing.plan import Node

MERGED = 1
"""The cost of an op without a kernel beside one that may have done it too; one that runs its op costs nothing."""
UNFINISHED = 2
"""The cost of a kernel left out that may have done the activation fused to an op."""
LOST = 6
"""The cost of an op without a kernel that may have done it."""
FOREIGN = 8
"""The cost of a kernel without an op."""
MOST_STEPS = 300_000
"""Places looked at before it is given up, a second's work; ops and kernels in step need one each."""
MOST_HELPERS = 2
MOST_KERNELS = 5
"""Kernels of an op that has one for each of several inputs or outputs."""
SEVERAL = frozenset({"SPLIT", "SPLIT_V", "CONCATENATION", "PACK", "UNPACK"})


@dataclass(frozen=True, slots=True)
class Match:
    """Kernels and the nodes whose work they do, as places in what was aligned; a kernel may have no node.

    The first node is the one the kernels run, the others are merged into it.
    """

    kernels: tuple[int, ...]
    nodes: tuple[int, ...]


_Place = tuple[int, int]


def align(nodes: Sequence[Node], kernels: Sequence[str], rules: KernelRules) -> tuple[Match, ...]:
    """Match the kernels, by name, of a partition to its nodes.

    Each kernel is in one match and each node in one at most. From match to match the kernels go up, and so do the
    nodes they run.
    """
    known = {name: rules.of(name) for name in dict.fromkeys(kernels)}
    of_kernels = [known[name] for name in kernels]
    types = {node.op.type for node in nodes}
    may_run = frozenset().union(*(rule.runs for rule in known.values()))
    # What matches nothing wherever it stands would only make the search longer.
    open_nodes = [place for place, node in enumerate(nodes) if node.op.type in may_run]
    open_kernels = [
        place for place, rule in enumerate(of_kernels) if types & (rule.runs | rule.prepares | rule.finishes)
    ]
    ways = _Ways([nodes[place] for place in open_nodes], [of_kernels[place] for place in open_kernels])
    runs = {
        open_nodes[node]: tuple(open_kernels[kernel] for kernel in range(*span)) for node, span in _spans(ways).items()
    }
    merged = _merged(nodes, runs, of_kernels)
    matches = [Match(own, (node, *merged.get(node, ()))) for node, own in runs.items()]
    explained = {kernel for own in runs.values() for kernel in own}
    alone = [Match((kernel,), ()) for kernel in range(len(kernels)) if kernel not in explained]
    return tuple(sorted([*matches, *alone], key=lambda match: match.kernels))


class _Ways:
    """The ways to go on from a place: so many nodes and so many kernels are behind it."""

    def __init__(self, nodes: Sequence[Node], rules: Sequence[Rule]) -> None:
        self.nodes, self.rules = nodes, rules
        self.end = len(nodes), len(rules)

    def steps(self, place: _Place) -> Iterator[tuple[int, _Place]]:
        """What each way costs, and where it leads."""
        node, kernel = place
        if node < len(self.nodes):
            for cost, end in self._runs(self.nodes[node], kernel):
                yield cost, (node + 1, end)
            yield self._cost_without(node, kernel), (node + 1, kernel)
        if kernel < len(self.rules):
            yield FOREIGN, (node, kernel + 1)

    def least(self, place: _Place) -> int:
        """A bound on what is still to be paid: nodes that outnumber the kernels go without."""
        return max(0, (self.end[0] - place[0]) - (self.end[1] - place[1])) * MERGED

    def _runs(self, node: Node, first: int) -> Iterator[tuple[int, int]]:
        """The stretches of kernels, from ``first``, that may run a node: what each costs, and its end."""
        op, rules = node.op, self.rules
        for own in range(first, min(first + MOST_HELPERS, len(rules) - 1) + 1):
            if op.type in rules[own].runs:
                for end in self._ends(op, own + 1):
                    finished = end < len(rules) and finishes(rules[end], op)
                    yield UNFINISHED if finished else 0, end
                    if finished:
                        yield 0, end + 1
            if op.type not in rules[own].prepares:
                return

    def _ends(self, op: Op, first: int) -> Iterator[int]:
        """Where the own kernels of an op may end: after one, or for some ops after several."""
        yield first
        most = min(first + MOST_KERNELS - 1, len(self.rules)) if op.type in SEVERAL else first
        for end in range(first, most):
            if op.type not in self.rules[end].runs:
                return
            yield end + 1

    def _cost_without(self, node: int, kernel: int) -> int:
        op_type = self.nodes[node].op.type
        after = kernel > 0 and op_type in self.rules[kernel - 1].after
        before = kernel < len(self.rules) and op_type in self.rules[kernel].before
        return MERGED if after or before else LOST


def _spans(ways: _Ways) -> dict[int, tuple[int, int]]:
    """The first kernel of each node that has one, and the one after its last, on the cheapest path."""
    path = _cheapest(ways)
    return {
        node: (kernel, next_kernel)
        for (node, kernel), (next_node, next_kernel) in pairwise(path)
        if next_node > node and next_kernel > kernel
    }


def _cheapest(ways: _Ways) -> list[_Place]:
    """The cheapest path from the start to the end; empty where it takes too long to find."""
    start = (0, 0)
    came_from: dict[_Place, _Place] = {}
    best: dict[_Place, int] = {start: 0}
    # The furthest place comes first among those of one cost: a path in step is followed to its end at once.
    waiting: list[tuple[int, int, int, _Place]] = [(ways.least(start), 0, 0, start)]
    for _ in range(MOST_STEPS):
        _, _, cost, place = heappop(waiting)
        if place == ways.end:
            return _path(came_from, place)
        if cost > best[place]:
            continue
        for more, reached in ways.steps(place):
            total = cost + more
            if reached not in best or total < best[reached]:
                best[reached] = total
                came_from[reached] = place
                heappush(waiting, (total + ways.least(reached), -sum(reached), total, reached))
    return []


def _path(came_from: Mapping[_Place, _Place], place: _Place) -> list[_Place]:
    path = [place]
    while place in came_from:
        place = came_from[place]
        path.append(place)
    return path[::-1]


def _merged(nodes: Sequence[Node], runs: Mapping[int, tuple[int, ...]], rules: Sequence[Rule]) -> dict[int, list[int]]:
    """Nodes without a kernel, by the neighbour that has one which may have done them; others are left out."""
    makers = {value: place for place, node in enumerate(nodes) for value in node.outputs}
    users: dict[int, list[int]] = {}
    for place, node in enumerate(nodes):
        for value in node.inputs:
            users.setdefault(value, []).append(place)
    home = {place: place for place in runs}
    merged: dict[int, list[int]] = {}

    def host(node: Node) -> int | None:
        makes = (makers[value] for value in node.inputs if value in makers)
        uses = (user for value in node.outputs for user in users.get(value, ()))
        for neighbours, takes in ((makes, _takes_after), (uses, _takes_before)):
            for neighbour in neighbours:
                at = home.get(neighbour)
                if at is not None and any(takes(rules[kernel], node.op.type) for kernel in runs[at]):
                    return at
        return None

    left = [place for place in range(len(nodes)) if place not in home]
    while left:
        found = {place: at for place in left if (at := host(nodes[place])) is not None}
        if not found:
            break
        for place, at in found.items():
            merged.setdefault(at, []).append(place)
        home |= found
        left = [place for place in left if place not in found]
    return merged


def _takes_after(rule: Rule, op_type: str) -> bool:
    return op_type in rule.after


def _takes_before(rule: Rule, op_type: str) -> bool:
    return op_type in rule.before
