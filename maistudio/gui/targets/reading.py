"""What the window keeps of a check: the report with all that the page shows of it, made off the interface thread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from maistudio.gui.targets.items import Item, items_of
from maistudio.gui.targets.matrix import Matrix, matrix_of
from maistudio.targets.values import Finding, TargetReport
from maistudio.tflite.model import Model

if TYPE_CHECKING:
    from maistudio.jobs.check import CheckReport


@dataclass(frozen=True, slots=True)
class KnownTarget:
    """A target that can be chosen. ``family`` is what it is listed under, ``prover`` the real compiler, "" for none."""

    id: str
    name: str
    family: str
    about: str = ""
    prover: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """All targets, with what is wrong in files of targets, and by title the targets of each challenge."""

    targets: tuple[KnownTarget, ...]
    faults: tuple[str, ...] = ()
    challenges: Mapping[str, tuple[str, ...]] | None = None


@dataclass(frozen=True, slots=True)
class Rewritten:
    """What came of a rewrite: what it changed in words, and what becomes of the new model on the target.

    ``difference`` is the largest one of the outputs over their range, None where they could not be compared.
    ``refusal`` says why the new file was not saved, or what speaks against it where it was ``saved`` all the same.
    """

    path: Path
    changes: str
    after: str
    difference: float | None
    refusal: str
    saved: bool


@dataclass(frozen=True, slots=True)
class Checked:
    """A model on the targets ``asked`` for, in their order.

    ``trouble`` says why what was stored of the model could not be looked up, "" where it could.
    """

    asked: tuple[str, ...]
    reports: tuple[TargetReport, ...]
    findings: tuple[Finding, ...]
    matrix: Matrix
    items: tuple[Item, ...]
    trouble: str = ""

    def report_of(self, target: str) -> TargetReport | None:
        """The report of the target of this id, if it was asked."""
        return next((report for report in self.reports if report.target == target), None)


def read_check(
    model: Model, asked: Sequence[str], report: CheckReport, silenced: frozenset[str], trouble: str = ""
) -> Checked:
    """A report made ready to be shown."""
    reports, findings = tuple(report.targets), tuple(report.findings)
    matrix = matrix_of(model, reports)
    return Checked(tuple(asked), reports, findings, matrix, items_of(reports, findings, silenced), trouble)
