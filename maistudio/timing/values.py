"""A timing as values: what ran, how, on what, every sample, and what is to be said about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

Shape = tuple[int, ...]


class Engine(StrEnum):
    """Who executes the ops of a model on this machine."""

    XNNPACK = "xnnpack"
    """XNNPACK where it takes an op, LiteRT's optimised kernels for the rest: LiteRT's default."""
    BUILTIN = "builtin"
    """LiteRT's optimised kernels alone."""
    REFERENCE = "reference"
    """LiteRT's plain kernels, written to be read."""
    GPU = "gpu"
    """LiteRT's GPU accelerator, the CPU for the rest."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """How a model is run. ``shapes`` are those asked for by input name; inputs not named keep the file's.

    ``signature`` is the key of the one to run, None for the main subgraph.
    """

    engine: Engine = Engine.XNNPACK
    threads: int = 1
    shapes: Mapping[str, Shape] = field(default_factory=lambda: MappingProxyType({}))
    signature: str | None = None


@dataclass(frozen=True, slots=True)
class ModelIdentity:
    """Which model ran: ``path`` is where it lay, ``sha256`` what it was."""

    name: str
    path: str
    sha256: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Machine:
    """What ran it. ``cores`` are logical ones this process may use, ``memory_bytes`` all the machine has."""

    name: str
    system: str
    cpu: str
    cores: int
    memory_bytes: int


@dataclass(frozen=True, slots=True)
class MachineState:
    """How the machine was at a moment: ``at`` in seconds since 1970. None for what the machine doesn't tell.

    ``others_cpu`` is the share (0..1) of all cores that other processes used since the reading before;
    None for the first reading.
    """

    at: float
    others_cpu: float | None
    load: float | None
    frequency_mhz: float | None
    temperature_c: float | None
    on_battery: bool | None
    available_bytes: int


@dataclass(frozen=True, slots=True)
class Samples:
    """One entry for each timed run, in order: wall time, and the CPU time of all threads of the child, in µs."""

    wall_us: tuple[float, ...] = ()
    cpu_us: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Statistics:
    """What samples amount to, in µs. ``ci95_us`` bounds the median; ``cv`` is standard deviation over mean."""

    runs: int
    median_us: float
    ci95_us: tuple[float, float]
    mean_us: float
    p90_us: float
    min_us: float
    cv: float
    throughput_per_s: float


@dataclass(frozen=True, slots=True)
class Flag:
    """A reason to doubt a timing, or to know about it: ``id`` for programs, ``reason`` a sentence for people."""

    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class OpTime:
    """What one kernel took: ``us`` is its mean per inference, ``share`` of the sum of all kernels.

    ``indices`` are the file's ops it ran: several where they were fused, none where it belongs to no op of the file.
    ``kernels`` are the native kernels' names, ``partition`` counts the delegate's partitions from 0.
    """

    subgraph: int
    indices: tuple[int, ...]
    type: str
    us: float
    share: float
    macs: int | None
    executor: Engine
    kernels: tuple[str, ...]
    partition: int | None = None

    @property
    def gmacs_per_s(self) -> float | None:
        """The speed achieved in 10⁹ multiply-accumulates a second."""
        return None if not self.macs or not self.us else self.macs / self.us / 1e3


@dataclass(frozen=True, slots=True)
class OpProfile:
    """The time of each op over ``runs`` profiled runs. ``explained`` is the sum of events over their wall time."""

    ops: tuple[OpTime, ...]
    explained: float
    runs: int


class Status(StrEnum):
    """How far a run came."""

    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    """The program that measured it died."""


@dataclass(frozen=True, slots=True)
class Run:
    """A timing with all its samples and its context; None for what is not known yet, or was not measured.

    ``id`` is unique for ever, ``started`` in seconds since 1970, ``preset`` its id or ``free``, ``first_us`` the first
    inference after initialisation, ``notes`` what is to be said beside the numbers, ``log`` what native code printed.
    """

    id: str
    started: float
    status: Status
    model: ModelIdentity
    configuration: Configuration
    preset: str
    machine: Machine
    runtime_version: str | None = None
    states: tuple[MachineState, ...] = ()
    init_us: float | None = None
    first_us: float | None = None
    warmup_runs: int | None = None
    samples: Samples = Samples()
    peak_rss_bytes: int | None = None
    flags: tuple[Flag, ...] = ()
    ops: OpProfile | None = None
    error: str | None = None
    notes: tuple[str, ...] = ()
    log: str = ""
