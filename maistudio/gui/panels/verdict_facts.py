"""What the details panel says of an op, or of a group of ops, on the targets that were checked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from maistudio.gui.panels.facts import Fact, Group
from maistudio.gui.targets.words import WORDS, WORST_FIRST, brief, disagreement, in_words, said_by
from maistudio.targets.values import OpReport, TargetReport
from maistudio.tflite.text import clean

if TYPE_CHECKING:
    from maistudio.gui.targets.reading import Checked

TITLE = "Targets"


def verdict_group(checked: Checked | None, subgraph: int, ops: Sequence[int]) -> Group:
    """One op on each target with the reason and its source, or how many of several ops have which verdict."""
    if checked is None:
        return Group(TITLE, ())
    rows = [row for op in ops if (row := checked.matrix.row_of(subgraph, op)) >= 0]
    facts: list[Fact] = []
    for report in checked.reports:
        held = [report.ops[row] for row in rows if row < len(report.ops)]
        if len(held) == 1 and len(ops) == 1:
            facts += _of_op(report, held[0])
        elif held:
            facts.append(Fact(clean(report.target), _counts(held), tip=_tip(report, report.provenance), wrap=True))
    return Group(TITLE, tuple(facts))


def _of_op(report: TargetReport, op: OpReport) -> list[Fact]:
    words = WORDS[op.verdict] + (f" on {op.rule.unit}" if op.rule.unit else "")
    if op.reason:
        words += f": {op.reason}"
    found = [Fact(clean(report.target), brief(clean(words)), tip=_tip(report, said_by(report, op)), wrap=True)]
    if told := disagreement(op):
        found.append(Fact("", brief(clean(told)), wrap=True, aside=True))
    elif op.proof is not None:
        found.append(Fact("", clean(said_by(report, op)), aside=True, wrap=True))
    elif op.rule.source:
        found.append(Fact("", brief(clean(op.rule.source)), tip=clean(op.rule.source), aside=True, wrap=True))
    return found


def _tip(report: TargetReport, told: str) -> str:
    return f"{clean(report.name)}\n{clean(told)}"


def _counts(held: Sequence[OpReport]) -> str:
    counts = Counter(op.verdict for op in held)
    return ", ".join(f"{counts[verdict]:,} {in_words(verdict)}" for verdict in WORST_FIRST if counts[verdict])
