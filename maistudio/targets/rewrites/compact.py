"""Write a changed model's graphs back into its values, and let go what has fallen out of use."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from maistudio.targets.rewrites.graph import Graph


def compact(
    values: dict[str, Any],
    graphs: Sequence[Graph],
    tensors_before: Sequence[Collection[int]],
    buffers_before: Collection[int],
) -> None:
    """Put the ops of ``graphs`` into ``values``, and drop tensors, buffers and op codes that only gone ops used.

    What nothing named even before stays: custom ops may know of it.
    """
    _put_codes(values, graphs)
    for graph, before in zip(graphs, tensors_before, strict=True):
        used = set(tensors_of(graph))
        kept = [index for index in range(len(graph.tensors)) if index in used or index not in before]
        _renumber_tensors(values, graph, {old: new for new, old in enumerate(kept)})
        graph.values["tensors"] = [graph.tensors[index] for index in kept]
    used_buffers = set(buffers_of(values))
    count = len(values["buffers"])
    kept = [index for index in range(count) if index == 0 or index in used_buffers or index not in buffers_before]
    if len(kept) < count:
        _renumber_buffers(values, {old: new for new, old in enumerate(kept)})
        values["buffers"] = [values["buffers"][index] for index in kept]


def tensors_of(graph: Graph) -> Iterator[int]:
    """Every tensor that a graph's ops, ends, signatures and quantizations name, omitted inputs apart."""
    yield from graph.inputs
    yield from graph.outputs
    for node in graph.nodes:
        for places in (node.inputs, node.outputs, node.values.get("intermediates", ())):
            yield from (tensor for tensor in places if tensor != -1)
    for tensor in graph.tensors:
        for details in _blockwise(tensor):
            yield from (details[key] for key in ("scales", "zero_points") if details.get(key, -1) >= 0)


def buffers_of(values: Mapping[str, Any]) -> Iterator[int]:
    """Every buffer that a tensor or metadata names."""
    for graph in values.get("subgraphs", ()):
        yield from (tensor.get("buffer", 0) for tensor in graph.get("tensors", ()))
    yield from (entry.get("buffer", 0) for entry in values.get("metadata", ()))
    yield from values.get("metadata_buffer", ())


def _blockwise(tensor: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    details = (tensor.get("quantization") or {}).get("details")
    if details is not None and details[0] == "BlockwiseQuantization":
        yield details[1]


def _put_codes(values: dict[str, Any], graphs: Sequence[Graph]) -> None:
    used = {id(node.code) for graph in graphs for node in graph.nodes}
    codes = [code for code in values["operator_codes"] if id(code) in used]
    place = {id(code): index for index, code in enumerate(codes)}
    values["operator_codes"] = codes
    for graph in graphs:
        operators = []
        for node in graph.nodes:
            node.values |= {"opcode_index": place[id(node.code)], "inputs": node.inputs, "outputs": node.outputs}
            operators.append(node.values)
        graph.values["operators"] = operators


def _renumber_tensors(values: dict[str, Any], graph: Graph, place: Mapping[int, int]) -> None:
    def renumbered(tensors: Sequence[int]) -> list[int]:
        return [tensor if tensor == -1 else place[tensor] for tensor in tensors]

    tables = [graph.values, *graph.values["operators"]]
    for table in tables:
        for key in ("inputs", "outputs", "intermediates"):
            if key in table:
                table[key] = renumbered(table[key])
    for signature in values.get("signature_defs", ()):
        if signature.get("subgraph_index", 0) == graph.index:
            for entry in (*signature.get("inputs", ()), *signature.get("outputs", ())):
                entry["tensor_index"] = place[entry.get("tensor_index", 0)]
    for tensor in graph.tensors:
        for details in _blockwise(tensor):
            for key in ("scales", "zero_points"):
                if details.get(key, -1) >= 0:
                    details[key] = place[details[key]]


def _renumber_buffers(values: dict[str, Any], place: Mapping[int, int]) -> None:
    for graph in values["subgraphs"]:
        for tensor in graph["tensors"]:
            if tensor.get("buffer", 0):
                tensor["buffer"] = place[tensor["buffer"]]
    for entry in values.get("metadata", ()):
        entry["buffer"] = place[entry.get("buffer", 0)]
    if "metadata_buffer" in values:
        values["metadata_buffer"] = [place[buffer] for buffer in values["metadata_buffer"]]
