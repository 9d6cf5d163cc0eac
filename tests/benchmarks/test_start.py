"""Whole processes, start to result: CPU seconds and peak memory against the limits the product sets itself.

Each is measured beside a peer in the same run: an interpreter that imports numpy, so that the figures
can be compared between machines. Run with ``make bench``.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

MEASURE = """
import json, resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([used.ru_utime + used.ru_stime, used.ru_maxrss * 1024]))
"""
REPEATS = 3


def cost(*command: str) -> tuple[float, int]:
    """CPU seconds (the least of three runs) and peak resident bytes of a command."""
    runs = []
    for _ in range(REPEATS):
        done = subprocess.run([sys.executable, "-c", MEASURE, *command], capture_output=True, text=True, check=True)
        runs.append(json.loads(done.stdout))
    return min(run[0] for run in runs), max(run[1] for run in runs)


def report(name: str, seconds: float, peak: int) -> None:
    peer, _ = cost(sys.executable, "-c", "import numpy")
    print(f"\n{name}: {seconds:.2f} CPU-s ({seconds / peer:.1f} × python -c 'import numpy'), {peak / 2**20:.0f} MiB")


@pytest.mark.parametrize("name", ["sr_abpn_x3_360x640_int8.tflite", "mobilenetv2_224_int8.tflite"])
def test_inspect_of_a_small_model_takes_under_600_ms_of_cpu(models_folder: Path, name: str) -> None:
    seconds, peak = cost(sys.executable, "-m", "maistudio", "inspect", str(models_folder / "large" / name))
    report(f"inspect {name}", seconds, peak)
    assert seconds < 0.6


@pytest.mark.parametrize(
    "name", ["Feynman1999__MAI-VSR-Diggers__ckpt__model.tflite", "aiff22__MicroISP__tflite_model__MicroISP.tflite"]
)
def test_screenshot_of_a_challenge_network_takes_under_1500_ms_of_cpu_and_250_mb(
    models_folder: Path, tmp_path: Path, name: str
) -> None:
    picture = str(tmp_path / "out.png")
    model = str(models_folder / "challenge" / name)
    seconds, peak = cost(sys.executable, "-m", "maistudio", "screenshot", model, "-o", picture)
    report(f"screenshot {name}", seconds, peak)
    assert seconds < 1.5
    assert peak < 250_000_000


@pytest.mark.parametrize("name", ["big_chain_10000.tflite", "big_wide_10000.tflite"])
def test_screenshot_of_ten_thousand_ops_takes_under_4_s_of_cpu_and_500_mb(
    models_folder: Path, tmp_path: Path, name: str
) -> None:
    picture = str(tmp_path / "out.png")
    model = str(models_folder / "large" / name)
    seconds, peak = cost(sys.executable, "-m", "maistudio", "screenshot", model, "-o", picture)
    report(f"screenshot {name}", seconds, peak)
    assert seconds < 4
    assert peak < 500_000_000


def test_opening_a_130_mb_model_adds_less_than_60_mb_of_private_memory(tmp_path: Path) -> None:
    from maistudio.tflite.draft import ModelDraft

    draft = ModelDraft()
    graph = draft.subgraph()
    x, y = graph.input("x", "FLOAT32", [1, 5700]), graph.tensor("y", "FLOAT32", [1, 5700])
    weights = graph.constant("w", "FLOAT32", [5700, 5700], bytes(5700 * 5700 * 4), outside=True)
    graph.op("FULLY_CONNECTED", [x, weights, -1], [y], {})
    graph.output(y)
    path = tmp_path / "large.tflite"
    path.write_bytes(draft.to_bytes())
    probe = (
        "import sys;from maistudio.jobs.open import open_model;from maistudio.jobs.progress import finish;"
        "private=lambda:sum(int(l.split()[1]) for l in open('/proc/self/smaps_rollup') if l.startswith('Private_'));"
        "before=private();opened=finish(open_model(sys.argv[1]));print((private()-before)*1024)"
    )
    done = subprocess.run([sys.executable, "-c", probe, str(path)], capture_output=True, text=True, check=True)
    assert path.stat().st_size > 129_000_000
    assert int(done.stdout) < 60_000_000
