"""Values of a timing as rows of the library's tables. Columns are those of ``resources/library``."""

from __future__ import annotations

import json
import sys
from array import array
from collections.abc import Sequence
from typing import Any

from maistudio.library.writers import Writer
from maistudio.timing.values import MachineState, OpTime, Run, Statistics


def row_of_start(run: Run, writer: Writer) -> dict[str, Any]:
    """What is known of a run before it is measured."""
    model, configuration, machine = run.model, run.configuration, run.machine
    return {
        "id": run.id,
        "started": run.started,
        "writer_pid": writer.pid,
        "writer_started": writer.started,
        "model_name": _stored(model.name),
        "model_path": _stored(model.path),
        "model_sha256": model.sha256,
        "model_bytes": model.size_bytes,
        "engine": configuration.engine.value,
        "threads": configuration.threads,
        "shapes": json.dumps({name: list(shape) for name, shape in configuration.shapes.items()}),
        "signature": configuration.signature and _stored(configuration.signature),
        "preset": run.preset,
        "machine_name": _stored(machine.name),
        "machine_system": _stored(machine.system),
        "machine_cpu": _stored(machine.cpu),
        "machine_cores": machine.cores,
        "machine_bytes": machine.memory_bytes,
        **row_of_end(run),
        **row_of_numbers(run),
    }


def row_of_log(log: str) -> dict[str, Any]:
    """What native code printed."""
    return {"log": _stored(log)}


def row_of_numbers(run: Run) -> dict[str, Any]:
    """What becomes known one by one while it is measured. None for what is not known."""
    return {
        "runtime_version": run.runtime_version,
        "init_us": run.init_us,
        "first_us": run.first_us,
        "warmup_runs": run.warmup_runs,
        "peak_rss_bytes": run.peak_rss_bytes,
    }


def row_of_end(run: Run) -> dict[str, Any]:
    """What is known when it is over."""
    return {
        "status": run.status.value,
        "error": run.error and _stored(run.error),
        "flags": json.dumps([[flag.id, flag.reason] for flag in run.flags]),
        "notes": json.dumps(run.notes),
        **row_of_log(run.log),
        "ops_runs": run.ops and run.ops.runs,
        "ops_explained": run.ops and run.ops.explained,
    }


def row_of_statistics(found: Statistics) -> dict[str, Any]:
    """The columns of a run that its samples amount to."""
    return {
        "sample_count": found.runs,
        "median_us": found.median_us,
        "ci95_low_us": found.ci95_us[0],
        "ci95_high_us": found.ci95_us[1],
        "mean_us": found.mean_us,
        "p90_us": found.p90_us,
        "min_us": found.min_us,
        "cv": found.cv,
        "throughput_per_s": found.throughput_per_s,
    }


def row_of_state(state: MachineState) -> dict[str, Any]:
    """A reading of the machine."""
    return {
        "at": state.at,
        "others_cpu": state.others_cpu,
        "load": state.load,
        "frequency_mhz": state.frequency_mhz,
        "temperature_c": state.temperature_c,
        "on_battery": state.on_battery,
        "available_bytes": state.available_bytes,
    }


def row_of_op(op: OpTime) -> dict[str, Any]:
    """The time of one kernel."""
    return {
        "subgraph": op.subgraph,
        "indices": json.dumps(op.indices),
        "type": _stored(op.type),
        "us": op.us,
        "share": op.share,
        "macs": op.macs,
        "executor": op.executor.value,
        "kernels": json.dumps(op.kernels),
        "partition": op.partition,
    }


def blob_of(times: Sequence[float]) -> bytes:
    """Times as little-endian float64."""
    values = array("d", times)
    if sys.byteorder == "big":
        values.byteswap()
    return values.tobytes()


def _stored(text: str) -> str | bytes:
    """Text that is no UTF-8, as a path may be, goes in as bytes: SQLite's text can't hold it."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")
    return text
