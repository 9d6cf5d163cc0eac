"""What the checks of a window ask for: the targets there are, verdicts, real compiles, rewrites, what is silenced.

Every method is a job, made to run off the interface thread.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from maistudio.errors import LibraryError
from maistudio.gui.targets.families import FAMILIES, family_of
from maistudio.gui.targets.reading import Checked, Known, KnownTarget, Rewritten, read_check
from maistudio.jobs.open import OpenedModel
from maistudio.jobs.progress import Job, Progress
from maistudio.targets.values import Compiled, TargetReport
from maistudio.tflite.text import list_text

if TYPE_CHECKING:
    from maistudio.jobs.rewrite import PossibleRewrite
    from maistudio.runtime.children import Children
    from maistudio.targets.catalogue import Catalogue
    from maistudio.targets.profile import Target


class Desk:
    """One for each window. Nothing is imported or read before it is needed."""

    def __init__(self, children: Callable[[], Children]) -> None:
        """``children`` gives those that run models, when they are first needed."""
        self._children = children
        self._catalogue: Catalogue | None = None

    def known(self) -> Job[Known]:
        """The targets that can be chosen."""
        from maistudio.challenges.catalogue import catalogue as challenge_catalogue
        from maistudio.jobs.user_folders import challenges_folder

        yield Progress("Reading the targets")
        found = self._read()
        challenges = challenge_catalogue(challenges_folder(os.environ)).challenges
        targets = [
            KnownTarget(each.id, each.name, family_of(each.engine, each.device), each.version, each.prover)
            for each in found.targets
        ]
        return Known(
            tuple(sorted(targets, key=lambda each: FAMILIES.index(each.family))),
            tuple(str(fault) for fault in found.faults),
            {challenge.title: challenge.targets for challenge in challenges},
        )

    def check(
        self, opened: OpenedModel, asked: Sequence[str], kept: Mapping[str, TargetReport], sha256: str = ""
    ) -> Job[Checked]:
        """Check by rules and what compilers said before, but for the targets whose reports are ``kept``."""
        from maistudio.jobs.check import CheckReport, check_targets
        from maistudio.targets.lints.refusals import advice_for

        wanted = [target for target in self._targets(asked) if target.id not in kept]
        compiles, quiet, trouble = yield from _remembered(opened, sha256)
        report = yield from check_targets(opened, wanted, kept=compiles)
        made = {each.target: each for each in report.targets} | dict(kept)
        ordered = tuple(made[target] for target in asked if target in made)
        yield Progress("Putting the verdicts together")
        earlier = (each for target in kept if target in asked for each in advice_for(kept[target], opened.model))
        together = CheckReport(ordered, (*earlier, *report.findings))
        return read_check(opened.model, asked, together, quiet, trouble)

    def prove(self, opened: OpenedModel, asked: Sequence[str]) -> Job[tuple[TargetReport, ...]]:
        """Ask the real compilers of these targets. Called on the interface thread, which may make the children."""
        return self._proved(opened, asked, self._children())

    def _proved(self, opened: OpenedModel, asked: Sequence[str], children: Children) -> Job[tuple[TargetReport, ...]]:
        from maistudio.jobs.check import check_targets

        kept, _, _ = yield from _remembered(opened)
        report = yield from check_targets(opened, self._targets(asked), prove=True, children=children, kept=kept)
        return report.targets

    def look(self, opened: OpenedModel, target: str, rewrite: str) -> Job[PossibleRewrite | None]:
        """What a rewrite would change in a model, None for nothing."""
        from maistudio.jobs.rewrite import possible_rewrites

        yield Progress("Looking what can be rewritten")
        found = possible_rewrites(opened, self._read().named(target))
        return next((each for each in found if each.id == rewrite), None)

    def rewrite(self, opened: OpenedModel, target: str, rewrite: str, output: Path, force: bool) -> Job[Rewritten]:
        """Mend a model for a target into a new file, and compare what both compute; called as ``prove``.

        A file that is there was asked about by the dialog that named it.
        """
        return self._rewritten(opened, target, rewrite, output, force, self._children())

    def _rewritten(
        self, opened: OpenedModel, target: str, rewrite: str, output: Path, force: bool, children: Children
    ) -> Job[Rewritten]:
        from maistudio.jobs.rewrite import rewrite_model

        report = yield from rewrite_model(
            opened, self._read().named(target), output, only=(rewrite,), force=force, children=children, overwrite=True
        )
        changes = list_text(f"{each.type} at op {each.op} became {each.became}" for each in report.changes)
        return Rewritten(
            output,
            changes or list_text(report.held_back) or "there is nothing to rewrite",
            f"{report.target.name}: {report.after.summary}",
            report.sameness.largest_difference if report.sameness is not None else None,
            report.refusal,
            report.saved is not None,
        )

    def silence(self, path: Path, finding: str, quiet: bool) -> Job[frozenset[str]]:
        """Silence a finding of a model, or let it be told again; all that are silenced then."""
        from maistudio.jobs.silence import silence, silenced, unsilence

        yield Progress("Remembering")
        (silence if quiet else unsilence)(path, [finding])
        return silenced(path)

    def _targets(self, asked: Sequence[str]) -> list[Target]:
        by_id = {target.id: target for target in self._read().targets}
        return [by_id[target] for target in asked if target in by_id]

    def _read(self) -> Catalogue:
        from maistudio.jobs.user_folders import targets_folder
        from maistudio.targets.catalogue import catalogue

        if self._catalogue is None:
            self._catalogue = catalogue(targets_folder(os.environ))
        return self._catalogue


def _remembered(opened: OpenedModel, sha256: str = "") -> Job[tuple[Mapping[str, Compiled], frozenset[str], str]]:
    """What compilers said before by prover, what is silenced, and why neither could be looked up, "" where it could."""
    from maistudio.jobs.compiles import kept_compiles
    from maistudio.jobs.silence import silenced

    try:
        return (yield from kept_compiles(opened, sha256)), silenced(opened.model.path), ""
    except LibraryError as error:
        return {}, frozenset(), str(error)
