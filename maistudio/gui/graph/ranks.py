"""Which layer each box of a directed graph belongs to: cycles broken, longest paths, then short wires."""

from __future__ import annotations

from collections.abc import Sequence

Link = tuple[int, int]
"""An edge as (source box, target box)."""


def back_edges(count: int, edges: Sequence[Link]) -> frozenset[int]:
    """Positions in ``edges`` of the edges to turn round so that no cycle is left; self loops are among them.

    Depth-first from the boxes in order, so a graph whose edges all go from lower to higher numbers has none.
    """
    if all(source < target for source, target in edges):
        return frozenset()
    leaving: list[list[tuple[int, int]]] = [[] for _ in range(count)]
    entered = [False] * count
    for position, (source, target) in enumerate(edges):
        leaving[source].append((position, target))
        entered[target] = entered[target] or source != target
    found: set[int] = set()
    state = [0] * count
    for root in sorted(range(count), key=lambda box: entered[box]):
        if state[root]:
            continue
        state[root] = 1
        stack = [(root, 0)]
        while stack:
            box, place = stack.pop()
            if place == len(leaving[box]):
                state[box] = 2
                continue
            stack.append((box, place + 1))
            position, target = leaving[box][place]
            if state[target] == 1:
                found.add(position)
            elif state[target] == 0:
                state[target] = 1
                stack.append((target, 0))
    return frozenset(found)


def ranks(count: int, wires: Sequence[tuple[int, Sequence[int]]]) -> list[int]:
    """The layer of every box, from 0 at the top; each wire ``(source, targets)`` goes down at least one layer.

    Longest path from the top, then boxes sink towards their consumers unless that makes the wires longer in all:
    a wire with many targets counts by its longest reach only, as one bundle.
    """
    leaving: list[list[int]] = [[] for _ in range(count)]
    entering: list[list[int]] = [[] for _ in range(count)]
    waiting = [0] * count
    for number, (source, targets) in enumerate(wires):
        leaving[source].append(number)
        for target in targets:
            entering[target].append(number)
            waiting[target] += 1
    rank = [0] * count
    order = [box for box in range(count) if not waiting[box]]
    for box in order:
        below = rank[box] + 1
        for number in leaving[box]:
            for target in wires[number][1]:
                if rank[target] < below:
                    rank[target] = below
                waiting[target] -= 1
                if not waiting[target]:
                    order.append(target)
    for box in reversed(order):
        if leaving[box]:
            lowest = min(rank[target] for number in leaving[box] for target in wires[number][1]) - 1
            if lowest > rank[box]:
                stretched = sum(_stretch(wires[number][1], rank, box, lowest) for number in entering[box])
                if (lowest - rank[box]) * len(leaving[box]) >= stretched:
                    rank[box] = lowest
    return rank


def _stretch(targets: Sequence[int], rank: Sequence[int], box: int, lowest: int) -> int:
    """By how many layers a wire into ``box`` grows when the box sinks to layer ``lowest``."""
    reach = max(rank[target] for target in targets if target != box) if len(targets) > 1 else 0
    return max(0, lowest - max(reach, rank[box]))


def components(count: int, edges: Sequence[Link]) -> list[list[int]]:
    """The boxes of each connected part, parts in the order of their first box."""
    parent = list(range(count))

    def top(box: int) -> int:
        while parent[box] != box:
            parent[box] = parent[parent[box]]
            box = parent[box]
        return box

    for source, target in edges:
        first, second = top(source), top(target)
        if first != second:
            parent[max(first, second)] = min(first, second)
    parts: dict[int, list[int]] = {}
    for box in range(count):
        parts.setdefault(top(box), []).append(box)
    return list(parts.values())
