"""A timing as plain values, ready for JSON."""

from __future__ import annotations

from typing import Any

from maistudio.timing.statistics import statistics_of
from maistudio.timing.values import Machine, OpProfile, OpTime, Run


def run_json(run: Run) -> dict[str, Any]:
    """The object that ``maistudio profile --json`` prints of one run.

    Times are in µs, sizes in bytes, ``started`` in seconds since 1970; ``share``, ``cv`` and ``explained`` are shares
    of 1. Statistics are None without samples, as is every number that is not known. ``ops`` is empty and
    ``explained`` None where the time of each op was not asked for.
    """
    samples, configuration = run.samples, run.configuration
    found = statistics_of(samples.wall_us) if samples.wall_us else None
    return {
        "model": run.model.name,
        "device": run.machine.name,
        "engine": configuration.engine.value,
        "threads": configuration.threads,
        "runs": len(samples.wall_us),
        "samples_us": list(samples.wall_us),
        "median_us": found and found.median_us,
        "ci95_us": found and list(found.ci95_us),
        "p90_us": found and found.p90_us,
        "min_us": found and found.min_us,
        "first_us": run.first_us,
        "init_us": run.init_us,
        "peak_rss_bytes": run.peak_rss_bytes,
        "flags": [{"id": flag.id, "reason": flag.reason} for flag in run.flags],
        "ops": [_op(op) for op in run.ops.ops] if run.ops else [],
        "explained": run.ops.explained if run.ops else None,
        "mean_us": found and found.mean_us,
        "cv": found and found.cv,
        "throughput_per_s": found and found.throughput_per_s,
        "cpu_us": list(samples.cpu_us),
        "warmup_runs": run.warmup_runs,
        "profiled_runs": _profiled_runs(run.ops),
        "preset": run.preset,
        "shapes": {name: list(shape) for name, shape in configuration.shapes.items()},
        "signature": configuration.signature,
        "runtime_version": run.runtime_version,
        "id": run.id,
        "started": run.started,
        "status": run.status.value,
        "error": run.error,
        "notes": list(run.notes),
        "path": run.model.path,
        "sha256": run.model.sha256,
        "size_bytes": run.model.size_bytes,
        "machine": _machine(run.machine),
        "log": run.log,
    }


def _profiled_runs(profile: OpProfile | None) -> int | None:
    return profile.runs if profile else None


def _op(op: OpTime) -> dict[str, Any]:
    return {
        "subgraph": op.subgraph,
        "indices": list(op.indices),
        "type": op.type,
        "us": op.us,
        "share": op.share,
        "macs": op.macs,
        "gmacs_per_s": op.gmacs_per_s,
        "executor": op.executor.value,
        "kernels": list(op.kernels),
        "partition": op.partition,
    }


def _machine(machine: Machine) -> dict[str, Any]:
    return {
        "system": machine.system,
        "cpu": machine.cpu,
        "cores": machine.cores,
        "memory_bytes": machine.memory_bytes,
    }
