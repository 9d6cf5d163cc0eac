"""What the list of findings shows: advice for all targets, then what each refuses, told once where it is the same."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from maistudio.gui.targets.words import RANK, in_words
from maistudio.targets.values import Finding, OpReport, TargetReport, Verdict
from maistudio.tflite.text import clean, elide_middle, list_text

TOLD = (Verdict.FAILS_AT_START, Verdict.REFUSED)
"""Verdicts that are findings: what is left on the CPU follows from them, and nobody can mend what is not known."""
TARGETS_NAMED = 3
TYPES_NAMED = 3
BEGINS: Mapping[Verdict, str] = MappingProxyType({Verdict.REFUSED: "refused-", Verdict.FAILS_AT_START: "fails-"})
"""What the ids of advice on such ops begin with; see ``targets.lints.refusals``, not imported for it reads files."""
LONGEST_TYPE = 60
FOR_ALL = "Advice for every target"


@dataclass(frozen=True, slots=True)
class Item:
    """One finding. ``verdict`` is None for advice. ``id`` is what it is silenced by, ``rewrite`` what mends it, if any.

    ``targets`` are the ids of those that it happens on, none for advice that holds for all. ``group`` is the heading it
    stands under. ``places`` are its ops as (subgraph, op), none where it is about the whole model.
    """

    verdict: Verdict | None
    title: str
    detail: str
    source: str
    targets: tuple[str, ...] = ()
    places: tuple[tuple[int, int], ...] = ()
    id: str = ""
    rewrite: str = ""
    silenced: bool = False
    group: str = FOR_ALL


def items_of(
    reports: Sequence[TargetReport], findings: Sequence[Finding], silenced: Collection[str] = ()
) -> tuple[Item, ...]:
    """Advice for all, then what fails or is refused by target, the same on several told once; silenced ones last."""
    refusals, used = _refusals(reports, findings, silenced)
    names = {report.target: clean(report.name) for report in reports}
    order = {target: place for place, target in enumerate(names)}
    advice = [_advice(finding, names, finding.id in silenced) for finding in findings if id(finding) not in used]
    return tuple(
        sorted((*advice, *refusals), key=lambda item: (item.silenced, order.get(next(iter(item.targets), ""), -1)))
    )


def place_text(item: Item, at: int = 0) -> str:
    """Which op is meant: "op 12", or "op 12, 3 of 40" of several; "" for the whole model."""
    if not item.places:
        return ""
    subgraph, op = item.places[at]
    where = f"op {op}" if not subgraph else f"op {op} of subgraph {subgraph}"
    return where if len(item.places) == 1 else f"{where}, {at + 1:,} of {len(item.places):,}"


def _advice(finding: Finding, names: Mapping[str, str], silenced: bool) -> Item:
    places = finding.places or (((finding.subgraph, finding.op),) if finding.op is not None else ())
    return Item(
        None,
        finding.message,
        finding.advice,
        finding.source,
        targets=(finding.target,) if finding.target else (),
        places=places,
        id=finding.id,
        rewrite=finding.rewrite,
        silenced=silenced,
        group=names.get(finding.target, finding.target) or FOR_ALL,
    )


@dataclass(slots=True)
class _Same:
    """What happens to ops for one reason: on which targets, by which sources, to which, and the advice on it."""

    reason: str
    targets: dict[str, str]
    sources: dict[str, None]
    types: dict[str, None]
    places: dict[tuple[int, int], None]
    advice: list[Finding]


def _refusals(
    reports: Sequence[TargetReport], findings: Sequence[Finding], silenced: Collection[str]
) -> tuple[list[Item], set[int]]:
    """Items for what targets say of ops, with the advice on each; and which findings that was."""
    advice = {(each.target, *place): each for each in findings if each.target for place in each.places}
    found: dict[tuple[Verdict, str, str], _Same] = {}
    used: set[int] = set()
    for report in reports:
        for op in report.ops:
            if op.verdict in TOLD:
                finding = advice.get((report.target, op.subgraph, op.index))
                if finding is not None and not finding.id.startswith(BEGINS[op.verdict]):
                    finding = None
                same = found.setdefault(_key(op, finding), _Same(op.reason, {}, {}, {}, {}, []))
                same.targets[report.target] = report.name
                same.types[clean(op.type)] = None
                same.places[op.subgraph, op.index] = None
                if op.rule.source:
                    same.sources[op.rule.source] = None
                if finding is not None and id(finding) not in used:
                    used.add(id(finding))
                    same.advice.append(finding)
    items = [_item(verdict, same, silenced) for (verdict, _, _), same in found.items()]
    items.sort(key=lambda item: (RANK[item.verdict or Verdict.RUNS], -len(item.targets), -len(item.places)))
    return items, used


def _key(op: OpReport, finding: Finding | None) -> tuple[Verdict, str, str]:
    """What ops of one item have in common: the type and the reason, or advice that puts ops of all types together."""
    own_type = f"{BEGINS[op.verdict]}{elide_middle(clean(op.type), LONGEST_TYPE)}"
    if finding is not None and finding.id != own_type:
        return op.verdict, finding.id, finding.message.partition(": ")[2]
    return op.verdict, op.type, op.reason


def _item(verdict: Verdict, same: _Same, silenced: Collection[str]) -> Item:
    first = same.advice[0] if same.advice else None
    on = list_text(same.targets.values(), TARGETS_NAMED)
    return Item(
        verdict,
        f"{list_text(same.types, TYPES_NAMED)}: {in_words(verdict)} on {on}",
        ". ".join(part for part in (same.reason.rstrip("."), first.advice if first else "") if part),
        first.source if first and len(same.sources) < 2 else list_text(same.sources),
        tuple(same.targets),
        tuple(sorted(same.places)),
        first.id if first else "",
        first.rewrite if first else "",
        first is not None and first.id in silenced,
        clean(next(iter(same.targets.values()))),
    )
