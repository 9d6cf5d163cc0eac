"""What becomes of each op on LiteRT's GPU, from what a compile of the whole said and compiles of single ops.

LiteRT names the types of ops it refuses, not their places. An op whose type isn't named is supported; the only op of
its type in the graph is refused; of several of one type each is asked alone. Of what is supported the largest partition
runs, the first of equal ones (measured with 2.3.0: its first is built where two are equal). The counts LiteRT prints
must come out: where they don't, which of the supported ops run is unknown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping

from maistudio.runtime.gpu_answers import RUNS, Fate, Refusals, refusals_of
from maistudio.targets.values import Verdict
from maistudio.tflite.model import Model, Op
from maistudio.timing.plan import nodes_of, parts_of

ACCEPTED = (Verdict.RUNS, Verdict.FAILS_AT_START)


def refusals_of_main(model: Model, words: str) -> Refusals | None:
    """What is refused in the main subgraph; None where the words don't tell which graph they are about."""
    graph = model.subgraphs[0]
    types = {op.type for op in graph.ops}
    fitting = [each for each in refusals_of(words) if each.ops == len(graph.ops) and each.reasons.keys() <= types]
    return fitting[0] if len(fitting) == 1 else None


def folded(model: Model) -> frozenset[int]:
    """The DEQUANTIZE of constant float16 in the main subgraph, which the GPU takes as part of their readers."""
    graph = model.subgraphs[0]

    def unpacks(op: Op) -> bool:
        tensors = [graph.tensors[tensor] for tensor in op.inputs if 0 <= tensor < len(graph.tensors)]
        return bool(tensors) and all(tensor.constant and tensor.type == "FLOAT16" for tensor in tensors)

    return frozenset(op.index for op in graph.ops if op.type == "DEQUANTIZE" and unpacks(op))


def to_ask_alone(model: Model, refusals: Refusals | None, failed: bool = False) -> list[int]:
    """The ops of the main subgraph about which only a compile of their own tells.

    Of a model that ``failed`` to be built these are also the supported ones: one may be to blame.
    """
    left_out = folded(model)
    ops = [op for op in model.subgraphs[0].ops if op.index not in left_out]
    if refusals is None:
        return [op.index for op in ops]
    count = Counter(op.type for op in ops)
    return [op.index for op in ops if (count[op.type] > 1 if op.type in refusals.reasons else failed)]


def fates(model: Model, refusals: Refusals | None, alone: Mapping[int, Fate], failure: str = "") -> dict[int, Fate]:
    """What becomes of each op of the main subgraph. ``failure`` is why the whole couldn't be built after all."""
    found = _asked(model, refusals, alone)
    supported = [index for index, fate in found.items() if fate.verdict in ACCEPTED]
    taken = _largest_partition(model, supported)
    if refusals is not None and len(taken) != refusals.on_gpu:
        unsure = Fate(Verdict.UNKNOWN, f"{refusals.on_gpu} ops run on the GPU, and LiteRT doesn't say which")
        found |= dict.fromkeys(supported, unsure)
        taken = frozenset()
    else:
        outside = Fate(Verdict.LEFT_ON_CPU, f"outside of the partition taken, which has {len(taken)} ops")
        found |= {index: outside for index in supported if index not in taken}
    if failure and not any(fate.verdict is Verdict.FAILS_AT_START for fate in found.values()):
        found |= dict.fromkeys(taken, Fate(Verdict.FAILS_AT_START, f"the GPU accepts it and can't build it: {failure}"))
    return {**found, **_fates_of_folded(model, found)}


def _asked(model: Model, refusals: Refusals | None, alone: Mapping[int, Fate]) -> dict[int, Fate]:
    """What each op but the folded ones is told, before partitions."""
    found, left_out = {}, folded(model)
    for op in model.subgraphs[0].ops:
        if op.index in alone:
            found[op.index] = alone[op.index]
        elif refusals is not None and op.index not in left_out:
            reasons = refusals.reasons.get(op.type)
            found[op.index] = RUNS if reasons is None else Fate(Verdict.REFUSED, "; ".join(reasons))
    return found


def _largest_partition(model: Model, supported: Collection[int]) -> frozenset[int]:
    left_out = folded(model)
    nodes = [node for node in nodes_of(model, 0) if node.number not in left_out]
    parts = [part.nodes for part in parts_of(nodes, supported) if part.delegated]
    return frozenset(node.number for node in max(parts, key=len, default=()))


def _fates_of_folded(model: Model, found: Mapping[int, Fate]) -> dict[int, Fate]:
    """A folded op goes where its readers go."""
    readers: dict[int, list[int]] = {}
    for op in model.subgraphs[0].ops:
        for tensor in op.inputs:
            readers.setdefault(tensor, []).append(op.index)
    fates_of = {}
    for index in folded(model):
        outputs = model.subgraphs[0].ops[index].outputs
        verdicts = {
            found[reader].verdict for tensor in outputs for reader in readers.get(tensor, ()) if reader in found
        }
        if verdicts and verdicts <= {Verdict.RUNS}:
            fates_of[index] = Fate(Verdict.RUNS, "folded into the ops that read it")
        elif Verdict.RUNS in verdicts:
            fates_of[index] = Fate(Verdict.RUNS, "folded into those of its readers that run there")
        else:
            fates_of[index] = Fate(Verdict.LEFT_ON_CPU, "nothing that reads it runs there")
    return fates_of
