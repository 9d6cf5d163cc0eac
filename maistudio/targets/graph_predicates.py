"""Conditions on whole subgraphs, by the names target files call them; they answer as predicates do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from maistudio.targets.facts import GraphFacts


def no_dynamic_tensors(facts: GraphFacts) -> str:
    """Whether every size is known before the model runs. -1 in a signature beside a stated size is no matter.

    What depends on values that are computed is unknown, and TFLite allocates it while it runs.
    """
    for op in facts.graph.ops:
        for index in op.outputs:
            tensor = facts.tensor(index)
            if tensor is not None and not tensor.constant and tensor.type != "RESOURCE" and facts.shape(tensor) is None:
                return f"the sizes of what {op.type} at op {op.index} makes are known only when it runs"
    return ""


GRAPH_PREDICATES: Mapping[str, Callable[[GraphFacts], str]] = MappingProxyType(
    {"no_dynamic_tensors": no_dynamic_tensors}
)
