"""Time a model on this machine, and store the timing as it grows."""

from __future__ import annotations

import time
import uuid
from array import array
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from math import fsum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from maistudio.errors import MaiStudioError, ModelRunError, RuntimeMissingError, StaleFileError, UsageError
from maistudio.jobs.expect import expectation
from maistudio.jobs.open import OpenedModel, hash_opened, open_model, require_unchanged
from maistudio.jobs.progress import Job, Progress, Result
from maistudio.runtime.bounds import Bounds
from maistudio.steps import relayed
from maistudio.tflite.text import gigabytes_text
from maistudio.timing.flags import flags_of
from maistudio.timing.presets import NEVER_UNDER, Limits, elapsed_s, fraction, preset_of, remaining_s
from maistudio.timing.values import Configuration, MachineState, ModelIdentity, Run, Samples, Status

if TYPE_CHECKING:
    from maistudio.library.library import Library
    from maistudio.runtime.children import Children
    from maistudio.runtime.latency import Batch, Measured
    from maistudio.runtime.machine import MachineWatch
    from maistudio.runtime.session import Session
    from maistudio.timing.kernels import RawProfile

LOOK_SECONDS = 1.0
"""How often the state of the machine is read while it measures."""
OTHER_RUNS = 0.2
"""How far from the timed runs' median the profiled runs' mean may be, as a share of it, before that is told."""
OPS_SHARE = 0.25
"""How much of its limits the profiled runs take: their mean is over many kernels, and needs fewer of them."""


@dataclass(frozen=True, slots=True)
class ProfileRequest:
    """What to time and how. ``opened`` and ``sha256`` spare the reading where the caller has them."""

    model: Path
    configuration: Configuration
    limits: Limits
    with_ops: bool = False
    bounds: Bounds = field(default_factory=Bounds)
    opened: OpenedModel | None = None
    sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Live(Progress):
    """A timing that goes on. ``run`` is what is known but for its samples, which stand in ``wall_us`` and ``cpu_us``.

    Those grow at their end while the job's thread measures: read slices of them. What they hold is stored already.
    ``warning`` says what to expect of a model that takes long or much.
    """

    run: Run
    wall_us: Sequence[float]
    cpu_us: Sequence[float]
    remaining_s: float | None = None
    warning: str = ""


def profile(request: ProfileRequest, library: Library, children: Children) -> Job[Run]:
    """Time a model; the result is what the library holds of it.

    Every sample is stored before it is told of. A job that is closed leaves a cancelled run with its samples, one
    that fails a failed one with the reason. Raises MaiStudioError for a model that can't be read or run as asked.
    """
    opened = request.opened
    if opened is None:
        opened = yield from _as_stage("reading the model", open_model(request.model, request.configuration.shapes))
    sha256 = request.sha256 or (yield from _as_stage("reading the model", hash_opened(opened)))
    check_sizes(opened, request.configuration)
    timing = _Timing(request, opened, library, _begun(request, opened, sha256))
    try:
        yield from timing.measure(children)
    except (GeneratorExit, KeyboardInterrupt):
        timing.end(Status.CANCELLED)
        raise
    except ModelRunError as error:
        timing.run = replace(timing.run, log=timing.run.log or error.log)
        timing.end(Status.FAILED, str(error))
        raise
    except MaiStudioError as error:
        timing.end(Status.FAILED, str(error))
        raise
    except BaseException as error:
        timing.end(Status.FAILED, f"{type(error).__name__}: {error}")
        raise
    return timing.end(Status.DONE)


def check_sizes(opened: OpenedModel, configuration: Configuration) -> None:
    """Raises UsageError for an input with a size left open that is not given; a batch left open is 1."""
    graph = opened.model.main
    if graph is None or configuration.signature is not None:
        return
    for index in graph.inputs:
        tensor = graph.tensors[index]
        shape = tensor.open_shape
        if tensor.name not in configuration.shapes and -1 in (shape[1:] or shape):
            sizes = "×".join("?" if size < 0 else str(size) for size in shape)
            example = "x".join("64" if size < 0 else str(size) for size in (abs(shape[0]), *shape[1:]))
            raise UsageError(
                f"{opened.model.path}: its input {tensor.name!r} is {sizes}, with sizes left open: give them, "
                f"such as --shape {tensor.name}={example}"
            )


def warning_of(opened: OpenedModel, request: ProfileRequest) -> str:
    """What to say before a model starts that takes long or much by its costs; empty for others."""
    expected = expectation(opened, request.configuration)
    most = request.bounds.memory
    if (expected.memory_bytes or 0) > most:
        return (
            f"{expected.sentence} That is more than the {gigabytes_text(most)} it may take: it will likely be stopped."
        )
    return expected.sentence if expected.heavy else ""


def ops_limits(limits: Limits) -> Limits:
    """How long the ops are timed, after the timing of the whole model by ``limits``."""
    runs = max(NEVER_UNDER, round(limits.runs * OPS_SHARE))
    return Limits(runs, limits.seconds * OPS_SHARE, limits.cap_seconds * OPS_SHARE, warmup_seconds=0)


def note_of_other_runs(timed_us: Sequence[float], profiled_us: Sequence[float]) -> tuple[str, ...]:
    """Why the ops don't add up to the median, where the runs they were timed in took another time; else nothing."""
    from maistudio.timing.statistics import statistics_of

    if not timed_us or not profiled_us:
        return ()
    median, mean = statistics_of(timed_us).median_us, fsum(profiled_us) / len(profiled_us)
    if abs(mean - median) <= OTHER_RUNS * median:
        return ()
    than = f"{mean / 1e3:.4g} ms a run, {'longer' if mean > median else 'shorter'} than the median"
    return (f"the ops were timed in other runs, at {than}: compare their shares, not their times",)


def _begun(request: ProfileRequest, opened: OpenedModel, sha256: str) -> Run:
    from maistudio.runtime.machine import this_machine

    path = Path(opened.model.path).absolute()
    return Run(
        id=uuid.uuid4().hex,
        started=time.time(),
        status=Status.RUNNING,
        model=ModelIdentity(path.name, str(path), sha256, opened.model.size_bytes),
        configuration=request.configuration,
        preset=preset_of(request.limits),
        machine=this_machine(),
    )


class _Timing:
    """One timing, from its first entry in the library to its last."""

    def __init__(self, request: ProfileRequest, opened: OpenedModel, library: Library, run: Run) -> None:
        self.request, self.opened, self.library, self.run = request, opened, library, run
        self.wall_us: array[float] = array("d")
        self.cpu_us: array[float] = array("d")
        self.states: tuple[MachineState, ...] = ()
        self.elapsed_s = 0.0
        self.warning = warning_of(opened, request)
        library.begin(run)

    def measure(self, children: Children) -> Generator[Progress, None, None]:
        """Load the model in a child and time it there."""
        from maistudio.runtime.session import Session

        request = self.request
        session: Session | None = None
        try:
            source = self.opened.model.source
            model = request.model if source.held is None else source.held  # what was hashed, whatever the file is now
            name = str(request.model)
            opening = Session.open_steps(model, request.configuration, request.bounds, children, name)
            session = yield from self._loading(opening)
            require_unchanged(source)
            self.run = replace(self.run, notes=session.notes)
            self._note(runtime_version=session.runtime_version, init_us=session.init_us)
            yield from self._sample(session)
            if request.with_ops:
                yield from self._time_ops_or_say(session)
        finally:
            if session is not None:
                self.run = replace(self.run, log=session.log)
                session.close()

    def end(self, status: Status, error: str | None = None) -> Run:
        """Store how it ended, and return all that is stored."""
        samples = Samples(tuple(self.wall_us), tuple(self.cpu_us))
        configuration = self.run.configuration
        flags = flags_of(
            samples,
            configuration.threads,
            self.states,
            self.request.limits,
            self.run.machine.cores,
            configuration.engine,
        )
        self.run = replace(self.run, status=status, error=error, samples=samples, states=self.states, flags=flags)
        self.library.end(self.run)
        return self.run

    def _sample(self, session: Session) -> Generator[Progress, None, None]:
        from maistudio.runtime.latency import Batch, WarmedUp, measure_steps
        from maistudio.runtime.machine import MachineWatch

        watch: MachineWatch | None = None
        looked = 0.0
        measuring = measure_steps(session, self.request.limits)
        with closing(measuring):
            while True:
                try:
                    step = next(measuring)
                except StopIteration as stop:
                    measured: Measured = stop.value
                    break
                if isinstance(step, WarmedUp):
                    self._note(first_us=step.first_us, warmup_runs=step.warmup_runs)
                    watch = MachineWatch(session.pid)
                elif isinstance(step, Batch):
                    self._keep(step)
                if watch is not None and time.monotonic() - looked >= LOOK_SECONDS:
                    looked = time.monotonic()
                    self._look(watch)
                yield self._live(session.stage)
        if watch is not None:
            self._look(watch)
        self._note(peak_rss_bytes=measured.peak_rss_bytes)
        self.run = replace(self.run, notes=(*self.run.notes, *measured.notes))

    def _time_ops_or_say(self, session: Session) -> Generator[Progress, None, None]:
        """LiteRT's profiler takes fewer models than its interpreter: where it refuses, the timing stands without."""
        try:
            require_unchanged(self.opened.model.source)
            yield from self._time_ops(session)
            require_unchanged(self.opened.model.source)
        except (ModelRunError, RuntimeMissingError, StaleFileError) as error:
            reason = str(error).removeprefix(f"{session.name}: ")
            self.run = replace(self.run, ops=None, notes=(*self.run.notes, f"its ops were not timed: {reason}"))

    def _time_ops(self, session: Session) -> Generator[Progress, None, None]:
        from maistudio.runtime.op_times import profile_steps
        from maistudio.timing.op_profile import op_profile

        limits = ops_limits(self.request.limits)
        profiling = profile_steps(session, limits)
        with closing(profiling):
            while True:
                try:
                    done = next(profiling)
                except StopIteration as stop:
                    raw: RawProfile = stop.value
                    break
                live = self._live(session.stage)
                yield live if done is None else replace(live, fraction=fraction(limits, done.runs, done.elapsed_s))
        if raw.cut_off:
            note = "LiteRT's profiler can't hold as many events as this model has: its last ops are missing"
            self.run = replace(self.run, notes=(*self.run.notes, note))
        notes = (*self.run.notes, *note_of_other_runs(self.wall_us, raw.wall_us))
        self.run = replace(self.run, ops=op_profile(raw, self.opened.model, self.opened.costs), notes=notes)

    def _loading(self, opening: Generator[str, None, Session]) -> Generator[Progress, None, Session]:
        return (yield from relayed(opening, self._live))

    def _keep(self, batch: Batch) -> None:
        self.library.append_samples(self.run.id, batch.wall_us, batch.cpu_us)
        self.wall_us.extend(batch.wall_us)
        self.cpu_us.extend(batch.cpu_us)
        self.elapsed_s += elapsed_s(batch.wall_us)

    def _look(self, watch: MachineWatch) -> None:
        state = watch.read()
        self.library.append_state(self.run.id, state)
        self.states = (*self.states, state)

    def _note(self, **known: Any) -> None:
        self.library.note(self.run.id, **known)
        self.run = replace(self.run, **known)

    def _live(self, stage: str) -> Live:
        runs = len(self.wall_us)
        limits = self.request.limits
        left = remaining_s(limits, runs, self.elapsed_s) if runs else None
        done = fraction(limits, runs, self.elapsed_s) if runs else 0.0
        return Live(
            stage, done, run=self.run, wall_us=self.wall_us, cpu_us=self.cpu_us, remaining_s=left, warning=self.warning
        )


def _as_stage(stage: str, job: Job[Result]) -> Job[Result]:
    """A job whose every step is told as one stage."""
    return (yield from relayed(job, lambda _: Progress(stage)))
