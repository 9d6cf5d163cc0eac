"""The timing loop, in the child."""

from __future__ import annotations

import base64
import sys
import time
from array import array
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

from maistudio.runtime.filling import INSTEAD
from maistudio.runtime.loading import Loaded
from maistudio.runtime.protocol import Message, ProtocolError, mapping_from, number_from
from maistudio.timing.presets import Limits, finished, warmed_up

REPORT_SECONDS = 0.2
"""How long samples are held back before they are told: short for a live plot, long against the telling."""


def measure(model: Loaded, limits: Limits, tell: Callable[[Message], None]) -> Mapping[str, Any]:
    """Time the model's inferences until the limits are reached, and tell of the samples as they come.

    A sample is the wall time of one inference, and beside it the CPU time that all threads of this process took in it.
    """
    tell({"stage": "warming up"})
    began = time.perf_counter_ns()
    first_us, notes = _first(model)
    warmup_runs = _warm_up(model.invoke, limits, began)
    tell({"stage": "measuring", "first_us": first_us, "warmup_runs": warmup_runs})
    wall, cpu = array("d"), array("d")
    clock, cpu_clock, invoke = time.perf_counter_ns, time.process_time_ns, model.invoke
    runs, total_ns, told = 0, 0, clock()
    while not finished(limits, runs, total_ns / 1e9):
        cpu_before = cpu_clock()
        before = clock()
        invoke()
        after = clock()
        cpu_after = cpu_clock()
        wall.append((after - before) / 1e3)
        cpu.append((cpu_after - cpu_before) / 1e3)
        runs += 1
        total_ns += after - before
        if after - told >= REPORT_SECONDS * 1e9:
            tell({"samples": samples_message(wall, cpu)})
            wall, cpu = array("d"), array("d")
            told = clock()
    if wall:
        tell({"samples": samples_message(wall, cpu)})
    return {"runs": runs, "peak_rss_bytes": peak_rss(), "notes": notes}


def _first(model: Loaded) -> tuple[float, list[str]]:
    """Fill the inputs with what LiteRT runs on, and run once; its time in µs, and what is to be said of the inputs.

    Raises what LiteRT raises of the first values where it takes none.
    """
    refused: Exception | None = None
    for value in (None, *INSTEAD):
        model.fill(value)
        began = time.perf_counter_ns()
        try:
            model.invoke()
        except (RuntimeError, ValueError) as error:
            refused = refused or error
            continue
        taken = (time.perf_counter_ns() - began) / 1e3
        return taken, [] if value is None else [f"its inputs are all {value:g}: LiteRT refused random ones"]
    raise cast("Exception", refused)


def _warm_up(invoke: Callable[[], None], limits: Limits, began: int) -> int:
    """Run on until the warm-up's runs and seconds are reached; how many runs there were, the first one included."""
    runs = 1
    while not warmed_up(limits, runs, (time.perf_counter_ns() - began) / 1e9):
        invoke()
        runs += 1
    return runs


def samples_message(wall_us: array[float], cpu_us: array[float]) -> Mapping[str, str]:
    """Samples for a message: 64-bit little-endian floats in base64, which a million of them go through quickly."""
    return {"wall_us": _packed(wall_us), "cpu_us": _packed(cpu_us)}


def samples_from(message: Message) -> tuple[array[float], array[float]]:
    """Wall and CPU times of a message. Raises ProtocolError where they are none."""
    samples = mapping_from(message, "samples")
    wall, cpu = (_unpacked(samples.get(key)) for key in ("wall_us", "cpu_us"))
    if len(wall) != len(cpu):
        raise ProtocolError("samples without their CPU times")
    return wall, cpu


def limits_message(limits: Limits) -> Mapping[str, Any]:
    return {"limits": asdict(limits)}


def limits_from(message: Message) -> Limits:
    """The limits of a request. Raises ProtocolError where they are none."""
    stated = mapping_from(message, "limits")
    names = ("runs", "seconds", "cap_seconds", "warmup_runs", "warmup_seconds")
    runs, seconds, cap_seconds, warmup_runs, warmup_seconds = (number_from(stated, name) for name in names)
    return Limits(int(runs), seconds, cap_seconds, int(warmup_runs), warmup_seconds)


def peak_rss() -> int:
    """The most memory this process held at once, in bytes, LiteRT and Python themselves included."""
    if sys.platform == "linux":
        for line in Path("/proc/self/status").read_text("ascii", "replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _packed(values: array[float]) -> str:
    little = array("d", values)
    if sys.byteorder == "big":
        little.byteswap()
    return base64.b64encode(little.tobytes()).decode()


def _unpacked(text: object) -> array[float]:
    values = array("d")
    try:
        values.frombytes(base64.b64decode(str(text), validate=True))
    except ValueError:
        raise ProtocolError("samples that can't be read") from None
    if sys.byteorder == "big":
        values.byteswap()
    return values
