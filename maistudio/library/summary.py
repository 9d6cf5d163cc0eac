"""Runs without their samples, as a history lists them."""

from __future__ import annotations

from dataclasses import dataclass

from maistudio.timing.values import Configuration, Flag, Machine, ModelIdentity, Statistics, Status


@dataclass(frozen=True, slots=True)
class RunSummary:
    """What a history shows of a run; fields as in ``Run``.

    ``statistics`` are None while it runs, and of a run without samples. ``has_ops`` says whether the time of each op
    was measured.
    """

    id: str
    started: float
    status: Status
    error: str | None
    model: ModelIdentity
    configuration: Configuration
    preset: str
    runtime_version: str | None
    machine: Machine
    init_us: float | None
    first_us: float | None
    warmup_runs: int | None
    peak_rss_bytes: int | None
    flags: tuple[Flag, ...]
    statistics: Statistics | None
    has_ops: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """A history, newest first. ``unreadable`` are the ids of runs left out, whose rows make no sense."""

    runs: tuple[RunSummary, ...]
    unreadable: tuple[str, ...]
