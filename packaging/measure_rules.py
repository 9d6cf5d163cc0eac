"""How right the rules of targets are: against real compiles on this machine, and against recorded answers.

    python packaging/measure_rules.py FOLDER… [--live TARGET…] [--list]

FOLDERs hold .tflite files, and may hold a ``delegate-cases.json`` with recorded answers. Prints the README's table. A
rule's claim is that an op doesn't run on the target: precision is the share of these claims that the compiler
confirms, recall the share of the compiler's refusals that the rules foretold. Ops that a rule knows nothing of are
counted as unknown, ops on which a recorded compiler is known to be wrong as left out (``recorded_answers.py`` names
them). Where the compiler tells refused ops only, only refusals are compared.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from recorded_answers import KNOWN_ERRORS, ORACLES, recorded_answers

from maistudio.errors import MaiStudioError
from maistudio.jobs.check import check_targets
from maistudio.jobs.open import OpenedModel, open_model
from maistudio.jobs.progress import finish
from maistudio.jobs.text_tables import TextTable, as_markdown
from maistudio.resources import sample_models
from maistudio.targets.catalogue import shipped_targets
from maistudio.targets.profile import Target
from maistudio.targets.values import OpReport, Verdict

LIVE = ("xnnpack", "litert-gpu", "ethos-u55")
"""Targets whose compilers may be on this machine."""
HEADINGS = ("Target", "Compared with", "Models", "Ops", "Refused", "Precision", "Recall", "Left out", "Unknown")


@dataclass(slots=True)
class Tally:
    """Counts of one target beside one compiler; ``odd`` are the ops on which they differ."""

    target: str
    oracle: str
    models: int = 0
    ops: int = 0
    both: int = 0
    only_rule: int = 0
    only_oracle: int = 0
    unknown: int = 0
    left_out: int = 0
    odd: list[str] = field(default_factory=list)

    def count(self, model: Path, op: OpReport, refused_by_rule: bool, refused_by_oracle: bool) -> None:
        self.ops += 1
        if op.rule.verdict is Verdict.UNKNOWN:
            self.unknown += 1
            return
        self.both += refused_by_rule and refused_by_oracle
        self.only_rule += refused_by_rule and not refused_by_oracle
        self.only_oracle += refused_by_oracle and not refused_by_rule
        if refused_by_rule != refused_by_oracle:
            says = f"the rule refuses it ({op.rule.reason})" if refused_by_rule else "only the compiler refuses it"
            self.odd.append(f"{model.name}: {op.type} at op {op.index}: {says}")

    def row(self) -> tuple[str, ...]:
        refused = self.both + self.only_oracle
        return (
            self.target,
            self.oracle,
            str(self.models),
            f"{self.ops:,}",
            f"{refused:,}",
            _share(self.both, self.both + self.only_rule),
            _share(self.both, refused),
            f"{self.left_out:,}",
            f"{self.unknown:,}",
        )


def _share(part: int, whole: int) -> str:
    """A percentage that says 100 only where nothing is missing."""
    if not whole:
        return "–"
    share = 100 * part / whole
    return f"{share:.1f} %" if part == whole or share < 99.95 else f"{min(share, 99.99):.2f} %"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path, help="folders with .tflite files; the samples without")
    parser.add_argument("--live", nargs="*", default=LIVE, choices=LIVE, help="targets to ask compilers about (all)")
    parser.add_argument("--list", action="store_true", help="also list every op on which rule and compiler differ")
    args = parser.parse_args()
    tallies = [*_recorded(args.folders), *_live(_files(args.folders) or list(sample_models()), args.live)]
    for line in as_markdown(TextTable(HEADINGS, (False, False, *(True,) * 7), tuple(each.row() for each in tallies))):
        print(line)
    if args.list:
        for tally in tallies:
            for line in tally.odd:
                print(f"{tally.target} / {tally.oracle}: {line}")
    return 0


def _files(folders: Iterable[Path]) -> list[Path]:
    return sorted(file for folder in folders for file in folder.rglob("*.tflite"))


def _recorded(folders: Iterable[Path]) -> Iterator[Tally]:
    for folder in folders:
        for file in sorted(folder.rglob("delegate-cases.json")):
            answers = recorded_answers(file)
            models = {name: finish(open_model(file.parent / f"{name}.tflite")) for name in answers}
            targets = {target.id: target for target in shipped_targets()}
            for oracle in ORACLES:
                tally = Tally(oracle.target, f"{oracle.column}, recorded")
                for name, of_model in answers.items():
                    opened = models[name]
                    refused = oracle.read(of_model[oracle.column], opened.model)
                    if refused is None:
                        continue
                    tally.models += 1
                    for op in _by_rules(opened, targets[oracle.target]):
                        if (oracle.column, name, op.type) in KNOWN_ERRORS:
                            tally.left_out += 1
                            continue
                        by_rule = op.verdict is Verdict.REFUSED if oracle.refusals_only else _stays(op.rule.verdict)
                        tally.count(Path(name), op, by_rule, op.index in refused)
                yield tally


def _by_rules(opened: OpenedModel, target: Target) -> list[OpReport]:
    report = finish(check_targets(opened, [target])).targets[0]
    return [op for op in report.ops if op.subgraph == 0]


def _stays(verdict: Verdict) -> bool:
    return verdict not in (Verdict.RUNS, Verdict.CANDIDATE)


def _live(files: list[Path], asked: Iterable[str]) -> Iterator[Tally]:
    for target in (target for target in shipped_targets() if target.id in asked):
        tally = Tally(target.id, "")
        why = ""
        for file in files:
            try:
                opened = finish(open_model(file))
            except MaiStudioError:
                continue
            print(f"{target.id}: {file.name}", file=sys.stderr)
            report = finish(check_targets(opened, [target], prove=True)).targets[0]
            why = why or report.failure
            proved = [op for op in report.ops if op.proof is not None and op.proof.verdict is not Verdict.UNKNOWN]
            if not proved:
                continue
            tally.oracle = f"{report.proved_by}, live"
            tally.models += 1
            for op in proved:
                assert op.proof is not None
                tally.count(file, op, _stays(op.rule.verdict), _stays(op.proof.verdict))
        if tally.models:
            yield tally
        else:
            print(f"{target.id}: not compared here: {why}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
