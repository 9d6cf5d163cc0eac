"""Check a model against targets: by their rules and by real compiles, with advice on what stands in the way."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from maistudio.errors import MaiStudioError, StaleFileError
from maistudio.jobs.compiles import keep_compile, with_note
from maistudio.jobs.open import OpenedModel
from maistudio.jobs.progress import Job, Progress
from maistudio.steps import relayed
from maistudio.targets.lints import find
from maistudio.targets.lints.refusals import advice_for
from maistudio.targets.model_facts import ModelFacts
from maistudio.targets.profile import Target
from maistudio.targets.report import report_on
from maistudio.targets.values import Compiled, Finding, TargetReport

if TYPE_CHECKING:
    from maistudio.runtime.children import Children


@dataclass(frozen=True, slots=True)
class CheckReport:
    """A model on the targets asked for, in their order, and all advice: what keeps it off them first, then lints."""

    targets: tuple[TargetReport, ...]
    findings: tuple[Finding, ...]


def check_targets(
    opened: OpenedModel,
    targets: Sequence[Target],
    prove: bool = False,
    children: Children | None = None,
    kept: Mapping[str, Compiled] | None = None,
) -> Job[CheckReport]:
    """Check by rules; with ``prove`` also by the real compilers that are on this machine.

    What a compiler says is stored before it is told. One that can't be asked costs only itself: its report says why
    in ``failure``. What ``kept`` has of it by its prover, as ``kept_compiles`` finds it, holds where it isn't asked or
    can't be.
    """
    facts = ModelFacts(opened.model, opened.shapes, opened.costs, opened.parameters)
    reports = []
    proofs: dict[str, tuple[Compiled | None, str]] = {}
    for place, target in enumerate(targets):
        yield Progress(f"checking against {target.name}", place / len(targets))
        compiled, failure = (kept or {}).get(target.prover), ""
        if prove and target.prover:
            before = compiled
            if target.prover not in proofs:
                proofs[target.prover] = yield from _proved(opened, target, place / len(targets), children)
            compiled, failure = proofs[target.prover]
            if compiled is None and before is not None:
                compiled, failure = with_note(before, f"asked again in vain: {failure}"), ""
        report = report_on(facts, target, compiled)
        reports.append(replace(report, failure=failure) if failure else report)
    yield Progress("looking for advice", 1.0)
    found = [each for report in reports for each in advice_for(report, opened.model)]
    if any(each.rewrite for each in found):
        found = _with_possible_rewrites(opened, targets[0], found)
    return CheckReport(tuple(reports), (*_once(found), *find(opened.model, opened.shapes, opened.parameters)))


def _proved(
    opened: OpenedModel, target: Target, fraction: float, children: Children | None
) -> Generator[Progress, None, tuple[Compiled | None, str]]:
    """What a real compile says, else why there is none."""
    from maistudio.runtime.proving import prove_steps

    path = Path(opened.model.path)
    try:
        if not path.exists():
            raise StaleFileError(f"{path}: the file is not there any more: put it back to prove anything of it")
        if opened.model.source.changed:
            raise StaleFileError(f"{path}: the file changed after it was opened; reload it to prove anything of it")
        if opened.given:
            return None, "the compiler is only asked about the shapes in the file: check without shapes of your own"
        steps = prove_steps(path, target.prover, children=children)
        compiled = yield from relayed(steps, lambda stage: Progress(f"{target.name}: {stage}", fraction))
        if opened.model.source.changed:
            raise StaleFileError(f"{path}: the file changed while it was compiled; reload it and ask again")
        return (yield from keep_compile(opened, target.prover, compiled)), ""
    except MaiStudioError as error:
        return None, str(error).removeprefix(f"{path}: ")


def _with_possible_rewrites(opened: OpenedModel, target: Target, findings: Sequence[Finding]) -> list[Finding]:
    """The findings, without the rewrites that find nothing to change in this model."""
    from maistudio.jobs.rewrite import possible_rewrites

    possible = {each.id for each in possible_rewrites(opened, target)}
    return [replace(each, rewrite="") if each.rewrite not in possible else each for each in findings]


def _once(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Findings that several targets have in common, told once."""
    return tuple({(each.id, each.message, each.places): each for each in findings}.values())
