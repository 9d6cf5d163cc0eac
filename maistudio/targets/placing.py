"""Where each op of a subgraph runs: the rules' judgements once it is known which partitions a delegate takes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from maistudio.targets.facts import GraphFacts
from maistudio.targets.judge import judge
from maistudio.targets.profile import Target, taken
from maistudio.targets.values import Judgement, OpReport, Proof, Verdict
from maistudio.tflite.text import plural

ACCEPTED = frozenset({Verdict.RUNS, Verdict.FAILS_AT_START, Verdict.CANDIDATE})
"""Verdicts of rules with which an op goes into a partition."""
DEPENDS = "whether it is taken depends on an op of which nothing is known"


@dataclass(frozen=True, slots=True)
class Cut:
    """Groups of ops that would run as one, and which of them are taken, by place."""

    groups: tuple[tuple[int, ...], ...]
    taken: frozenset[int]

    @property
    def ops(self) -> frozenset[int]:
        return frozenset(op for place in self.taken for op in self.groups[place])


class Placing:
    """One subgraph on a target, by its rules and by ``proofs`` of its ops."""

    def __init__(self, facts: GraphFacts, target: Target, proofs: Mapping[int, Proof]) -> None:
        self.facts, self.target, self.proofs = facts, target, proofs
        self._apart: frozenset[int] = frozenset() if target.partitioning.takes_folded else facts.folded_ops
        self._left_for: dict[str, Judgement] = {}
        self.judged = judge(target, facts)
        verdicts = [judgement.verdict for judgement in self.judged]
        self._sure = self._cut([verdict in ACCEPTED for verdict in verdicts])
        self._hoped = self._sure
        if Verdict.UNKNOWN in verdicts:
            self._hoped = self._cut([verdict in ACCEPTED or verdict is Verdict.UNKNOWN for verdict in verdicts])

    @cached_property
    def shown(self) -> Cut:
        """The partitions to tell of: the proved ones, all of which are taken, where there are proofs."""
        if not self.proofs:
            return self._sure
        runs = [
            op.index in self.proofs and self.proofs[op.index].verdict is Verdict.RUNS for op in self.facts.graph.ops
        ]
        groups = self.facts.groups(runs, self.target.partitioning.takes_folded)
        return Cut(groups, frozenset(range(len(groups))))

    @property
    def culprit(self) -> int | None:
        """The first op that keeps the delegate from starting: one that is taken and then fails."""
        if self.proofs:
            proved = (op for op, each in self.proofs.items() if each.verdict is Verdict.FAILS_AT_START)
            return min(proved, default=None)
        on_device = self._sure.ops
        failing = (op for op, each in enumerate(self.judged) if each.verdict is Verdict.FAILS_AT_START)
        return next((op for op in failing if op in on_device), None)

    @property
    def kept_off(self) -> Judgement | None:
        """What the culprit means for all other ops of the model; None where there is none."""
        culprit = self.culprit
        if culprit is None:
            return None
        words = f"{self.facts.graph.ops[culprit].type} at op {culprit} keeps the delegate from starting"
        return Judgement(Verdict.LEFT_ON_CPU, f"{words}, so nothing runs on it", self.judged[culprit].source)

    def reports(self, kept_off: Judgement | None) -> list[OpReport]:
        """Each op's report. ``kept_off`` is the judgement of all, where something keeps the delegate from starting."""
        graph = self.facts.graph
        sure, hoped = self._sure.ops, self._hoped.ops
        placed = [self._placed(op.index, sure, hoped, kept_off) for op in graph.ops]
        return [
            OpReport(graph.index, op.index, op.type, judgement, self.proofs.get(op.index))
            for op, judgement in zip(graph.ops, placed, strict=True)
        ]

    def _cut(self, accepted: Sequence[bool]) -> Cut:
        groups = self.facts.groups(accepted, self.target.partitioning.takes_folded)
        whole = len(self.facts.graph.ops) - len(self._apart)
        return Cut(groups, taken(groups, self.target.partitioning, whole))

    def _placed(self, op: int, sure: Collection[int], hoped: Collection[int], kept_off: Judgement | None) -> Judgement:
        judged = self.judged[op]
        if judged.verdict not in ACCEPTED:
            return judged
        surely, maybe = self._inside(op, sure), self._inside(op, hoped)
        if kept_off is not None:
            failing = judged.verdict is Verdict.FAILS_AT_START and surely
            return judged if failing else kept_off
        if surely and maybe:
            return judged
        if surely or maybe:
            return self._depends
        return self._left_behind(self._left(op))

    @cached_property
    def _depends(self) -> Judgement:
        return Judgement(Verdict.UNKNOWN, DEPENDS, self.target.partitioning.source)

    def _left_behind(self, reason: str) -> Judgement:
        """The judgement of the ops that are left for this reason, made once."""
        found = self._left_for.get(reason)
        if found is None:
            source = self.target.partitioning.source
            found = self._left_for[reason] = Judgement(Verdict.LEFT_ON_CPU, reason, source)
        return found

    def _inside(self, op: int, on_device: Collection[int]) -> bool:
        """Whether an op is on the device; a folded one only goes there with all others.

        FP16GraphPartitionHelper (LiteRT, tflite/delegates/utils.cc) keeps them on the CPU where only a part is taken.
        """
        if op in self._apart:
            return len(on_device) + len(self._apart) == len(self.facts.graph.ops)
        return op in on_device

    def _left(self, op: int) -> str:
        if op in self._apart:
            return "it is folded only where the whole model is taken"
        size, partitioning = self._group_sizes.get(op, 0), self.target.partitioning
        if size < partitioning.smallest:
            least = partitioning.smallest
            return f"its partition has {plural(size, 'op')}: only partitions of at least {least} are taken"
        most = partitioning.most or 0
        which = "the largest partition is" if most == 1 else f"the {most} largest partitions are"
        return f"its partition of {plural(size, 'op')} is not taken: only {which}"

    @cached_property
    def _group_sizes(self) -> Mapping[int, int]:
        return {op: len(group) for group in self._sure.groups for op in group}
