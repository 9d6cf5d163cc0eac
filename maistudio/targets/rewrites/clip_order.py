"""Clips moved in front of DEPTH_TO_SPACE. Exact: it only moves numbers, and a clip looks at each one alone."""

from __future__ import annotations

from maistudio.targets.rewrites.clips import CLIPPED, clip_of, source_of
from maistudio.targets.rewrites.editable import EditableModel
from maistudio.targets.rewrites.graph import Graph
from maistudio.targets.rewrites.node import Node

ID = "clip-before-depth-to-space"


def move_clips(model: EditableModel) -> int:
    count = 0
    for graph in model.graphs:
        for node in graph.nodes:
            clips = _clips_behind(graph, node) if node.type == "DEPTH_TO_SPACE" else []
            if clips and model.may_begin_at(graph, node, *clips):
                kinds = ", ".join(clip.type for clip in clips)
                became = f"{kinds} moved in front of it"
                moved = _move(graph, node, clips)
                model.note(ID, graph, [node, *clips], became, [*moved, node])
                count += 1
    return count


def _clips_behind(graph: Graph, node: Node) -> list[Node]:
    """The clips that follow an op, where they can stand in front of it; they may change the quantization on the way."""
    if not node.is_whole or graph.shape(node.inputs[0]) is None or not graph.alike(node.inputs[0], node.outputs[0]):
        return []
    clips: list[Node] = []
    following = graph.only_user(node.outputs[0])
    while following is not None and _is_clip(graph, following):
        clips.append(following)
        following = graph.only_user(following.outputs[0])
    return clips


def _is_clip(graph: Graph, node: Node) -> bool:
    if clip_of(graph, node) is not None:
        return True
    return node.type in CLIPPED and len(node.inputs) == 1 and len(node.outputs) == 1 and graph.is_plain(node.outputs[0])


def _move(graph: Graph, node: Node, clips: list[Node]) -> list[Node]:
    current, result, moved = node.inputs[0], clips[-1].outputs[0], []
    shape = graph.shape(current) or ()
    for clip in clips:
        made = graph.add_tensor(f"{graph.name(clip.outputs[0])}/small", clip.outputs[0], shape)
        large = source_of(graph, clip)
        inputs = [current if tensor == large else tensor for tensor in clip.inputs]
        new = graph.add_op(clip.type, clip.code.get("version", 1), inputs, [made], node)
        new.values |= clip.values
        new.origin = clip.origin
        moved.append(new)
        current = made
    for clip in clips:
        graph.remove(clip, alone=True)
    graph.give(node, [current], [result])
    return moved
