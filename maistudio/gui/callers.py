"""Which op calls which subgraph: the way back from a loop's body to the graph that runs it."""

from __future__ import annotations

from dataclasses import dataclass

from maistudio.tflite.model import Model


@dataclass(frozen=True, slots=True)
class Caller:
    """The first op of the file that calls a subgraph."""

    subgraph: int
    op: int


def callers(model: Model) -> dict[int, Caller]:
    """The first caller of every subgraph that is called, by the subgraph called."""
    found: dict[int, Caller] = {}
    for graph in model.subgraphs:
        for op in graph.ops:
            for called in op.subgraphs:
                if called != graph.index:
                    found.setdefault(called, Caller(graph.index, op.index))
    return found


def trail(by_called: dict[int, Caller], subgraph: int) -> list[int]:
    """The subgraphs from the outermost caller down to ``subgraph``; cycles of calls end it."""
    way = dict.fromkeys([subgraph])
    while (caller := by_called.get(subgraph)) is not None and caller.subgraph not in way:
        subgraph = caller.subgraph
        way[subgraph] = None
    return list(reversed(way))


def subgraph_title(model: Model, index: int) -> str:
    """The subgraph's name, or its number where the file gives none."""
    return model.subgraphs[index].name or f"subgraph {index}"
