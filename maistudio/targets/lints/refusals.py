"""Advice on the ops that keep a model off a target."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from maistudio.resources import resource_path
from maistudio.targets.lints.hit import where
from maistudio.targets.values import Finding, OpReport, TargetReport, Verdict
from maistudio.tflite.model import Model, Op
from maistudio.tflite.text import clean, elide_middle, list_text, plural

REFUSED = "refused-"
FAILS = "fails-"
"""What the ids of findings begin with; the op's type follows, or what many ops have in common."""

_LONGEST_TYPE = 60


@dataclass(frozen=True, slots=True)
class RefusalText:
    """What to do about ops of these types; see ``resources/advice/refusals.toml``. No ``ops`` are all."""

    advice: str
    source: str
    ops: frozenset[str] = frozenset()
    least_rank: int = 0
    says: re.Pattern[str] | None = None
    fails: bool = False
    together: str = ""
    rewrite: str = ""
    targets: tuple[str, ...] = ("",)


@cache
def refusal_texts() -> tuple[RefusalText, ...]:
    """In the file's order; the last one fits every op."""
    table = tomllib.loads(resource_path("advice/refusals.toml").read_text("utf-8"))
    return tuple(
        RefusalText(
            advice=row["advice"],
            source=row["source"],
            ops=frozenset(row.get("ops", ())),
            least_rank=row.get("least_rank", 0),
            says=re.compile(row["says"]) if "says" in row else None,
            fails=row.get("fails", False),
            together=row.get("together", ""),
            rewrite=row.get("rewrite", ""),
            targets=tuple(row.get("targets", ("",))),
        )
        for row in table["refusal"]
    )


def advice_for(report: TargetReport, model: Model) -> tuple[Finding, ...]:
    """What keeps a model off the report's target, by op type and reason: first what makes the whole start fail.

    What holds for ops of all types, as that they compute in float, is one finding, "refused-float", with the first
    op's reason. ``source`` names who refuses, then who gives the advice.
    """
    groups: dict[tuple[Verdict, str, str], list[OpReport]] = {}
    texts: dict[tuple[Verdict, str, str], RefusalText] = {}
    for verdict in (Verdict.FAILS_AT_START, Verdict.REFUSED):
        for op in report.ops:
            if op.verdict is verdict:
                text = _text_for(model, op, report.target)
                key = (verdict, "", text.together) if text.together else (verdict, op.type, op.reason)
                texts.setdefault(key, text)
                groups.setdefault(key, []).append(op)
    return tuple(_finding(report, texts[key], ops) for key, ops in groups.items())


def _finding(report: TargetReport, text: RefusalText, ops: Sequence[OpReport]) -> Finding:
    first = ops[0]
    fails = first.verdict is Verdict.FAILS_AT_START
    places = tuple((op.subgraph, op.index) for op in ops)
    types = Counter(elide_middle(clean(op.type), _LONGEST_TYPE) for op in ops)
    if len(types) == 1:
        count = f"{plural(len(ops), f'{next(iter(types))} op')}{where(places)}"
    else:
        count = f"{plural(len(ops), 'op')} ({list_text(types)}; {where(places).strip(' ()')})"
    about = text.together or next(iter(types))
    reason = f": {first.reason}" if first.reason else ""
    does = f"{report.name} takes {count} and then fails to start" if fails else f"{report.name} refuses {count}"
    return Finding(
        id=f"{FAILS if fails else REFUSED}{about}",
        subgraph=first.subgraph,
        op=first.index,
        message=does + reason,
        advice=text.advice,
        source=f"{first.rule.source if first.proof is None else first.proof.by}; {text.source}",
        rewrite=text.rewrite,
        places=places,
        target=report.target,
    )


def _text_for(model: Model, report: OpReport, target: str) -> RefusalText:
    op = _op(model, report)
    rank = _rank(model, report.subgraph, op)
    types = {report.type}
    if op is not None and op.custom:
        types = {report.type, "FLEX" if op.flex else "CUSTOM"}
    texts = refusal_texts()
    return next(
        (
            text
            for text in texts
            if (not text.ops or text.ops & types)
            and target.startswith(text.targets)
            and rank >= text.least_rank
            and (not text.fails or report.verdict is Verdict.FAILS_AT_START)
            and (text.says is None or text.says.search(f"{report.type}: {report.reason}"))
        ),
        texts[-1],
    )


def _op(model: Model, report: OpReport) -> Op | None:
    ops = model.subgraphs[report.subgraph].ops if 0 <= report.subgraph < len(model.subgraphs) else ()
    return ops[report.index] if 0 <= report.index < len(ops) else None


def _rank(model: Model, subgraph: int, op: Op | None) -> int:
    """The most dimensions of what an op computes on or makes."""
    if op is None:
        return 0
    tensors = model.subgraphs[subgraph].tensors
    meant = (tensors[index] for index in (*op.inputs, *op.outputs) if 0 <= index < len(tensors))
    return max((len(tensor.shape) for tensor in meant if not tensor.constant), default=0)
