"""What the list of findings shows: what targets refuse, put together where it is the same, and the advice."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from maistudio.gui.targets.words import RANK, in_words
from maistudio.targets.values import Finding, TargetReport, Verdict
from maistudio.tflite.text import clean, elide_middle, list_text

TOLD = (Verdict.FAILS_AT_START, Verdict.REFUSED)
"""Verdicts that are findings: what is left on the CPU follows from them, and nobody can mend what is not known."""
TARGETS_NAMED = 3
BEGINS: Mapping[Verdict, str] = MappingProxyType({Verdict.REFUSED: "refused-", Verdict.FAILS_AT_START: "fails-"})
"""What the ids of advice on such ops begin with; see ``targets.lints.refusals``, not imported for it reads files."""
LONGEST_TYPE = 60


@dataclass(frozen=True, slots=True)
class Item:
    """One finding. ``verdict`` is None for advice. ``id`` is what it is silenced by, ``rewrite`` what mends it, if any.

    ``targets`` are the ids of those that it happens on. ``places`` are its ops as (subgraph, op), none where it is
    about the whole model.
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


def items_of(
    reports: Sequence[TargetReport], findings: Sequence[Finding], silenced: Collection[str] = ()
) -> tuple[Item, ...]:
    """What fails or is refused, the same on several targets told once; then advice; silenced ones last of all."""
    refusals, used = _refusals(reports, findings, silenced)
    advice = [_advice(finding, finding.id in silenced) for finding in findings if id(finding) not in used]
    return tuple(sorted((*refusals, *advice), key=lambda item: item.silenced))


def place_text(item: Item, at: int = 0) -> str:
    """Which op is meant: "op 12", or "op 12, 3 of 40" of several; "" for the whole model."""
    if not item.places:
        return ""
    subgraph, op = item.places[at]
    where = f"op {op}" if not subgraph else f"op {op} of subgraph {subgraph}"
    return where if len(item.places) == 1 else f"{where}, {at + 1:,} of {len(item.places):,}"


def _advice(finding: Finding, silenced: bool) -> Item:
    places = finding.places or (((finding.subgraph, finding.op),) if finding.op is not None else ())
    return Item(
        None,
        finding.message,
        finding.advice,
        finding.source,
        places=places,
        id=finding.id,
        rewrite=finding.rewrite,
        silenced=silenced,
    )


@dataclass(slots=True)
class _Same:
    """What happens to ops of one type for one reason: on which targets, by which sources, and to which ops."""

    targets: dict[str, str]
    sources: dict[str, None]
    places: dict[tuple[int, int], None]


def _refusals(
    reports: Sequence[TargetReport], findings: Sequence[Finding], silenced: Collection[str]
) -> tuple[list[Item], set[int]]:
    """Items for what targets say of ops, with the advice on each; and which findings that was."""
    found: dict[tuple[Verdict, str, str], _Same] = {}
    for report in reports:
        for op in report.ops:
            if op.verdict in TOLD:
                same = found.setdefault((op.verdict, op.type, op.reason), _Same({}, {}, {}))
                same.targets[report.target] = report.name
                if op.rule.source:
                    same.sources[op.rule.source] = None
                same.places[op.subgraph, op.index] = None
    by_id: dict[str, list[Finding]] = {}
    for finding in findings:
        by_id.setdefault(finding.id, []).append(finding)
    items: list[Item] = []
    used: set[int] = set()
    for (verdict, op_type, reason), same in found.items():
        advice = [
            finding
            for finding in by_id.get(f"{BEGINS[verdict]}{elide_middle(clean(op_type), LONGEST_TYPE)}", ())
            if finding.message.endswith(reason) and same.places.keys() & set(finding.places)
        ]
        used.update(map(id, advice))
        first = advice[0] if advice else None
        items.append(
            Item(
                verdict,
                f"{clean(op_type)}: {in_words(verdict)} on {list_text(same.targets.values(), TARGETS_NAMED)}",
                ". ".join(part for part in (_sentence(reason), first.advice if first else "") if part),
                first.source if first and len(same.sources) < 2 else list_text(same.sources),
                tuple(same.targets),
                tuple(sorted(same.places)),
                first.id if first else "",
                first.rewrite if first else "",
                first is not None and first.id in silenced,
            )
        )
    items.sort(key=lambda item: (RANK[item.verdict or Verdict.RUNS], -len(item.targets), -len(item.places)))
    return items, used


def _sentence(reason: str) -> str:
    return reason[:1].upper() + reason[1:].rstrip(".")
