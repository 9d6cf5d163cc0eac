"""Rows of the library's tables as values of a timing: the way back from ``rows``."""

from __future__ import annotations

import json
import sqlite3
import sys
from array import array
from collections.abc import Iterable, Mapping
from math import isfinite
from types import MappingProxyType
from typing import Any, TypeVar

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

Value = TypeVar("Value", int, str)
LAST_SECOND = 253_402_300_799
"""The end of the year 9999 in seconds since 1970: no calendar goes beyond."""

SUMMARY_COLUMNS = (
    "id", "started", "status", "error", "model_name", "model_path", "model_sha256", "model_bytes", "engine", "threads",
    "shapes", "signature", "preset", "runtime_version", "machine_name", "machine_system", "machine_cpu",
    "machine_cores", "machine_bytes", "init_us", "first_us", "warmup_runs", "peak_rss_bytes", "flags", "ops_runs",
    "sample_count", "median_us", "ci95_low_us", "ci95_high_us", "mean_us", "p90_us", "min_us", "cv", "throughput_per_s",
)  # fmt: skip
"""The columns of ``runs`` that ``summary_of`` reads: all but notes and log, and who measures."""


def samples_of(rows: Iterable[sqlite3.Row]) -> Samples:
    """The samples of all batches. Raises ValueError for half a number, none, or batches of different lengths."""
    wall, cpu = array("d"), array("d")
    for row in rows:
        wall.frombytes(row["wall_us"])
        cpu.frombytes(row["cpu_us"])
    if len(wall) != len(cpu):
        raise ValueError("its wall and CPU times differ in number")
    if sys.byteorder == "big":
        wall.byteswap()
        cpu.byteswap()
    if not all(map(isfinite, wall)) or not all(map(isfinite, cpu)):
        raise ValueError("its times are no numbers")
    return Samples(tuple(wall), tuple(cpu))


def summary_of(row: sqlite3.Row) -> RunSummary:
    """A run from SUMMARY_COLUMNS. Raises ValueError, TypeError or AttributeError for what makes no sense."""
    started = _number(row, "started")
    if not 0 <= started <= LAST_SECOND:
        raise ValueError(f"it started at {started:g} s")
    return RunSummary(
        id=_text(row, "id"),
        started=started,
        status=Status(row["status"]),
        error=_text_or_none(row, "error"),
        model=ModelIdentity(
            _text(row, "model_name"), _text(row, "model_path"), _text(row, "model_sha256"), _whole(row, "model_bytes")
        ),
        configuration=Configuration(
            Engine(row["engine"]), _whole(row, "threads"), _shapes(row["shapes"]), _text_or_none(row, "signature")
        ),
        preset=_text(row, "preset"),
        runtime_version=_text_or_none(row, "runtime_version"),
        machine=Machine(
            _text(row, "machine_name"),
            _text(row, "machine_system"),
            _text(row, "machine_cpu"),
            _whole(row, "machine_cores"),
            _whole(row, "machine_bytes"),
        ),
        init_us=_number_or_none(row, "init_us"),
        first_us=_number_or_none(row, "first_us"),
        warmup_runs=_whole_or_none(row, "warmup_runs"),
        peak_rss_bytes=_whole_or_none(row, "peak_rss_bytes"),
        flags=tuple(Flag(*_all(str, pair)) for pair in json.loads(row["flags"])),
        statistics=_statistics(row),
        has_ops=_whole_or_none(row, "ops_runs") is not None,
    )


def run_of(
    row: sqlite3.Row, samples: Iterable[sqlite3.Row], states: Iterable[sqlite3.Row], ops: Iterable[sqlite3.Row]
) -> Run:
    """A whole run from its rows. Raises as ``summary_of`` and ``samples_of`` do."""
    summary = summary_of(row)
    profile = _profile(row, ops) if summary.has_ops else None
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
        notes=_all(str, json.loads(row["notes"])),
        log=_text(row, "log"),
    )


def _statistics(row: sqlite3.Row) -> Statistics | None:
    if row["sample_count"] is None:
        return None
    return Statistics(
        runs=_whole(row, "sample_count"),
        median_us=_number(row, "median_us"),
        ci95_us=(_number(row, "ci95_low_us"), _number(row, "ci95_high_us")),
        mean_us=_number(row, "mean_us"),
        p90_us=_number(row, "p90_us"),
        min_us=_number(row, "min_us"),
        cv=_number(row, "cv"),
        throughput_per_s=_number(row, "throughput_per_s"),
    )


def _state(row: sqlite3.Row) -> MachineState:
    return MachineState(
        at=_number(row, "at"),
        others_cpu=_number_or_none(row, "others_cpu"),
        load=_number_or_none(row, "load"),
        frequency_mhz=_number_or_none(row, "frequency_mhz"),
        temperature_c=_number_or_none(row, "temperature_c"),
        on_battery=None if row["on_battery"] is None else bool(row["on_battery"]),
        available_bytes=_whole(row, "available_bytes"),
    )


def _profile(row: sqlite3.Row, ops: Iterable[sqlite3.Row]) -> OpProfile:
    return OpProfile(tuple(map(_op, ops)), _number(row, "ops_explained"), _whole(row, "ops_runs"))


def _op(row: sqlite3.Row) -> OpTime:
    return OpTime(
        subgraph=_whole(row, "subgraph"),
        indices=_all(int, json.loads(row["indices"])),
        type=_text(row, "type"),
        us=_number(row, "us"),
        share=_number(row, "share"),
        macs=_whole_or_none(row, "macs"),
        executor=Engine(row["executor"]),
        kernels=_all(str, json.loads(row["kernels"])),
        partition=_whole_or_none(row, "partition"),
    )


def _shapes(text: str) -> Mapping[str, tuple[int, ...]]:
    return MappingProxyType({name: _all(int, shape) for name, shape in json.loads(text).items()})


def _number(row: sqlite3.Row, column: str) -> float:
    value = row[column]
    if not isinstance(value, float) or not isfinite(value):
        raise ValueError(f"its {column} is {value!r}")
    return value


def _whole(row: sqlite3.Row, column: str) -> int:
    value = row[column]
    if not isinstance(value, int) or value < 0:
        raise ValueError(f"its {column} is {value!r}")
    return value


def _text(row: sqlite3.Row, column: str) -> str:
    """Text that is no UTF-8, as a path may be, is stored as bytes."""
    value = row[column]
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogatepass")
    if not isinstance(value, str):
        raise ValueError(f"its {column} is {value!r}")
    return value


def _number_or_none(row: sqlite3.Row, column: str) -> float | None:
    return None if row[column] is None else _number(row, column)


def _whole_or_none(row: sqlite3.Row, column: str) -> int | None:
    return None if row[column] is None else _whole(row, column)


def _text_or_none(row: sqlite3.Row, column: str) -> str | None:
    return None if row[column] is None else _text(row, column)


def _all(kind: type[Value], values: Any) -> tuple[Value, ...]:
    """Values as JSON holds them. Raises ValueError for what is no list, or has others in it."""
    if not isinstance(values, list) or not all(isinstance(value, kind) for value in values):
        raise ValueError(f"{values!r:.40} are no {kind.__name__}s")
    return tuple(values)
