"""Ops taken out whose outputs nobody reads."""

from __future__ import annotations

from maistudio.targets.rewrites.editable import EditableModel

ID = "remove-unread"


def remove_unread(model: EditableModel) -> int:
    count = 0
    for graph in model.graphs:
        for node in reversed(graph.nodes):
            if not graph.is_read(node) and graph.is_pure(node) and model.may_begin_at(graph, node):
                model.note(ID, graph, [node], "removed: nothing reads what it makes")
                graph.remove(node, alone=True)
                count += 1
    return count
