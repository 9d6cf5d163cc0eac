"""``maistudio rewrite``: a model mended for a target, saved as a new file once it is shown to compute the same."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from maistudio.cli.check import OP_WORDS
from maistudio.cli.inspect import parse_shapes
from maistudio.cli.output import complain, labelled, print_lines
from maistudio.cli.targets import known_targets
from maistudio.cli.telling import finish_told
from maistudio.errors import clean
from maistudio.jobs.open import open_model
from maistudio.jobs.progress import finish
from maistudio.jobs.rewrite import RewriteReport, check_place, rewrite_model
from maistudio.jobs.sameness import Sameness
from maistudio.targets.rewrites.catalogue import REWRITES, Rewrite
from maistudio.targets.rewrites.editable import Change
from maistudio.targets.values import TargetReport
from maistudio.tflite.text import shape_text

NOT_SAVED = 1
CHANGES_SHOWN = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", help="a .tflite file")
    parser.add_argument("--for", required=True, dest="target", metavar="TARGET", help="an id of `maistudio targets`")
    parser.add_argument("-o", "--output", required=True, metavar="NEW", help="the new file; the model itself stays")
    parser.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="ID",
        help="do this rewrite wherever it makes nothing worse, and no others; may be given several times. "
        f"One of {', '.join(rewrite.id for rewrite in REWRITES)}",
    )
    parser.add_argument(
        "--force", action="store_true", help="save it even where it computes something else, or can't be run here"
    )
    parser.add_argument("--overwrite", action="store_true", help="replace a file that is there")
    parser.add_argument(
        "--shape",
        action="append",
        default=[],
        metavar="NAME=1x360x640x3",
        help="judge and compare at this shape of the named input; may be given for several inputs",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.epilog = "\n".join(f"{rewrite.id}: {rewrite.says}{_when(rewrite)}" for rewrite in REWRITES)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter


def _when(rewrite: Rewrite) -> str:
    if rewrite.when_asked:
        return " Only with --only."
    return "" if rewrite.tidies else " Without --only where the target doesn't run these ops."


def run(args: argparse.Namespace) -> int:
    """Rewrite and print what was done. Returns 0 where the new file is saved or there is nothing to rewrite, else 1.

    Raises MaiStudioError for a file, target, rewrite or place that can't be used.
    """
    new = Path(args.output)
    catalogue = known_targets()
    target = catalogue.named(args.target)
    opened = finish(open_model(args.model, parse_shapes(args.shape)))
    check_place(Path(args.model), new, args.overwrite)
    job = rewrite_model(opened, target, new, args.only, args.force, overwrite=args.overwrite)
    done = finish_told(job, sys.stderr)
    if args.json:
        print_lines([json.dumps(as_json(done), indent=1, allow_nan=False, ensure_ascii=False)])
    else:
        print_lines(report(done))
    if done.refusal:
        complain(f"{new}: {_told_refusal(done)}")
    return NOT_SAVED if done.changes and done.saved is None else 0


def _told_refusal(done: RewriteReport) -> str:
    if done.saved is not None:
        return f"saved as --force asks, though {done.refusal}"
    return f"not saved, as {done.refusal}: save it all the same with --force"


def report(done: RewriteReport) -> Iterable[str]:
    """What was changed, what the target makes of it, how the two models compare."""
    yield labelled("Model", clean(str(done.model)))
    yield labelled("Target", f"{done.target.id}: {done.target.name}")
    if not done.changes:
        yield labelled("Now", _standing(done.before))
        yield from _several("Held back", done.held_back)
        yield "There is nothing to rewrite for this target: no file was written"
        return
    told = list(map(_change, done.changes))
    more = [f"and {len(told) - CHANGES_SHOWN:,} more"] if len(told) > CHANGES_SHOWN else []
    yield from _several("Changed", (*told[:CHANGES_SHOWN], *more))
    yield from _several("Held back", done.held_back)
    yield labelled("Before", _standing(done.before))
    yield labelled("", _counts(done.before))
    yield labelled("After", _standing(done.after))
    yield labelled("", _counts(done.after))
    if done.sameness is not None:
        yield labelled("Difference", _difference(done.sameness))
        yield labelled("", _how(done.sameness))
    yield labelled("Saved as", "nothing" if done.saved is None else clean(str(done.saved)))


def _several(label: str, lines: Iterable[str]) -> Iterable[str]:
    for line in lines:
        yield labelled(label, clean(line))
        label = ""


def _change(change: Change) -> str:
    inside = f" of subgraph {change.subgraph}" if change.subgraph else ""
    named = f" {change.name}" if change.name else ""
    return f"op {change.op}{inside}, {change.type}{named}: {change.became} ({change.rewrite})"


def _standing(report: TargetReport) -> str:
    return clean(report.summary)


def _counts(report: TargetReport) -> str:
    counts = Counter(op.verdict for op in report.ops)
    return ", ".join(f"{count:,} {OP_WORDS[verdict]}" for verdict, count in counts.most_common())


def _difference(sameness: Sameness) -> str:
    if sameness.bitwise:
        return "none: all outputs are equal, bit for bit"
    return f"at most {sameness.largest_difference:.3g} of an output's range (in {clean(sameness.where)})"


def _how(sameness: Sameness) -> str:
    shapes = ", ".join(f"{clean(name)} {shape_text(shape)}" for name, shape in sameness.shapes.items())
    engines = " and ".join(sameness.engines)
    runs = f"{sameness.runs} run{'' if sameness.runs == 1 else 's'}"
    return f"in {runs} of both, {sameness.runtime}, {engines}{', at ' if shapes else ''}{shapes}"


def as_json(done: RewriteReport) -> dict[str, Any]:
    """What ``maistudio rewrite --json`` prints; differences are over an output's range, null without end."""
    return {
        "file": str(done.model),
        "target": done.target.id,
        "saved": None if done.saved is None else str(done.saved),
        "refusal": done.refusal or None,
        "changes": [
            {
                "rewrite": change.rewrite,
                "subgraph": change.subgraph,
                "op": change.op,
                "type": change.type,
                "name": change.name,
                "became": change.became,
            }
            for change in done.changes
        ],
        "held_back": list(done.held_back),
        "before": _report_json(done.before),
        "after": _report_json(done.after),
        "difference": None if done.sameness is None else _sameness_json(done.sameness),
    }


def _report_json(report: TargetReport) -> dict[str, Any]:
    return {
        "verdict": report.verdict.value,
        "summary": report.summary,
        "ops": dict(Counter(op.verdict.value for op in report.ops)),
    }


def _sameness_json(sameness: Sameness) -> dict[str, Any]:
    largest = sameness.largest_difference
    return {
        "largest_difference": largest if largest < float("inf") else None,
        "same": sameness.same,
        "bitwise": sameness.bitwise,
        "output": sameness.where or None,
        "runs": sameness.runs,
        "engines": [engine.value for engine in sameness.engines],
        "runtime": sameness.runtime,
        "shapes": {name: list(shape) for name, shape in sameness.shapes.items()},
    }
