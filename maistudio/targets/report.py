"""A model on a target: what its rules and real compiles make of each op, the partitions, and what crosses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from maistudio.targets.facts import GraphFacts
from maistudio.targets.model_facts import ModelFacts
from maistudio.targets.placing import Placing
from maistudio.targets.profile import Target
from maistudio.targets.summary import by_verdict, model_verdict, summary_of
from maistudio.targets.values import (
    Boundary,
    Compiled,
    Partition,
    Proof,
    TargetReport,
    TargetVerdict,
    Verdict,
)
from maistudio.tflite.costs import tensor_bytes

WRONG_ABOVE = 0.1
"""Differences beyond this share of the CPU's largest magnitude make the outputs wrong.

Measured on LiteRT 2.3.0's GPU accelerator on SwiftShader: up to 2e-5 for float models and 0.02 (5 of 255) for int8
ones that are right, from 0.58 for those that are wrong.
"""
ON_DEVICE = (Verdict.RUNS, Verdict.CANDIDATE)


def report_on(facts: ModelFacts, target: Target, compiled: Compiled | None = None) -> TargetReport:
    """A model on a target, by its rules and, where there is one, by a real compile."""
    placings = [
        Placing(graph, target, _proofs_of(graph, compiled)) for graph in facts.graphs(target.partitioning.folds)
    ]
    kept_off = next((each for placing in placings if (each := placing.kept_off) is not None), None)
    ops = tuple(op for placing in placings for op in placing.reports(kept_off))
    on_device: list[list[int]] = [[] for _ in placings]
    left: list[list[int]] = [[] for _ in placings]
    verdicts = by_verdict(ops)
    for said, found in verdicts.items():
        side = on_device if said in ON_DEVICE else left
        for op in found:
            side[op.subgraph].append(op.index)
    verdict = model_verdict(verdicts)
    if verdict is TargetVerdict.FULL and compiled and _is_wrong(compiled):
        verdict = TargetVerdict.WRONG_OUTPUT
    report = TargetReport(
        target=target.id,
        name=target.name,
        verdict=verdict,
        summary="",
        partitions=tuple(_partitions(facts, placings, started=kept_off is None)),
        delegated=facts.sides(enumerate(on_device)),
        rest=facts.sides(enumerate(left)),
        boundary=_boundary(facts, placings, on_device),
        ops=ops,
        provenance=f"proved by running {compiled.by}" if compiled else target.provenance,
        proved_by=compiled.by if compiled else "",
        note=compiled.note if compiled else "",
        largest_difference=compiled.largest_difference if compiled else None,
    )
    return replace(report, summary=summary_of(report, verdicts, target.device))


def _proofs_of(graph: GraphFacts, compiled: Compiled | None) -> Mapping[int, Proof]:
    proofs = compiled.ops if compiled else {}
    return {op: proof for (subgraph, op), proof in proofs.items() if subgraph == graph.graph.index}


def _is_wrong(compiled: Compiled) -> bool:
    difference = compiled.largest_difference
    return difference is not None and not difference <= WRONG_ABOVE


def _partitions(facts: ModelFacts, placings: Sequence[Placing], started: bool) -> Iterable[Partition]:
    for placing in placings:
        subgraph, cut = placing.facts.graph.index, placing.shown
        for place, group in enumerate(cut.groups):
            totals = facts.side(subgraph, group)
            yield Partition(subgraph, group, totals.macs, totals.weight_bytes, started and place in cut.taken)


def _boundary(facts: ModelFacts, placings: Sequence[Placing], on_device: Sequence[Sequence[int]]) -> Boundary:
    """The tensors that one side makes and the other reads."""
    crossing: list[tuple[int, int]] = []
    total: int | None = 0
    for placing, indices in zip(placings, on_device, strict=True):
        around = placing.facts
        graph, shapes = around.graph, facts.shapes.tensors[around.graph.index]
        for tensor in _crossing(around, frozenset(indices)):
            crossing.append((graph.index, tensor))
            size = tensor_bytes(graph.tensors[tensor], shapes[tensor])
            total = None if total is None or size is None else total + size
    return Boundary(tuple(crossing), total)


def _crossing(around: GraphFacts, on_device: frozenset[int]) -> Iterable[int]:
    if not on_device or len(on_device) == len(around.graph.ops):
        return
    links = around.links
    for tensor, maker in enumerate(links.producer):
        if maker is None or tensor in around.folded:  # a delegate reads the constant behind it
            continue
        made = maker in on_device
        for reader in links.users[tensor]:
            if (reader in on_device) != made:
                yield tensor
                break
