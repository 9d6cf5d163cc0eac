"""Which rewrites help a model on a target, and the model that they make."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from struct import error as struct_error
from tempfile import TemporaryDirectory

from maistudio.errors import ExportError
from maistudio.jobs.open import OpenedModel, open_model
from maistudio.jobs.progress import Job, Progress
from maistudio.targets.judge import judge
from maistudio.targets.model_facts import ModelFacts
from maistudio.targets.profile import Target
from maistudio.targets.report import report_on
from maistudio.targets.rewrites.catalogue import REWRITES, rewrite_named
from maistudio.targets.rewrites.editable import Change, EditableModel, Step
from maistudio.targets.rewrites.node import Node
from maistudio.targets.values import Judgement, TargetReport, TargetVerdict, Verdict
from maistudio.tflite.text import elide_middle

Place = tuple[int, int]
"""An op, as (subgraph, index in the file)."""
ROUNDS = 2
"""What is held back is tried again once the others are done: they may have made room for it."""
REASON_CHARACTERS = 200
Way = Callable[[EditableModel], int]
_RANKS: Mapping[Verdict, int] = {Verdict.UNKNOWN: 1, Verdict.REFUSED: 2, Verdict.FAILS_AT_START: 3}
"""How bad a rule's verdict is; 0 for all others."""


@dataclass(frozen=True, slots=True)
class Written:
    """A model as a file's bytes, and what a target's rules say of it; ``raw`` are their verdicts by op."""

    data: bytes
    opened: OpenedModel
    report: TargetReport
    raw: tuple[tuple[Judgement, ...], ...]


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A model before and after; ``held_back`` are sentences on what could have been changed and wasn't."""

    before: TargetReport
    after: Written
    changes: tuple[Change, ...]
    held_back: tuple[str, ...]


def rewritten(opened: OpenedModel, target: Target, only: Collection[str]) -> Job[Rewritten]:
    """The model after the rewrites that help it on a target: those that take ops away, and those after which the
    target runs what it didn't.

    ``only`` names the ones wanted: these are done wherever they don't make it worse. Raises UsageError for a name that
    no rewrite has, ModelFileError for a file that can't be carried over whole.
    """
    named = {rewrite_named(name).id for name in only}
    waiting = [rewrite for rewrite in REWRITES if rewrite.id in named or (not named and not rewrite.when_asked)]
    yield Progress("reading the whole file")
    model = EditableModel(opened.model)
    first = current = _on(opened, b"", target)
    refusals: dict[str, str] = {}
    for _ in range(ROUNDS):
        for place, rewrite in enumerate(waiting):
            yield Progress(f"trying: {rewrite.title}", place / len(waiting))
            refusals[rewrite.id] = ""
            for way in rewrite.ways:
                wanted = None if only or rewrite.tidies else _Stand(model, current).bad
                kept = yield from _tried(model, current, target, way, wanted)
                if isinstance(kept, str):
                    refusals[rewrite.id] = kept or refusals[rewrite.id]
                else:
                    (model, current), refusals[rewrite.id] = kept, ""
        waiting = [rewrite for rewrite in waiting if refusals[rewrite.id]]
    held_back = tuple(refusal for refusal in refusals.values() if refusal)
    return Rewritten(first.report, current, tuple(step.change for step in model.steps), held_back)


def _tried(
    model: EditableModel, current: Written, target: Target, way: Way, wanted: Collection[Place] | None
) -> Job[tuple[EditableModel, Written] | str]:
    """The model changed one way wherever that is a step forward; else why it isn't, "" where there is nothing to do."""
    refusal, anyway = "", wanted is None
    for _ in range(2):
        trial = model.copy()
        trial.wanted = wanted
        if wanted == set() or not way(trial):
            return refusal
        written = yield from _written(trial, current.opened, target)
        steps = trial.steps[len(model.steps) :]
        worse = _steps_back(steps, _Stand(trial, written), _Stand(model, current), anyway)
        if not worse:
            return _why_it_fails(steps[0], current, written, target) or (trial, written)
        refusal = _why_held_back(worse[0], _Stand(trial, written), target, anyway)
        wanted = {place for step in steps if step not in worse for place in step.origins}
    return refusal


class _Stand:
    """How bad each op of a model stands on the target, by the op itself and by its place in the original file."""

    def __init__(self, model: EditableModel, written: Written) -> None:
        self.written = written
        self.places: dict[Node, Place] = {}
        self.by_origin: dict[Place, int] = {}
        for graph in model.graphs:
            for index, node in enumerate(graph.nodes):
                self.places[node] = graph.index, index
                origin = graph.index, node.origin
                self.by_origin[origin] = max(self.by_origin.get(origin, 0), self.rank(node))

    @property
    def bad(self) -> set[Place]:
        """The ops, by their place in the original file, that the rules don't let run."""
        return {origin for origin, rank in self.by_origin.items() if rank}

    def rank(self, node: Node) -> int:
        subgraph, op = self.places[node]
        return _RANKS.get(self.written.raw[subgraph][op].verdict, 0)


def _steps_back(steps: Sequence[Step], after: _Stand, before: _Stand, anyway: bool) -> list[Step]:
    """The steps whose new ops the target takes no better than the old; as well is enough where they come ``anyway``."""
    found = []
    for step in steps:
        new = max((after.rank(node) for node in step.made if node in after.places), default=0)
        old = max((before.by_origin.get(origin, 0) for origin in step.origins), default=0)
        if new > old or (new == old and not anyway):
            found.append(step)
    return found


def _why_it_fails(step: Step, before: Written, after: Written, target: Target) -> str:
    """Why a change is none for the better after all: with more ops on it, the delegate would no longer start."""
    if after.report.verdict is not TargetVerdict.FAILS_AT_START or before.report.verdict is after.report.verdict:
        return ""
    return f"{step.change.rewrite} was held back: after it, {target.name} would not start ({after.report.summary})"


def _why_held_back(step: Step, after: _Stand, target: Target, anyway: bool) -> str:
    """Why a change is none for the better; "" where its ops were there before, and just as bad."""
    if not anyway and not any(node.is_new for node in step.made):
        return ""
    change = step.change
    worst = after.places[max((node for node in step.made if node in after.places), key=after.rank)]
    written = after.written
    reason = written.raw[worst[0]][worst[1]].reason or "nothing is known of it there"
    op_type = written.opened.model.subgraphs[worst[0]].ops[worst[1]].type
    return (
        f"{change.rewrite} was held back at op {change.op} ({change.type}): "
        f"{target.name} doesn't run {op_type} in its place ({elide_middle(reason, REASON_CHARACTERS)})"
    )


def bad_places(opened: OpenedModel, target: Target) -> set[Place]:
    """The ops that a target's rules don't let run."""
    raw = _on(opened, b"", target).raw
    return {
        (subgraph, op)
        for subgraph, judged in enumerate(raw)
        for op, judgement in enumerate(judged)
        if judgement.verdict in _RANKS
    }


def _written(model: EditableModel, like: OpenedModel, target: Target) -> Job[Written]:
    """The file that a model becomes, opened again at the same shapes."""
    try:
        data = model.to_bytes()
    except (ValueError, RuntimeError, struct_error) as error:  # a RuntimeError is flatbuffers' own, of its size
        raise ExportError(f"{model.path}: the rewritten model fits into no file ({error}): rewrite less") from None
    with _file(data) as path:
        opened = yield from open_model(path, like.given)
        return _on(opened, data, target)


@contextmanager
def _file(data: bytes) -> Iterator[Path]:
    with TemporaryDirectory(prefix="maistudio-") as folder:
        path = Path(folder) / "model.tflite"
        try:
            path.write_bytes(data)
        except OSError as error:
            raise ExportError(f"{path}: can't be written ({error.strerror}): make room there, or set TMPDIR") from None
        yield path


def _on(opened: OpenedModel, data: bytes, target: Target) -> Written:
    facts = ModelFacts(opened.model, opened.shapes, opened.costs, opened.parameters)
    raw = tuple(judge(target, graph) for graph in facts.graphs(target.partitioning.folds))
    return Written(data, opened, report_on(facts, target), raw)
