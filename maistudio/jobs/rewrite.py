"""Rewrite a model for a target, prove that it still computes the same, and save it as a new file."""

from __future__ import annotations

import os
from collections.abc import Collection, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from maistudio.errors import ExportError, MaiStudioError, ModelRunError, RuntimeMissingError, StaleFileError, UsageError
from maistudio.jobs.open import OpenedModel
from maistudio.jobs.progress import Job, Progress
from maistudio.jobs.rewriting import bad_places, rewritten
from maistudio.jobs.sameness import Sameness, compare_steps
from maistudio.save import check_new_file, save_bytes
from maistudio.steps import relayed
from maistudio.targets.profile import Target
from maistudio.targets.rewrites.catalogue import REWRITES
from maistudio.targets.rewrites.editable import Change, EditableModel
from maistudio.targets.values import TargetReport

if TYPE_CHECKING:
    from maistudio.runtime.children import Children


@dataclass(frozen=True, slots=True)
class RewriteReport:
    """What was rewritten. ``saved`` is the new file; None where there was nothing to rewrite, or for ``refusal``.

    ``refusal`` is the sentence that says why the new model wasn't saved, or, where that was forced, what speaks
    against it. ``sameness`` is None where the two could not be run beside each other. ``held_back`` are sentences on
    what could be changed and would not help.
    """

    model: Path
    target: Target
    before: TargetReport
    after: TargetReport
    changes: tuple[Change, ...]
    held_back: tuple[str, ...]
    sameness: Sameness | None
    saved: Path | None
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class PossibleRewrite:
    """A rewrite that a model has ``places`` for; ``refused`` of them begin at ops that the target doesn't run."""

    id: str
    title: str
    says: str
    places: int
    refused: int


def possible_rewrites(opened: OpenedModel, target: Target) -> tuple[PossibleRewrite, ...]:
    """What could be rewritten in a model: quick, as nothing is written, judged or run.

    Empty for a file that can't be carried over whole.
    """
    try:
        model = EditableModel(opened.model)
    except (MaiStudioError, MemoryError):
        return ()
    bad = bad_places(opened, target)
    found = []
    for rewrite in REWRITES:
        before = len(model.steps)
        if rewrite.apply(model):
            steps = model.steps[before:]
            refused = sum(not bad.isdisjoint(step.origins) for step in steps)
            found.append(PossibleRewrite(rewrite.id, rewrite.title, rewrite.says, len(steps), refused))
    return tuple(found)


def rewrite_model(
    opened: OpenedModel,
    target: Target,
    new: Path,
    only: Collection[str] = (),
    force: bool = False,
    children: Children | None = None,
    overwrite: bool = False,
) -> Job[RewriteReport]:
    """Rewrite what keeps a model off a target, take out what does nothing, and save it as ``new``.

    ``only`` names rewrites to do wherever they don't make it worse. A model that differs from the old one, or that
    can't be run here beside it, is saved only by ``force``. A file that is there is replaced only by ``overwrite``, the
    model itself never.

    Raises UsageError for a name that no rewrite has and for a place that can't be taken, ModelFileError for a file
    that can't be carried over whole, StaleFileError where it changed since it was opened, ExportError where the new
    one can't be written.
    """
    path = Path(opened.model.path)
    check_place(path, new, overwrite)
    if opened.model.source.changed:
        raise StaleFileError(f"{path}: the file changed after it was opened; reload it to rewrite it")
    made = yield from rewritten(opened, target, only)
    report = RewriteReport(path, target, made.before, made.after.report, made.changes, made.held_back, None, None)
    if not made.changes:
        return report
    sameness, refusal = yield from _compared(opened, made.after.data, children)
    saved = None
    if force or not refusal:
        yield Progress("saving the new model", 1.0)
        check_place(path, new, overwrite)
        save_bytes(new, made.after.data, "the rewritten model")
        saved = new
    return RewriteReport(
        path, target, made.before, made.after.report, made.changes, made.held_back, sameness, saved, refusal
    )


def check_place(model: Path, new: Path, overwrite: bool) -> None:
    """Raise UsageError for a new file that is the model itself, by whatever name, or that is there already.

    Raises ExportError for a place that can't be looked at.
    """
    try:
        if os.path.lexists(new) and new.exists() and new.samefile(model):
            raise UsageError(f"{new}: this is the model itself, which is never replaced: give another file")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise ExportError(f"{new}: a model can't be saved there ({reason}): choose another place") from None
    check_new_file(new, "model", overwrite)


def _compared(
    opened: OpenedModel, data: bytes, children: Children | None
) -> Generator[Progress, None, tuple[Sameness | None, str]]:
    """How the two models compare, and why the new one shouldn't be saved, "" where nothing speaks against it."""
    steps = compare_steps(opened, data, children)
    try:
        sameness = yield from relayed(steps, lambda stage: Progress(f"comparing: {stage}"))
    except (ModelRunError, RuntimeMissingError) as error:
        return None, f"whether it still computes the same could not be tried ({error})"
    if sameness.same:
        return sameness, ""
    return sameness, (
        f"its output {sameness.where} differs from the old model's by up to {sameness.largest_difference:.3g} of its "
        "range"
    )
