"""A plan of runs: models by engines by threads, one after the other, compared at the end."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from maistudio.errors import LibraryError, MaiStudioError
from maistudio.jobs.profile import Live, ProfileRequest, profile
from maistudio.jobs.progress import Job, Progress
from maistudio.steps import relayed
from maistudio.tflite.text import plural
from maistudio.timing.values import Configuration, Engine, Run

if TYPE_CHECKING:
    from maistudio.library.library import Library
    from maistudio.runtime.children import Children


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one request: its run, or why there is none, in a sentence that doesn't name the model."""

    request: ProfileRequest
    run: Run | None
    refusal: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanProgress(Progress):
    """How far a plan is: ``place`` of ``of`` requests, counted from 1, what came of those before, and the present one.

    ``live`` is None until the present one is loaded.
    """

    place: int
    of: int
    outcomes: tuple[Outcome, ...]
    live: Live | None


PlanJob = Generator[PlanProgress, None, tuple[Outcome, ...]]


def configurations(
    engines: Sequence[Engine], threads: Sequence[int], template: Configuration | None = None
) -> tuple[Configuration, ...]:
    """Every engine with every number of threads; on the GPU, whose work no CPU thread does, only with the first."""
    base = template or Configuration()
    return tuple(
        replace(base, engine=engine, threads=count)
        for engine in engines
        for count in (threads[:1] if engine is Engine.GPU else threads)
    )


def run_plan(requests: Sequence[ProfileRequest], library: Library, children: Children) -> PlanJob:
    """Time each request; one that can't be run costs only itself. Raises LibraryError where nothing can be stored."""
    outcomes: tuple[Outcome, ...] = ()
    for place, request in enumerate(requests):
        try:
            run = yield from _one(request, place, len(requests), outcomes, profile(request, library, children))
            outcome = Outcome(request, run)
        except LibraryError:
            raise
        except MaiStudioError as error:
            outcome = Outcome(request, None, str(error).removeprefix(f"{request.model}: "))
        outcomes = (*outcomes, outcome)
    return outcomes


def _one(
    request: ProfileRequest, place: int, of: int, outcomes: tuple[Outcome, ...], job: Job[Run]
) -> Generator[PlanProgress, None, Run]:
    """The job of one request, told as part of the plan."""
    configuration = request.configuration
    which = f"{request.model.name}, {configuration.engine}, {plural(configuration.threads, 'thread')}" if of > 1 else ""

    def say(progress: Progress) -> PlanProgress:
        return PlanProgress(
            f"{which}: {progress.stage}" if which else progress.stage,
            (place + (progress.fraction or 0.0)) / of,
            place=place + 1,
            of=of,
            outcomes=outcomes,
            live=progress if isinstance(progress, Live) else None,
        )

    return (yield from relayed(job, say))
