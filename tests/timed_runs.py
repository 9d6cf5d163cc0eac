"""Runs as values, for tests of what stores and shows them."""

from __future__ import annotations

from typing import Any

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
    Status,
)

SHA256 = "54a38d17e427d9693481091239420438c583112bb04b75b9bf9643298d44787e"


def begun_run(run_id: str = "1f", **changes: Any) -> Run:
    """A run of which nothing was measured yet."""
    known: dict[str, Any] = {
        "started": 1_700_000_000.25,
        "status": Status.RUNNING,
        "model": ModelIdentity("abpn.tflite", "/models/abpn.tflite", SHA256, 52_959),
        "configuration": Configuration(Engine.XNNPACK, 1),
        "preset": "quick",
        "machine": Machine("workstation", "Linux 6.1", "A CPU", 8, 1 << 34),
    }
    return Run(id=run_id, **{**known, **changes})


def measured_run(run_id: str = "1f", **changes: Any) -> Run:
    """A run that is over, with everything that can be measured."""
    measured: dict[str, Any] = {
        "status": Status.DONE,
        "configuration": Configuration(Engine.BUILTIN, 4, {"input": (1, 360, 640, 3)}, "serving_default"),
        "runtime_version": "2.3.0",
        "states": (
            MachineState(1_700_000_000.0, None, 0.4, 3000.5, 51.5, False, 1 << 33),
            MachineState(1_700_000_006.0, 0.07, None, None, None, None, 1 << 32),
        ),
        "init_us": 900.5,
        "first_us": 30_000.25,
        "warmup_runs": 3,
        "samples": Samples((10.0, 12.5, 11.0), (9.0, 11.5, 10.0)),
        "peak_rss_bytes": 1 << 40,
        "flags": (Flag("capped", "the cap of 30 s"), Flag("unstable", "the times vary by 9%")),
        "ops": OpProfile(
            (
                OpTime(0, (3, 4), "CONV_2D", 8.5, 0.8, 16_000, Engine.XNNPACK, ("Convolution (NHWC)", "Clamp"), 1),
                OpTime(0, (), "CONVERT", 2.0, 0.2, None, Engine.REFERENCE, (), None),
            ),
            explained=0.97,
            runs=5,
        ),
        "notes": ("the input takes no zeros", "a second remark"),
        "log": "INFO: Created TensorFlow Lite XNNPACK delegate for CPU.\n",
    }
    return begun_run(run_id, **{**measured, **changes})
