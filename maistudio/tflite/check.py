"""Faults of a model that its flatbuffer alone doesn't show: shapes, sizes, order, cycles, calls."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from maistudio.tflite.model import BITS_PER_ELEMENT, Model, Subgraph, Tensor
from maistudio.tflite.problems import Problems

ELEMENT_LIMIT = 2**63 - 1
"""No runtime can address a tensor with more elements."""


def check_model(model: Model, problems: Problems) -> None:
    """Add to ``problems`` what contradicts itself in a model's values."""
    if not model.subgraphs:
        problems.add("model", "it has no subgraph, so there is nothing to run")
    for graph in model.subgraphs:
        for tensor in graph.tensors:
            _check_tensor(model, graph.index, tensor, problems)
        _check_order(graph, problems)
    _check_calls(model, problems)


def _check_tensor(model: Model, graph: int, tensor: Tensor, problems: Problems) -> None:
    elements = 1
    for size in tensor.shape:
        elements *= size
        if size < 0 or elements > ELEMENT_LIMIT:
            _report_shape(graph, tensor, problems)
            return
    signature = tensor.shape_signature
    if signature is not None and signature and len(signature) != len(tensor.shape) and tensor.shape:
        problems.add(_place(graph, tensor), f"its shape signature {list(signature)} has another rank than its shape")
    bits = BITS_PER_ELEMENT.get(tensor.type)
    if tensor.constant and bits is not None and tensor.sparsity is None:
        needed, held = (elements * bits + 7) // 8, model.buffers[tensor.buffer].size
        if held != needed:
            problems.add(
                _place(graph, tensor),
                f"its buffer holds {held:,} bytes where {tensor.type} {list(tensor.shape)} takes {needed:,}",
            )


def _report_shape(graph: int, tensor: Tensor, problems: Problems) -> None:
    shape = list(tensor.shape)
    if any(size < 0 for size in shape):
        problems.add(_place(graph, tensor), f"its shape {shape} has a negative dimension")
    else:
        problems.add(_place(graph, tensor), f"its shape {shape} has more elements than any runtime can address")


def _check_order(graph: Subgraph, problems: Problems) -> None:
    """Ops run in file order: each must find its inputs written before."""
    writer: dict[int, int] = {}
    for op in graph.ops:
        for tensor in op.outputs:
            if tensor in writer:
                problems.add(
                    f"subgraph {graph.index}, op {op.index}",
                    f"{op.type} writes tensor {tensor}, which op {writer[tensor]} writes already",
                )
            else:
                writer[tensor] = op.index
    looping = _ops_on_cycles(graph, writer)
    for op in graph.ops:
        place = f"subgraph {graph.index}, op {op.index}"
        if op.index in looping:
            problems.add(place, f"{op.type} is part of a cycle: its result is among what it is computed from")
            continue
        for tensor in op.inputs:
            late = writer.get(tensor, -1)
            if late > op.index:
                problems.add(place, f"{op.type} reads tensor {tensor} before op {late} writes it")


def _ops_on_cycles(graph: Subgraph, writer: dict[int, int]) -> set[int]:
    """Ops whose result feeds back into them. Only ops from the first backward edge on can be part of a cycle."""
    backward = [
        (op.index, writer[tensor]) for op in graph.ops for tensor in op.inputs if writer.get(tensor, -1) >= op.index
    ]
    if not backward:
        return set()
    successors: list[list[int]] = [[] for _ in graph.ops]
    for op in graph.ops:
        for tensor in op.inputs:
            if tensor in writer:
                successors[writer[tensor]].append(op.index)
    component = _components(successors)
    sizes = Counter(component)
    return {node for node, number in enumerate(component) if sizes[number] > 1 or node in successors[node]}


def _components(successors: Sequence[Sequence[int]]) -> list[int]:
    """The strongly connected component of each node (Tarjan 1972), without recursion."""
    count = len(successors)
    order, low, component = [-1] * count, [0] * count, [-1] * count
    stack: list[int] = []
    clock = components = 0
    for root in range(count):
        if order[root] >= 0:
            continue
        path = [(root, 0)]
        while path:
            node, next_edge = path.pop()
            if next_edge == 0:
                order[node] = low[node] = clock
                clock += 1
                stack.append(node)
            descended = False
            for position in range(next_edge, len(successors[node])):
                target = successors[node][position]
                if order[target] < 0:
                    path += [(node, position + 1), (target, 0)]
                    descended = True
                    break
                if component[target] < 0:
                    low[node] = min(low[node], order[target])
            if descended:
                continue
            if low[node] == order[node]:
                while True:
                    member = stack.pop()
                    component[member] = components
                    if member == node:
                        break
                components += 1
            if path:
                low[path[-1][0]] = min(low[path[-1][0]], low[node])
    return component


def _check_calls(model: Model, problems: Problems) -> None:
    """A subgraph that calls itself, directly or through others, never ends."""
    calls = [[called for op in graph.ops for called in op.subgraphs] for graph in model.subgraphs]
    component = _components(calls)
    sizes = Counter(component)
    for index, called in enumerate(calls):
        if sizes[component[index]] > 1 or index in called:
            problems.add(f"subgraph {index}", "it calls itself through its control flow, so it can never end")


def _place(graph: int, tensor: Tensor) -> str:
    return f"subgraph {graph}, tensor {tensor.index}"
