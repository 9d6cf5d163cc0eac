"""This machine: what it is, and how it is at a moment."""

from __future__ import annotations

import os
import platform
import time
from pathlib import Path

import psutil

from maistudio.timing.values import Machine, MachineState

CPU_SENSORS = ("coretemp", "k10temp", "zenpower", "cpu_thermal", "soc_thermal", "acpitz")
"""Names Linux gives the sensors of a CPU, the most direct first."""


def this_machine() -> Machine:
    """What this machine is."""
    return Machine(
        name=platform.node() or "this machine",
        system=f"{platform.system()} {platform.release()}".strip(),
        cpu=_cpu_name(),
        cores=_usable_cores(),
        memory_bytes=psutil.virtual_memory().total,
    )


class MachineWatch:
    """Reads the machine's state while the process ``pid`` works; what that process uses is not counted as others'."""

    def __init__(self, pid: int) -> None:
        try:
            self._process = psutil.Process(pid)
        except psutil.Error:  # it has ended
            self._process = None
        self._before: tuple[float, float, float] | None = None

    def read(self) -> MachineState:
        """The state now. Takes about a millisecond."""
        memory = psutil.virtual_memory()
        return MachineState(
            at=time.time(),
            others_cpu=self._others(),
            load=os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
            frequency_mhz=_frequency(),
            temperature_c=_temperature(),
            on_battery=_on_battery(),
            available_bytes=memory.available,
        )

    def _others(self) -> float | None:
        times = psutil.cpu_times()
        idle = times.idle + getattr(times, "iowait", 0.0)
        busy = sum(times) - idle - getattr(times, "guest", 0.0) - getattr(times, "guest_nice", 0.0)
        own = self._own()
        before, self._before = self._before, (busy, busy + idle, own)
        if before is None or busy + idle <= before[1]:
            return None
        others = (busy - before[0]) - (own - before[2])
        return float(min(max(others / (busy + idle - before[1]), 0.0), 1.0))

    def _own(self) -> float:
        """The CPU seconds of the process; once it has ended, as many as before."""
        try:
            if self._process is not None:
                times = self._process.cpu_times()
                return float(times.user + times.system)
        except psutil.Error:
            pass
        return self._before[2] if self._before else 0.0


def _cpu_name() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines():
            key, _, value = line.partition(":")
            if key.strip() in ("model name", "Model", "Hardware"):
                return " ".join(value.split())
    except OSError:
        pass
    return platform.processor() or platform.machine()


def _usable_cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _frequency() -> float | None:
    try:
        found = psutil.cpu_freq()
    except (OSError, NotImplementedError, RuntimeError):
        return None
    return float(found.current) if found and found.current else None


def _temperature() -> float | None:
    try:
        sensors = psutil.sensors_temperatures()
    except (AttributeError, OSError):
        return None
    for name in CPU_SENSORS:
        readings = [reading.current for reading in sensors.get(name, ()) if reading.current]
        if readings:
            return float(max(readings))
    return None


def _on_battery() -> bool | None:
    try:
        battery = psutil.sensors_battery()
    except (AttributeError, OSError):
        return None
    return None if battery is None or battery.power_plugged is None else not battery.power_plugged
