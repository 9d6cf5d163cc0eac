"""Verdicts in words, and which of several is told first."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from maistudio.targets.values import OpReport, TargetReport, TargetVerdict, Verdict
from maistudio.tflite.text import bytes_text, percent_text, plural

WORDS: Mapping[Verdict, str] = MappingProxyType(
    {
        Verdict.RUNS: "Runs",
        Verdict.LEFT_ON_CPU: "Left on the CPU",
        Verdict.REFUSED: "Refused",
        Verdict.FAILS_AT_START: "Fails at start",
        Verdict.CANDIDATE: "Candidate",
        Verdict.UNKNOWN: "Unknown",
    }
)
MEANINGS: Mapping[Verdict, str] = MappingProxyType(
    {
        Verdict.RUNS: "runs on the device",
        Verdict.LEFT_ON_CPU: "could run, but lies outside of what the device takes",
        Verdict.REFUSED: "the device does not take it; it runs on the CPU",
        Verdict.FAILS_AT_START: "taken and then not built: nothing of the model runs on the device",
        Verdict.CANDIDATE: "offered to the vendor's compiler, which decides",
        Verdict.UNKNOWN: "no source says",
    }
)
TARGET_WORDS: Mapping[TargetVerdict, str] = MappingProxyType(
    {
        TargetVerdict.FULL: "Runs whole",
        TargetVerdict.PARTIAL: "Runs in part",
        TargetVerdict.NONE: "Doesn't run",
        TargetVerdict.FAILS_AT_START: "Fails at start",
        TargetVerdict.CANDIDATE: "Candidate",
        TargetVerdict.UNKNOWN: "Unknown",
        TargetVerdict.WRONG_OUTPUT: "Wrong output",
    }
)
FALLS_SHORT = frozenset(
    {TargetVerdict.PARTIAL, TargetVerdict.NONE, TargetVerdict.FAILS_AT_START, TargetVerdict.WRONG_OUTPUT}
)
"""Verdicts on a model that say that not all of it runs on the device as it should."""
WORST_FIRST = (
    Verdict.FAILS_AT_START,
    Verdict.REFUSED,
    Verdict.LEFT_ON_CPU,
    Verdict.UNKNOWN,
    Verdict.CANDIDATE,
    Verdict.RUNS,
)
RANK: Mapping[Verdict, int] = MappingProxyType({verdict: place for place, verdict in enumerate(WORST_FIRST)})


def brief(text: str) -> str:
    """``text`` with the hashes of commits cut to the seven digits that people know them by."""
    return re.sub(r"\b([0-9a-f]{7})[0-9a-f]{33}\b", r"\1", text)


def in_words(verdict: Verdict) -> str:
    """A verdict as it stands inside of a sentence."""
    word = WORDS[verdict]
    return word[:1].lower() + word[1:]


def said_by(report: TargetReport, op: OpReport) -> str:
    """Who says what becomes of an op."""
    return f"proved by {op.proof.by}" if op.proof is not None else report.provenance


def disagreement(op: OpReport) -> str:
    """Rule and real compile beside each other where they differ; "" where they don't."""
    if op.proof is None or not op.disagrees:
        return ""
    rule, proof = op.rule, op.proof
    told = f"The rule says: {_phrase(rule.verdict, rule.reason)}"
    if rule.source:
        told += f" ({rule.source})"
    return f"{told}. The real compile says: {_phrase(proof.verdict, proof.reason)}"


def cell_words(report: TargetReport, op: OpReport) -> tuple[str, ...]:
    """Everything known of an op on a target, line by line: what, why, where that is written, who says so."""
    unit = f" on {op.rule.unit}" if op.rule.unit and op.verdict is Verdict.RUNS else ""
    lines = [f"{WORDS[op.verdict]}{unit}: {op.reason}" if op.reason else f"{WORDS[op.verdict]}{unit}"]
    if told := disagreement(op):
        lines.append(told)
    elif op.rule.source:
        lines.append(f"Source: {op.rule.source}")
    lines.append(said_by(report, op))
    return tuple(line for line in lines if line)


def trouble_text(reports: Sequence[TargetReport]) -> str:
    """How many targets don't run all of a model: "2 of 6 targets don't run all of it".

    "" where all may, or there is nothing to run.
    """
    short = sum(report.verdict in FALLS_SHORT and bool(report.ops) for report in reports)
    if not short:
        return ""
    return f"{short:,} of {plural(len(reports), 'target')} {'does' if short == 1 else 'do'}n't run all of it"


def numbers_text(report: TargetReport) -> str:
    """What runs on the device: "38 of 41 ops · 71.3% of MACs · 1.2 MiB cross"."""
    ops = report.delegated.ops + report.rest.ops
    parts = [f"{report.delegated.ops:,} of {ops:,} ops"]
    macs = _macs(report)
    if share := percent_text(report.delegated.macs or 0, macs):
        parts.append(f"{share} of MACs")
    if report.boundary.tensors:
        size = report.boundary.bytes
        parts.append(f"{bytes_text(size)} cross" if size is not None else "an unknown size crosses")
    return " · ".join(parts)


def crossing_text(report: TargetReport) -> str:
    """What the last of ``numbers_text`` is about: "1 tensor crosses between the device and the CPU, 64.0 KiB"."""
    count, size = len(report.boundary.tensors), report.boundary.bytes
    if not count:
        return ""
    crosses = f"{plural(count, 'tensor')} {'crosses' if count == 1 else 'cross'} between the device and the CPU"
    return f"{crosses}, {bytes_text(size)}" if size is not None else f"{crosses}, of an unknown size"


def _macs(report: TargetReport) -> int | None:
    sides = [side.macs for side in (report.delegated, report.rest) if side.macs is not None]
    return sum(sides) if sides else None


def _phrase(verdict: Verdict, reason: str) -> str:
    return f"{in_words(verdict)}, {reason}" if reason else in_words(verdict)
