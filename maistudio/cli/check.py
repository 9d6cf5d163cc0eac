"""``maistudio check``: what becomes of a model on targets, and what to do about it."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from maistudio.cli.challenges import known_challenges
from maistudio.cli.inspect import parse_shapes
from maistudio.cli.output import complain, print_lines
from maistudio.cli.targets import known_targets
from maistudio.cli.telling import finish_told
from maistudio.errors import LibraryError, clean
from maistudio.jobs.check import CheckReport, check_targets
from maistudio.jobs.check_json import lint_values, report_values
from maistudio.jobs.open import open_model
from maistudio.jobs.progress import finish
from maistudio.jobs.silence import silence, silenced, unsilence
from maistudio.targets.profile import Target
from maistudio.targets.values import Finding, OpReport, TargetReport, TargetVerdict, Verdict
from maistudio.tflite.text import bytes_text, plural

FAILED = 1
GROUPS_SHOWN = 12
PLACES_SHOWN = 6
VERDICT_WORDS = {
    TargetVerdict.FULL: "runs whole",
    TargetVerdict.PARTIAL: "runs in part",
    TargetVerdict.NONE: "doesn't run",
    TargetVerdict.FAILS_AT_START: "fails at start",
    TargetVerdict.CANDIDATE: "candidate",
    TargetVerdict.UNKNOWN: "unknown",
    TargetVerdict.WRONG_OUTPUT: "wrong output",
}
OP_WORDS = {
    Verdict.FAILS_AT_START: "fails at start",
    Verdict.REFUSED: "refused",
    Verdict.UNKNOWN: "unknown",
    Verdict.LEFT_ON_CPU: "left on the CPU",
    Verdict.CANDIDATE: "candidate",
    Verdict.RUNS: "runs",
}
"""The worst first."""
TOLD_TOGETHER = (Verdict.LEFT_ON_CPU, Verdict.CANDIDATE)
"""Verdicts for one reason whatever the type of op."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", help="a .tflite file")
    parser.add_argument(
        "--target",
        action="append",
        default=[],
        metavar="ID",
        help="a target of `maistudio targets`; may be given several times (default: all, briefly)",
    )
    parser.add_argument(
        "--challenge", metavar="ID", help="the targets of this challenge, as `maistudio challenges` lists it"
    )
    parser.add_argument("--prove", action="store_true", help="also ask the real compilers that are on this machine")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--ops", action="store_true", help="list every op, also those that run")
    parser.add_argument(
        "--fail-on",
        choices=("partial",),
        help="exit with status 1 where a target runs the model neither whole nor is a candidate for it",
    )
    parser.add_argument(
        "--shape",
        action="append",
        default=[],
        metavar="NAME=1x360x640x3",
        help="check at this shape of the named input; may be given for several inputs",
    )
    parser.add_argument(
        "--silence", action="append", default=[], metavar="LINT", help="tell this advice no more for this model"
    )
    parser.add_argument(
        "--unsilence", action="append", default=[], metavar="LINT", help="tell this advice again for this model"
    )


def run(args: argparse.Namespace) -> int:
    """Print the check. Raises MaiStudioError for a file, target or shape that can't be used."""
    targets = _targets(args.target, args.challenge)
    opened = finish(open_model(args.model, parse_shapes(args.shape)))
    path = Path(args.model)
    if args.silence:
        silence(path, args.silence)
    if args.unsilence:
        unsilence(path, args.unsilence)
    quiet = _silenced(path)
    found = finish_told(check_targets(opened, targets, args.prove), sys.stderr if args.prove else None)
    brief = not (args.target or args.challenge or args.ops or args.json)
    told = [each for each in found.findings if not (brief and each.target)]
    shown = CheckReport(found.targets, tuple(each for each in told if each.id not in quiet))
    if args.json:
        print_lines(json_lines(args.model, shown))
    else:
        hidden = len(told) - len(shown.findings)
        print_lines(report(args.model, shown, brief, args.ops, hidden))
    return FAILED if args.fail_on and any(map(_falls_short, shown.targets)) else 0


def _silenced(path: Path) -> frozenset[str]:
    """What is silenced; nothing, and a complaint, where that can't be looked up: the rules stand without it."""
    try:
        return silenced(path)
    except LibraryError as error:
        complain(str(error))
        return frozenset()


def json_lines(file: str, found: CheckReport) -> Iterable[str]:
    """One JSON object, a target to a line: ten thousand ops on twenty targets are never held as text at once."""

    def text(value: object) -> str:
        return json.dumps(value, allow_nan=False, ensure_ascii=False)

    yield f'{{"file": {text(file)}, "targets": ['
    last = len(found.targets) - 1
    for place, report in enumerate(found.targets):
        yield text(report_values(report)) + ("," if place < last else "")
    yield f'], "lints": {text([lint_values(each) for each in found.findings])}}}'


def _falls_short(report: TargetReport) -> bool:
    return report.verdict not in (TargetVerdict.FULL, TargetVerdict.CANDIDATE)


def _targets(named: Sequence[str], challenge: str | None) -> tuple[Target, ...]:
    """The targets asked for, each once; all where none are. Raises UsageError for an unknown id."""
    known = known_targets()
    ids = [*named, *(known_challenges().named(challenge).targets if challenge else ())]
    chosen = tuple({each: known.named(each) for each in ids}.values()) if ids else known.targets
    for fault in known.faults:
        complain(str(fault))
    return chosen


def report(name: str, found: CheckReport, brief: bool, every_op: bool, hidden: int) -> Iterable[str]:
    """The check as text: a line for each target where it is ``brief``, else its ops that don't run, by reason."""
    yield clean(name)
    width = max((len(each.target) for each in found.targets), default=0)
    for each in found.targets:
        if brief:
            yield f"  {each.target:<{width}}  {VERDICT_WORDS[each.verdict]:<14}  {each.summary}{_proved(each)}"
        else:
            yield ""
            yield from _target(each, every_op)
    if brief:
        yield ""
        yield "`--target ID` tells which ops, why, and what to do"
    if found.findings:
        yield ""
        yield "Advice"
        for finding in found.findings:
            yield from _finding(finding)
    if hidden:
        yield ""
        yield f"{hidden} silenced: `maistudio check … --unsilence LINT` tells them again"


def _proved(report: TargetReport) -> str:
    if report.proved_by:
        return f" (proved by running {report.proved_by})"
    return f" (not proved: {report.failure})" if report.failure else ""


def _target(report: TargetReport, every_op: bool) -> Iterable[str]:
    yield f"{report.target}: {VERDICT_WORDS[report.verdict]}"
    yield f"  {report.summary}"
    yield f"  {report.provenance}"
    if report.failure:
        yield f"  not proved: {report.failure}"
    if report.note:
        yield f"  {clean(report.note)}"
    if report.boundary.tensors:
        size = "unknown" if report.boundary.bytes is None else bytes_text(report.boundary.bytes)
        count = len(report.boundary.tensors)
        cross = "crosses" if count == 1 else "cross"
        yield f"  {plural(count, 'tensor')} {cross} between the device and the CPU ({size})"
    if report.proved_by and report.largest_difference is not None:
        yield f"  its outputs are up to {report.largest_difference:.3g} of their largest value off the CPU's"
    groups = _alone(report.ops) if every_op else _by_reason(report.ops)
    for ops in groups[: None if every_op else GROUPS_SHOWN]:
        yield from _group(ops)
    if not every_op and len(groups) > GROUPS_SHOWN:
        yield f"  … and {len(groups) - GROUPS_SHOWN} more kinds of ops: `--ops` lists all"


def _alone(ops: Sequence[OpReport]) -> list[list[OpReport]]:
    return [[op] for op in ops]


def _by_reason(ops: Sequence[OpReport]) -> list[list[OpReport]]:
    """The ops that there is something to say of, the worst first; those left on the CPU for one reason together."""
    groups: dict[tuple[str, str, str, str], list[OpReport]] = {}
    for op in ops:
        if op.verdict is not Verdict.RUNS or op.disagrees:
            kind = "" if op.verdict in TOLD_TOGETHER else op.type
            groups.setdefault((op.verdict, kind, op.reason, op.rule.reason), []).append(op)
    order = list(OP_WORDS)
    return sorted(groups.values(), key=lambda group: order.index(group[0].verdict))


def _group(ops: Sequence[OpReport]) -> Iterable[str]:
    first = ops[0]
    unit = f" on {first.rule.unit}" if first.rule.unit and first.proof is None else ""
    types: dict[str, list[tuple[int, int]]] = {}
    for op in ops:
        types.setdefault(op.type, []).append((op.subgraph, op.index))
    named = [f"{clean(op_type)} at {_places(places)}" for op_type, places in list(types.items())[:PLACES_SHOWN]]
    more = [f"{len(types) - PLACES_SHOWN} more types"] if len(types) > PLACES_SHOWN else []
    yield f"  {OP_WORDS[first.verdict]}{unit}: {'; '.join(named + more)}"
    if first.reason:
        yield f"      {clean(first.reason)}"
    if first.disagrees:
        because = f": {clean(first.rule.reason)}" if first.rule.reason else ""
        yield f"      the rule says {OP_WORDS[first.rule.verdict]}{because}"
    if first.proof is None:
        yield f"      {first.rule.source}"
        return
    said = f": {clean(first.proof.reason)}" if first.proof.reason and first.proof.reason != first.reason else ""
    yield f"      proved by running {first.proof.by}{said}"
    if not first.disagrees:
        yield f"      {first.rule.source}"


def _places(places: Sequence[tuple[int, int]]) -> str:
    named = ", ".join(str(op) if not graph else f"{op} of subgraph {graph}" for graph, op in places[:PLACES_SHOWN])
    more = f" and {len(places) - PLACES_SHOWN:,} more" if len(places) > PLACES_SHOWN else ""
    return f"op{'' if len(places) == 1 else 's'} {named}{more}"


def _finding(finding: Finding) -> Iterable[str]:
    yield f"  {finding.id}: {clean(finding.message)}"
    yield f"      {clean(finding.advice)}"
    if finding.rewrite:
        yield f"      `maistudio rewrite` can do it: {finding.rewrite}"
    yield f"      {clean(finding.source)}"
