"""What XNNPACK takes of a model's main subgraph, as LiteRT's interpreter has it when ready to run. In the child."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from maistudio.runtime.interpreter import MainGraph, load_on_cpu
from maistudio.runtime.loading import Stage, Wanted
from maistudio.runtime.twin import with_outputs

DELEGATE = "DELEGATE"


@dataclass(frozen=True, slots=True)
class Listed:
    """A node as the interpreter lists it; ``inputs`` and ``outputs`` are tensors, those left out not among them."""

    number: int
    name: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


def what_xnnpack_took(wanted: Wanted, stage: Stage) -> Mapping[str, Any]:
    """The numbers of the nodes in XNNPACK's partitions, and of those it can't be told of, with all nodes' names.

    A node that nothing reads is in no way from a partition's outputs to its inputs; a copy of the model, in which what
    it makes is an output, tells. Raises what LiteRT raises, ModelRunError.
    """
    nodes, outputs = _listed(wanted, stage)
    taken = taken_nodes(nodes)
    unread = unread_outputs(nodes, outputs)
    if unread and any(node.name == DELEGATE for node in nodes):
        copied = replace(wanted, model=with_outputs(wanted.content(), unread))
        taken |= taken_nodes(_listed(copied, stage)[0])
    own = [node for node in nodes if node.name != DELEGATE]
    untold = untold_nodes(own, taken, outputs) if len(own) < len(nodes) else set()
    return {"nodes": [node.name for node in own], "taken": sorted(taken), "untold": sorted(untold)}


def taken_nodes(nodes: Sequence[Listed]) -> set[int]:
    """The nodes on the way back from each partition's outputs to its inputs."""
    makers: dict[int, list[Listed]] = {}
    for node in nodes:
        for tensor in node.outputs if node.name != DELEGATE else ():
            makers.setdefault(tensor, []).append(node)
    taken: set[int] = set()
    for partition in nodes:
        if partition.name == DELEGATE:
            taken |= _behind(partition, makers)
    return taken


def untold_nodes(own: Sequence[Listed], taken: Collection[int], outputs: Collection[int]) -> set[int]:
    """The nodes that no way tells of: those that make nothing, and those that only such nodes read."""
    readers: dict[int, set[int]] = {}
    for node in own:
        for tensor in node.inputs:
            readers.setdefault(tensor, set()).add(node.number)
    untold: set[int] = set()
    for node in reversed(own):
        behind = set[int]().union(*(readers.get(tensor, set()) for tensor in node.outputs))
        if node.number not in taken and behind <= untold and (behind or not node.outputs):
            untold |= set() if set(node.outputs) & set(outputs) else {node.number}
    return untold


def _behind(partition: Listed, makers: Mapping[int, Sequence[Listed]]) -> set[int]:
    seen = set(partition.inputs)
    found: set[int] = set()
    waiting = list(partition.outputs)
    while waiting:
        tensor = waiting.pop()
        if tensor in seen:
            continue
        seen.add(tensor)
        for maker in makers.get(tensor, ()):
            found.add(maker.number)
            waiting += maker.inputs
    return found


def unread_outputs(nodes: Sequence[Listed], outputs: Collection[int]) -> list[int]:
    """What nodes make and nobody reads: neither another node nor whoever runs the model."""
    read = {tensor for node in nodes for tensor in node.inputs if node.name != DELEGATE} | set(outputs)
    return sorted(
        {
            tensor
            for node in nodes
            if node.name != DELEGATE and not read.intersection(node.outputs)
            for tensor in node.outputs
        }
    )


def _listed(wanted: Wanted, stage: Stage) -> tuple[list[Listed], set[int]]:
    """All nodes, XNNPACK's partitions last, and the tensors whoever runs the model reads."""
    loaded, _ = load_on_cpu(wanted, stage)
    graph = cast("MainGraph", loaded)  # no signature was asked for
    nodes = [
        Listed(number, str(node["op_name"]), _known(node["inputs"]), _known(node["outputs"]))
        for number, node in enumerate(graph.nodes())
    ]
    return nodes, graph.output_tensors()


def _known(tensors: Iterable[int]) -> tuple[int, ...]:
    return tuple(int(tensor) for tensor in tensors if tensor >= 0)
