"""Rows of the library's tables as values of a timing: the way back from ``rows``."""

from __future__ import annotations

import json
import sqlite3
import sys
from array import array
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from maistudio.library.summary import RunSummary
from maistudio.timing.values import (
    Configuration,
    Engine,
    Flag,
    Machine,
    MachineState,
    ModelIdentity,
    OpProfile,
    OpTime,
    Run,
    Samples,
    Statistics,
    Status,
)

SUMMARY_COLUMNS = (
    "id", "started", "status", "error", "model_name", "model_path", "model_sha256", "model_bytes", "engine", "threads",
    "shapes", "signature", "preset", "runtime_version", "machine_name", "machine_system", "machine_cpu",
    "machine_cores", "machine_bytes", "init_us", "first_us", "warmup_runs", "peak_rss_bytes", "flags", "ops_runs",
    "sample_count", "median_us", "ci95_low_us", "ci95_high_us", "mean_us", "p90_us", "min_us", "cv", "throughput_per_s",
)  # fmt: skip
"""The columns of ``runs`` that ``summary_of`` reads: all but notes and log, and who measures."""


def samples_of(rows: Iterable[sqlite3.Row]) -> Samples:
    """The samples of all batches. Raises ValueError for half a number, or batches of different lengths."""
    wall, cpu = array("d"), array("d")
    for row in rows:
        wall.frombytes(row["wall_us"])
        cpu.frombytes(row["cpu_us"])
    if len(wall) != len(cpu):
        raise ValueError("its wall and CPU times differ in number")
    if sys.byteorder == "big":
        wall.byteswap()
        cpu.byteswap()
    return Samples(tuple(wall), tuple(cpu))


def summary_of(row: sqlite3.Row) -> RunSummary:
    """A run from SUMMARY_COLUMNS. Raises ValueError, TypeError or AttributeError for what makes no sense."""
    return RunSummary(
        id=row["id"],
        started=row["started"],
        status=Status(row["status"]),
        error=_restored(row["error"]),
        model=ModelIdentity(
            _restored(row["model_name"]), _restored(row["model_path"]), row["model_sha256"], row["model_bytes"]
        ),
        configuration=Configuration(
            Engine(row["engine"]), row["threads"], _shapes(row["shapes"]), _restored(row["signature"])
        ),
        preset=row["preset"],
        runtime_version=row["runtime_version"],
        machine=Machine(
            _restored(row["machine_name"]),
            _restored(row["machine_system"]),
            _restored(row["machine_cpu"]),
            row["machine_cores"],
            row["machine_bytes"],
        ),
        init_us=row["init_us"],
        first_us=row["first_us"],
        warmup_runs=row["warmup_runs"],
        peak_rss_bytes=row["peak_rss_bytes"],
        flags=tuple(Flag(*pair) for pair in json.loads(row["flags"])),
        statistics=_statistics(row),
        has_ops=row["ops_runs"] is not None,
    )


def run_of(
    row: sqlite3.Row, samples: Iterable[sqlite3.Row], states: Iterable[sqlite3.Row], ops: Iterable[sqlite3.Row]
) -> Run:
    """A whole run from its rows. Raises as ``summary_of`` and ``samples_of`` do."""
    summary = summary_of(row)
    profile = OpProfile(tuple(map(_op, ops)), row["ops_explained"], row["ops_runs"]) if summary.has_ops else None
    return Run(
        id=summary.id,
        started=summary.started,
        status=summary.status,
        model=summary.model,
        configuration=summary.configuration,
        preset=summary.preset,
        machine=summary.machine,
        runtime_version=summary.runtime_version,
        states=tuple(map(_state, states)),
        init_us=summary.init_us,
        first_us=summary.first_us,
        warmup_runs=summary.warmup_runs,
        samples=samples_of(samples),
        peak_rss_bytes=summary.peak_rss_bytes,
        flags=summary.flags,
        ops=profile,
        error=summary.error,
        notes=tuple(json.loads(row["notes"])),
        log=_restored(row["log"]),
    )


def _statistics(row: sqlite3.Row) -> Statistics | None:
    if row["sample_count"] is None:
        return None
    return Statistics(
        runs=row["sample_count"],
        median_us=row["median_us"],
        ci95_us=(row["ci95_low_us"], row["ci95_high_us"]),
        mean_us=row["mean_us"],
        p90_us=row["p90_us"],
        min_us=row["min_us"],
        cv=row["cv"],
        throughput_per_s=row["throughput_per_s"],
    )


def _state(row: sqlite3.Row) -> MachineState:
    return MachineState(
        at=row["at"],
        others_cpu=row["others_cpu"],
        load=row["load"],
        frequency_mhz=row["frequency_mhz"],
        temperature_c=row["temperature_c"],
        on_battery=None if row["on_battery"] is None else bool(row["on_battery"]),
        available_bytes=row["available_bytes"],
    )


def _op(row: sqlite3.Row) -> OpTime:
    return OpTime(
        subgraph=row["subgraph"],
        indices=tuple(json.loads(row["indices"])),
        type=_restored(row["type"]),
        us=row["us"],
        share=row["share"],
        macs=row["macs"],
        executor=Engine(row["executor"]),
        kernels=tuple(json.loads(row["kernels"])),
        partition=row["partition"],
    )


def _shapes(text: str) -> Mapping[str, tuple[int, ...]]:
    return MappingProxyType({name: tuple(shape) for name, shape in json.loads(text).items()})


def _restored(value: Any) -> Any:
    return value.decode("utf-8", "surrogatepass") if isinstance(value, bytes) else value
