"""Stands in for what runs models: timings that are made up, and last until they are told to end."""

from __future__ import annotations

import threading
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import replace

from timed_runs import begun_run, measured_run

from maistudio.errors import MaiStudioError
from maistudio.gui.models.rows import RowsModel
from maistudio.gui.profile.reading import Reading, outcome_of, read_run
from maistudio.jobs.comparison import Row, compare
from maistudio.jobs.plan import Outcome, PlanProgress
from maistudio.jobs.profile import Live, ProfileRequest
from maistudio.jobs.progress import Job, Progress
from maistudio.library.summary import RunSummary
from maistudio.timing.presets import preset_of
from maistudio.timing.statistics import statistics_of
from maistudio.timing.values import Engine, ModelIdentity, OpProfile, OpTime, Run, Samples, Status

PATIENCE_SECONDS = 30
SAMPLES = (1000.0, 1010.0, 990.0, 1005.0, 995.0, 1002.0, 998.0, 1001.0)


class FakeBench:
    """Has the methods of ``Bench``. Runs end when ``let_go`` is set, which it is at first.

    ``refusal`` makes runs fail, ``no_gpu`` is why the GPU can't be used. ``stored`` are the runs of the library.
    """

    def __init__(self) -> None:
        self.reasons: Mapping[Engine, str] | None = None
        self.let_go = threading.Event()
        self.let_go.set()
        self.refusal = ""
        self.refused_engine: Engine | None = None
        self.no_gpu = "there is no GPU here: install a driver"
        self.expected = "about 8 s an inference"
        self.requests: list[ProfileRequest] = []
        self.stored: list[Run] = []
        self.closed_runs: list[str] = []
        self.running = 0
        self.most_at_once = 0
        self.warmed_up = self.closed = False

    def warm_up(self) -> None:
        self.warmed_up = True

    def close(self) -> None:
        self.closed = True

    def profile(self, request: ProfileRequest) -> Job[Reading]:
        return read_run((yield from self._timed(request)))

    def plan(self, requests: Sequence[ProfileRequest]) -> Job[tuple[Outcome, ...]]:
        outcomes: tuple[Outcome, ...] = ()
        for place, request in enumerate(requests, 1):
            job = self._timed(request)
            try:
                while True:
                    live = next(job)
                    shown = live if isinstance(live, Live) else None
                    yield PlanProgress("timing", 0.5, place=place, of=len(requests), outcomes=outcomes, live=shown)
            except StopIteration as stop:
                outcomes = (*outcomes, Outcome(request, stop.value))
            except MaiStudioError as error:
                outcomes = (*outcomes, Outcome(request, None, str(error)))
        return outcomes

    def compare(self, outcomes: Sequence[Outcome], baseline: int | None) -> Job[tuple[Row, ...]]:
        yield Progress("Comparing")
        return compare(outcomes, baseline)

    def expect(self, request: ProfileRequest) -> Job[str]:
        yield Progress("Estimating")
        return self.expected

    def engines(self) -> Job[Mapping[Engine, str]]:
        yield Progress("Looking")
        return dict.fromkeys(Engine, "") | {Engine.GPU: self.no_gpu}

    def history(self, sha256: str) -> Job[tuple[RunSummary, ...]]:
        yield Progress("Reading")
        return tuple(summary_of(run) for run in reversed(self.stored) if run.model.sha256 == sha256)

    def reading(self, run_id: str) -> Job[Reading]:
        yield Progress("Reading")
        return read_run(next(run for run in self.stored if run.id == run_id))

    def outcomes(self, run_ids: Sequence[str]) -> Job[tuple[Outcome, ...]]:
        yield Progress("Reading")
        return tuple(outcome_of(next(run for run in self.stored if run.id == run_id)) for run_id in run_ids)

    def times(self, sha256: str) -> Job[Run | None]:
        yield Progress("Reading")
        timed = (run for run in reversed(self.stored) if run.model.sha256 == sha256 and run.ops is not None)
        return next(timed, None)

    def delete(self, run_ids: Sequence[str]) -> Job[int]:
        yield Progress("Deleting")
        self.stored = [run for run in self.stored if run.id not in run_ids]
        return len(run_ids)

    def _timed(self, request: ProfileRequest) -> Job[Run]:
        self.requests.append(request)
        run = begun_run(
            f"{len(self.requests):032x}",
            model=ModelIdentity(request.model.name, str(request.model), request.sha256, 1000),
            configuration=request.configuration,
            preset=preset_of(request.limits),
            init_us=5000.0,
            first_us=1500.0,
        )
        wall_us, cpu_us = array("d"), array("d")
        self.running += 1
        self.most_at_once = max(self.most_at_once, self.running)
        try:
            yield Live("loading", None, run=run, wall_us=wall_us, cpu_us=cpu_us)
            if self.refusal and self.refused_engine in (None, request.configuration.engine):
                raise MaiStudioError(self.refusal)
            factor = 2.0 if request.configuration.engine is Engine.XNNPACK else 4.0
            wall_us.extend(us * factor for us in SAMPLES)
            cpu_us.extend(us * factor for us in SAMPLES)
            yield Live("timing", 0.5, run=run, wall_us=wall_us, cpu_us=cpu_us, remaining_s=3.0)
            while not self.let_go.wait(0.005):
                yield Live("timing", 0.5, run=run, wall_us=wall_us, cpu_us=cpu_us, remaining_s=3.0)
        except GeneratorExit:
            self.closed_runs.append(run.id)
            raise
        finally:
            self.running -= 1
        ops = made_up_ops() if request.with_ops else None
        done = replace(run, status=Status.DONE, samples=Samples(tuple(wall_us), tuple(cpu_us)), ops=ops)
        self.stored.append(done)
        return done


def made_up_ops() -> OpProfile:
    """Three kernels: one of two ops, one of one op, one of none."""
    return OpProfile(
        (
            OpTime(0, (0,), "CONV_2D", 300.0, 0.3, 3_000_000, Engine.XNNPACK, ("Convolution",), 0),
            OpTime(0, (1, 2), "CONV_2D", 600.0, 0.6, 9_000_000, Engine.XNNPACK, ("Convolution", "Add"), 0),
            OpTime(0, (), "CONVERT", 100.0, 0.1, None, Engine.XNNPACK, ("Convert",), 0),
        ),
        0.984,
        16,
    )


def summary_of(run: Run) -> RunSummary:
    """A run as the library lists it."""
    return RunSummary(
        id=run.id,
        started=run.started,
        status=run.status,
        error=run.error,
        model=run.model,
        configuration=run.configuration,
        preset=run.preset,
        runtime_version=run.runtime_version,
        machine=run.machine,
        init_us=run.init_us,
        first_us=run.first_us,
        warmup_runs=run.warmup_runs,
        peak_rss_bytes=run.peak_rss_bytes,
        flags=run.flags,
        statistics=statistics_of(run.samples.wall_us) if run.samples.wall_us else None,
        has_ops=run.ops is not None,
    )


def stored_run(document, run_id: str = "1", **changes) -> Run:
    """A run of the model of ``document``, or of the one that is given."""
    if document is not None:
        changes["model"] = ModelIdentity("net.tflite", document.opened.model.path, document.sha256, 1000)
    return measured_run(run_id, **{"ops": made_up_ops(), **changes})


def titles(model: RowsModel) -> list[str]:
    """The titles of a table's columns, without units."""
    return [column.title for column in model.table.columns]
