"""Conditions on whole subgraphs, by the names target files call them; they answer as predicates do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from maistudio.targets.facts import GraphFacts
from maistudio.tflite.model import Op

SIZED_BY: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {
        **dict.fromkeys(("RESHAPE", "BROADCAST_TO", "TILE", "PAD", "PADV2", "MIRROR_PAD", "TRANSPOSE"), (1,)),
        **dict.fromkeys(("RESIZE_BILINEAR", "RESIZE_NEAREST_NEIGHBOR", "EXPAND_DIMS", "TOPK_V2", "ONE_HOT"), (1,)),
        **dict.fromkeys(("MEAN", "SUM", "REDUCE_MAX", "REDUCE_MIN", "REDUCE_PROD", "REDUCE_ANY", "REDUCE_ALL"), (1,)),
        **dict.fromkeys(("ARG_MAX", "ARG_MIN"), (1,)),
        **dict.fromkeys(("SLICE", "BATCH_TO_SPACE_ND", "SPACE_TO_BATCH_ND", "SPLIT_V"), (1, 2)),
        **dict.fromkeys(("SPLIT", "FILL", "TRANSPOSE_CONV"), (0,)),
        "STRIDED_SLICE": (1, 2, 3),
        "RANGE": (0, 1, 2),
    }
)
"""Inputs whose values decide about sizes: where one is computed, the kernel makes its results while it runs
(SetTensorToDynamic in LiteRT, tflite/kernels)."""
SIZED_BY_DATA = frozenset({"WHERE", "UNIQUE", "NON_MAX_SUPPRESSION_V4", "NON_MAX_SUPPRESSION_V5"})
KNOWN_EARLY = frozenset({"SHAPE", "RANK"})
"""What they make of sizes that are known is known before anything runs."""


def no_dynamic_tensors(facts: GraphFacts) -> str:
    """Whether every size is known before the model runs. -1 in a signature beside a stated size is no matter.

    What depends on values that are computed is unknown, and TFLite allocates it while it runs.
    """
    for op in facts.graph.ops:
        if _sized_while_running(facts, op):
            return f"the sizes of what {op.type} at op {op.index} makes are known only when it runs"
    return ""


def _sized_while_running(facts: GraphFacts, op: Op) -> bool:
    for index in op.outputs:
        tensor = facts.tensor(index)
        if tensor is not None and not tensor.constant and tensor.type != "RESOURCE" and facts.shape(tensor) is None:
            return True
    if op.type in SIZED_BY_DATA:
        return True
    for place in SIZED_BY.get(op.type, ()):
        tensor = facts.tensor(op.inputs[place]) if place < len(op.inputs) else None
        if tensor is None or tensor.constant or tensor.index in facts.folded:
            continue
        maker = facts.links.producer[tensor.index]
        if maker is None or facts.graph.ops[maker].type not in KNOWN_EARLY:
            return True
    return False


GRAPH_PREDICATES: Mapping[str, Callable[[GraphFacts], str]] = MappingProxyType(
    {"no_dynamic_tensors": no_dynamic_tensors}
)
