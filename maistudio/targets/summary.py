"""A report in one word and in one sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from maistudio.targets.values import OpReport, TargetReport, TargetVerdict, Verdict
from maistudio.tflite.text import plural

BLOCKING = (Verdict.FAILS_AT_START, Verdict.REFUSED, Verdict.UNKNOWN)
"""Verdicts of ops that keep others off the device, the worst first."""


ByVerdict = Mapping[Verdict, Sequence[OpReport]]


def by_verdict(ops: Iterable[OpReport]) -> ByVerdict:
    """The ops of each verdict there is, in file order."""
    found: dict[Verdict, list[OpReport]] = {}
    for op in ops:
        found.setdefault(op.verdict, []).append(op)
    return found


def model_verdict(ops: ByVerdict) -> TargetVerdict:
    """What becomes of a model, from what becomes of its ops."""
    found = ops.keys()
    if Verdict.FAILS_AT_START in found:
        return TargetVerdict.FAILS_AT_START
    promising = found & {Verdict.RUNS, Verdict.CANDIDATE}
    off = found & {Verdict.REFUSED, Verdict.LEFT_ON_CPU}
    if not promising:
        return TargetVerdict.UNKNOWN if Verdict.UNKNOWN in found else TargetVerdict.NONE
    if off:
        return TargetVerdict.PARTIAL
    if Verdict.UNKNOWN in found:
        return TargetVerdict.UNKNOWN
    return TargetVerdict.CANDIDATE if Verdict.CANDIDATE in found else TargetVerdict.FULL


def summary_of(report: TargetReport, ops: ByVerdict, device: str) -> str:
    """One sentence: how much runs on the device, and which ops keep the rest off it."""
    count = len(report.ops)
    if not count:
        return "the model has no ops"
    on = f"on the {device}"
    share = macs_share(report)
    much = f"{report.delegated.ops:,} of {count:,} ops"
    if share is not None and 0 < report.delegated.ops < count:
        much += f", {_percent(share)} of the MACs"
    worst = next((ops[verdict] for verdict in BLOCKING if verdict in ops), ())
    blocking = _named(worst)
    keep = "keeps" if len(worst) == 1 else "keep"
    match report.verdict:
        case TargetVerdict.FULL:
            return f"{_all_ops(count)} {on}"
        case TargetVerdict.WRONG_OUTPUT:
            return f"{_all_ops(count)} {on}, but its outputs are wrong: {_difference(report)} off the CPU's"
        case TargetVerdict.FAILS_AT_START:
            return f"nothing runs {on}: {blocking} {keep} the delegate from starting"
        case TargetVerdict.NONE:
            return f"nothing runs {on}" + (
                f": {blocking} {'is' if len(worst) == 1 else 'are'} refused" if blocking else ""
            )
        case TargetVerdict.CANDIDATE:
            all_ops = "its only op is a candidate" if count == 1 else f"all {count:,} ops are candidates"
            return f"{all_ops} for the {device}: its compiler or driver decides"
        case TargetVerdict.UNKNOWN:
            return f"{much} {on} for certain; nothing is known of {blocking}"
    candidates = Verdict.CANDIDATE in ops
    sentence = f"{much} {'are candidates for the ' + device if candidates else on}"
    return f"{sentence}; {blocking} {keep} the rest on the CPU" if blocking else sentence


def _all_ops(count: int) -> str:
    return "its only op" if count == 1 else f"all {count:,} ops"


def macs_share(report: TargetReport) -> float | None:
    """The share of the MACs on the device, 0 to 1; None where none are counted."""
    on, off = report.delegated.macs, report.rest.macs
    total = (on or 0) + (off or 0)
    return (on or 0) / total if total else None


def _difference(report: TargetReport) -> str:
    return f"up to {report.largest_difference:.3g} of their largest value"


def _named(ops: Sequence[OpReport], most: int = 3) -> str:
    """The types of these ops, each with where it stands first: "SPLIT at op 0 and 2 more"."""
    places: dict[str, list[OpReport]] = {}
    for op in ops:
        places.setdefault(op.type, []).append(op)
    named = [_place(op_type, found) for op_type, found in list(places.items())[:most]]
    if len(places) > most:
        named.append(plural(len(places) - most, "more type"))
    return named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}" if named else ""


def _place(op_type: str, found: Sequence[OpReport]) -> str:
    first = found[0]
    where = f"at op {first.index}" + (f" of subgraph {first.subgraph}" if first.subgraph else "")
    more = f" and {len(found) - 1:,} more" if len(found) > 1 else ""
    return f"{op_type} {where}{more}"


def _percent(share: float) -> str:
    shown = f"{100 * share:.0f}"
    if shown == "100" and share < 1:
        return "over 99 %"
    return "under 1 %" if shown == "0" and share > 0 else f"{shown} %"
