"""From the kernels LiteRT's profiler told of to the ops of the file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import fsum

from maistudio.tflite.costs import Costs
from maistudio.tflite.model import Model
from maistudio.timing.alignment import align
from maistudio.timing.kernel_rules import KernelRules, first_words, read_kernel_rules
from maistudio.timing.kernels import Kernel, RawProfile
from maistudio.timing.plan import COMPOSITE, Node, Part, nodes_of, parts_of
from maistudio.timing.values import OpProfile, OpTime


@dataclass(frozen=True, slots=True)
class _Group:
    """Kernels and the nodes whose work they do, the one they run first."""

    kernels: tuple[Kernel, ...]
    nodes: tuple[Node, ...]


def op_profile(profile: RawProfile, model: Model, costs: Costs) -> OpProfile:
    """The time of each op of ``model``, whose ``costs`` are at the shapes it ran at.

    No time is lost: the times of ``ops`` add up to those of the kernels. An op stands in one entry at most.
    """
    total = fsum(kernel.us for kernel in profile.kernels)
    groups = _joined(_groups_of(profile, model, read_kernel_rules()))
    place = {id(kernel): number for number, kernel in enumerate(profile.kernels)}
    groups.sort(key=lambda group: min(place[id(kernel)] for kernel in group.kernels))
    runs = len(profile.wall_us)
    wall = fsum(profile.wall_us)
    ops = tuple(_op_time(group, costs, total) for group in groups)
    return OpProfile(ops, total * runs / wall if wall else 0.0, runs)


def _groups_of(profile: RawProfile, model: Model, rules: KernelRules) -> list[_Group]:
    """The kernels by what they do. Where the profiler lost some, those of XNNPACK are not matched to ops."""
    by_subgraph: dict[int, list[Kernel]] = {}
    groups = []
    for kernel in profile.kernels:
        if profile.cut_off and kernel.node is None:
            groups.append(_Group((kernel,), ()))
        else:
            by_subgraph.setdefault(kernel.subgraph, []).append(kernel)
    for subgraph, kernels in by_subgraph.items():
        groups += _of_subgraph(kernels, model, subgraph, rules)
    return groups


def _of_subgraph(kernels: Sequence[Kernel], model: Model, subgraph: int, rules: KernelRules) -> list[_Group]:
    if not 0 <= subgraph < len(model.subgraphs):
        return [_Group((kernel,), ()) for kernel in kernels]
    inlined = all(kernel.name != COMPOSITE for kernel in kernels)
    nodes = nodes_of(model, subgraph, inlined)
    by_number = {node.number: node for node in nodes}
    own = [kernel for kernel in kernels if kernel.node is not None]
    known = {
        kernel.node for kernel in own if kernel.node in by_number and by_number[kernel.node].op.type == kernel.name
    }
    groups = [_Group((kernel,), (by_number[kernel.node],) if kernel.node in known else ()) for kernel in own]
    delegated = [kernel for kernel in kernels if kernel.node is None]
    if not delegated:
        return groups
    parts = parts_of(nodes, by_number.keys() - known)
    for partition, part in _partitions(kernels, parts):
        groups += [
            _Group(tuple(partition[place] for place in match.kernels), tuple(part[place] for place in match.nodes))
            for match in align(part, [kernel.name for kernel in partition], rules)
        ]
    return groups


def _partitions(kernels: Sequence[Kernel], parts: Sequence[Part]) -> list[tuple[list[Kernel], list[Node]]]:
    """The kernels of each partition with its nodes.

    Both are known by how many of LiteRT's own kernels come before, since between two partitions there is always one.
    Where LiteRT's own come in another order than expected, all partitions are taken for one.
    """
    expected = [node.number for part in parts if not part.delegated for node in part.nodes]
    own = frozenset(expected)
    if expected != [kernel.node for kernel in kernels if kernel.node in own]:
        delegated = [kernel for kernel in kernels if kernel.node is None]
        return [(delegated, [node for part in parts if part.delegated for node in part.nodes])]
    nodes: dict[int, list[Node]] = {}
    before = 0
    for part in parts:
        if part.delegated:
            nodes[before] = list(part.nodes)
        else:
            before += len(part.nodes)
    partitions: dict[int, list[Kernel]] = {}
    passed = 0
    for kernel in kernels:
        if kernel.node is None:
            partitions.setdefault(passed, []).append(kernel)
        else:
            passed += kernel.node in own
    return [(partition, nodes.get(gap, [])) for gap, partition in partitions.items()]


def _joined(groups: Iterable[_Group]) -> list[_Group]:
    """The groups, where those that hold the same op are one: a subgraph inlined twice runs its ops twice."""
    joined: list[_Group] = []
    at: dict[tuple[int, int], int] = {}
    for group in groups:
        keys = [(node.subgraph, node.op.index) for node in group.nodes]
        home = next((at[key] for key in keys if key in at), len(joined))
        if home == len(joined):
            joined.append(_Group((), ()))
        nodes = tuple(node for node, key in zip(group.nodes, keys, strict=True) if at.setdefault(key, home) == home)
        joined[home] = _Group(joined[home].kernels + group.kernels, joined[home].nodes + nodes)
    return joined


def _op_time(group: _Group, costs: Costs, total: float) -> OpTime:
    first = group.kernels[0]
    main = group.nodes[0] if group.nodes else None
    subgraph = main.subgraph if main else first.subgraph
    indices = sorted({node.op.index for node in group.nodes if node.subgraph == subgraph})
    us = fsum(kernel.us for kernel in group.kernels)
    return OpTime(
        subgraph=subgraph,
        indices=tuple(indices),
        type=main.op.type if main else first_words(first.name),
        us=us,
        share=us / total if total else 0.0,
        macs=_macs(costs, subgraph, indices, first.calls),
        executor=first.executor,
        kernels=tuple(kernel.name for kernel in group.kernels),
        partition=first.partition,
    )


def _macs(costs: Costs, subgraph: int, indices: Iterable[int], calls: float) -> int | None:
    """What the ops multiply in an inference, in which they are called so often; None where that isn't known."""
    counts = [costs.ops[subgraph][index].macs for index in indices]
    known = [count for count in counts if count is not None]
    return round(sum(known) * calls) if known and len(known) == len(counts) else None
