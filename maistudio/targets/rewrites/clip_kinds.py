"""MINIMUM and MAXIMUM against constants as one clipped ReLU, fused into the op before where that has none."""

from __future__ import annotations

from maistudio.targets.rewrites.clips import (
    CLIPPED,
    FUSING,
    Interval,
    chain_from,
    clip_of,
    interval_of,
    source_of,
    starts_chain,
)
from maistudio.targets.rewrites.editable import EditableModel
from maistudio.targets.rewrites.graph import Graph
from maistudio.targets.rewrites.node import Node
from maistudio.targets.rewrites.versions import clip_version

ID = "clip-to-relu"
_FUSED = ("RELU", "RELU6", "RELU_N1_TO_1")
"""Activations that the schema can fuse into another op."""
_FUSED_TYPES = frozenset({"FLOAT32", "INT8", "UINT8"})


def merge_clips(model: EditableModel) -> int:
    count = 0
    for graph in model.graphs:
        for node in graph.nodes:
            if graph.has(node) and clip_of(graph, node) is not None and starts_chain(graph, node):
                count += _merge(model, graph, node)
    return count


def _merge(model: EditableModel, graph: Graph, first: Node) -> bool:
    chain, passed = chain_from(graph, first)
    source, result = source_of(graph, first), chain[-1].outputs[0]
    kind = None if passed is None else _relu_for(graph, passed, result)
    maker = _maker_to_fuse(graph, source, result) if kind in _FUSED else None
    alone = len(chain) == 1 and first.type in CLIPPED
    if kind is None or (maker is None and alone) or not graph.is_plain(result):
        return False
    if not model.may_begin_at(graph, *chain, *([] if maker is None else [maker])):
        return False
    if maker is not None:
        maker.options["fused_activation_function"] = kind
        model.note(ID, graph, [*chain, maker], f"{kind} fused into {maker.type}", [maker])
        _take_out(graph, chain)
        graph.give(maker, outputs=[result])
        return True
    new = graph.add_op(kind, clip_version(kind, graph.type(result)), [source], [result], first)
    model.note(ID, graph, chain, kind, [new])
    _take_out(graph, chain)
    graph.give(new)
    return True


def _relu_for(graph: Graph, passed: Interval, tensor: int) -> str | None:
    return next((kind for kind in CLIPPED if interval_of(graph, kind, tensor) == passed), None)


def _maker_to_fuse(graph: Graph, source: int, result: int) -> Node | None:
    """The op that makes ``source`` for one clip alone, where it can take its activation over."""
    maker = graph.producer(source)
    if (
        maker is None
        or maker.type not in FUSING
        or maker.option("fused_activation_function") != "NONE"
        or graph.type(result) not in _FUSED_TYPES
        or graph.only_user(source) is None
    ):
        return None
    return maker


def _take_out(graph: Graph, chain: list[Node]) -> None:
    """Remove clips, with what only computed their bounds, but not what they clip."""
    for clip in chain:
        large = source_of(graph, clip)
        graph.give(clip, inputs=[tensor for tensor in clip.inputs if tensor != large])
        graph.remove(clip)
