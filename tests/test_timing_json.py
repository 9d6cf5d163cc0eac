"""The object that programs read of one run."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace

import pytest

from maistudio.timing.run_json import run_json
from maistudio.timing.values import (
    Configuration,
    Engine,
    Flag,
    Machine,
    ModelIdentity,
    OpProfile,
    OpTime,
    Run,
    Samples,
    Status,
)

PROMISED = [
    "model", "device", "engine", "threads", "runs", "samples_us", "median_us", "ci95_us", "p90_us", "min_us",
    "first_us", "init_us", "peak_rss_bytes", "flags", "ops", "explained",
]  # fmt: skip

RUN = Run(
    id="7f",
    started=1_700_000_000.0,
    notes=("the input takes no zeros",),
    status=Status.DONE,
    model=ModelIdentity("abpn.tflite", "/models/abpn.tflite", "54a3", 52_959),
    configuration=Configuration(Engine.REFERENCE, 2, {"input": (1, 360, 640, 3)}),
    preset="quick",
    machine=Machine("workstation", "Linux 6.1", "A CPU", 8, 1 << 34),
    runtime_version="2.3.0",
    init_us=900.0,
    first_us=30.0,
    warmup_runs=3,
    samples=Samples((10.0, 12.0, 11.0), (9.0, 11.0, 10.0)),
    peak_rss_bytes=1 << 27,
    flags=(Flag("capped", "the cap of 30 s"),),
    ops=OpProfile(
        (OpTime(0, (3, 4), "CONV_2D", 8.0, 0.8, 16_000, Engine.XNNPACK, ("Convolution",), 1),), explained=0.97, runs=5
    ),
)


def test_the_promised_keys_come_first() -> None:
    assert list(run_json(RUN))[: len(PROMISED)] == PROMISED


def test_a_run_is_told_with_its_numbers() -> None:
    found = run_json(RUN)
    assert [found[key] for key in PROMISED] == [
        "abpn.tflite", "workstation", "reference", 2, 3, [10, 12, 11], 11, [10, 12], 12, 10, 30, 900, 1 << 27,
        [{"id": "capped", "reason": "the cap of 30 s"}],
        [
            {
                "subgraph": 0, "indices": [3, 4], "type": "CONV_2D", "us": 8, "share": 0.8, "macs": 16_000,
                "gmacs_per_s": 2, "executor": "xnnpack", "kernels": ["Convolution"], "partition": 1,
            }
        ],
        0.97,
    ]  # fmt: skip


def test_the_rest_says_what_was_measured_and_how() -> None:
    found = run_json(RUN)
    assert {key: value for key, value in found.items() if key not in PROMISED} == {
        "mean_us": 11,
        "cv": pytest.approx(1 / 11),
        "throughput_per_s": pytest.approx(1e6 / 11),
        "cpu_us": [9, 11, 10],
        "warmup_runs": 3,
        "profiled_runs": 5,
        "preset": "quick",
        "shapes": {"input": [1, 360, 640, 3]},
        "signature": None,
        "runtime_version": "2.3.0",
        "id": "7f",
        "started": 1_700_000_000,
        "status": "done",
        "error": None,
        "notes": ["the input takes no zeros"],
        "path": "/models/abpn.tflite",
        "sha256": "54a3",
        "size_bytes": 52_959,
        "machine": {"system": "Linux 6.1", "cpu": "A CPU", "cores": 8, "memory_bytes": 1 << 34},
        "log": "",
    }


def test_it_is_json() -> None:
    found = run_json(RUN)
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_without_the_time_of_each_op_there_are_none() -> None:
    found = run_json(replace(RUN, ops=None))
    assert (found["ops"], found["explained"]) == ([], None)


def test_without_samples_there_are_no_statistics() -> None:
    found = run_json(replace(RUN, samples=Samples(), status=Status.FAILED, error="it died"))
    assert (found["runs"], found["samples_us"], found["median_us"], found["ci95_us"]) == (0, [], None, None)


def test_an_op_without_macs_has_no_speed() -> None:
    op = OpTime(0, (), "RESHAPE", 1.0, 1.0, None, Engine.BUILTIN, ())
    assert run_json(replace(RUN, ops=OpProfile((op,), 1.0, 1)))["ops"][0]["gmacs_per_s"] is None


def test_timings_are_values_without_anything_heavy() -> None:
    asked = (
        "import sys; import maistudio.timing.values, maistudio.timing.run_json, maistudio.timing.flags; "
        "print({'numpy', 'psutil', 'sqlite3', 'platformdirs', 'ai_edge_litert'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
