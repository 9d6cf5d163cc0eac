"""Times, engines and runs in words, as the Profile page writes them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from maistudio.tflite.text import plural
from maistudio.timing.presets import PRESET_NAMES
from maistudio.timing.values import Configuration, Engine, Run, Status

ENGINE_NAMES: Mapping[Engine, str] = MappingProxyType(
    {
        Engine.XNNPACK: "XNNPACK",
        Engine.BUILTIN: "Built-in kernels",
        Engine.REFERENCE: "Reference kernels",
        Engine.GPU: "GPU",
    }
)
ENGINE_TIPS: Mapping[Engine, str] = MappingProxyType(
    {
        Engine.XNNPACK: "LiteRT's default: XNNPACK where it takes an op, optimised kernels for the rest",
        Engine.BUILTIN: "LiteRT's optimised kernels alone, without XNNPACK",
        Engine.REFERENCE: "LiteRT's plain kernels: slow, to compare results with",
        Engine.GPU: "LiteRT's GPU accelerator, the CPU for what it does not take",
    }
)
FLAG_NAMES: Mapping[str, str] = MappingProxyType(
    {"machine_busy": "Machine busy", "unstable": "Unstable", "capped": "Capped"}
)
STATUS_NAMES: Mapping[Status, str] = MappingProxyType(
    {
        Status.RUNNING: "Running",
        Status.DONE: "Done",
        Status.CANCELLED: "Cancelled",
        Status.FAILED: "Failed",
        Status.INTERRUPTED: "Interrupted",
    }
)

_UNITS = ((1e6, "s"), (1e3, "ms"), (1.0, "µs"))


@dataclass(frozen=True, slots=True)
class TimeScale:
    """How times are written: over ``divisor`` µs, with ``decimals``, in ``unit``."""

    divisor: float
    decimals: int
    unit: str

    def number(self, us: float) -> str:
        """A time without its unit."""
        return f"{us / self.divisor:,.{self.decimals}f}"

    def text(self, us: float | None) -> str:
        """A time with its unit; a dash where it is not known."""
        return "–" if us is None else f"{self.number(us)} {self.unit}"


def scale_of_time(us: float) -> TimeScale:
    """The scale that writes a time with four digits: "412.7 µs", "12.34 ms", "8.120 s"."""
    divisor, unit = next(((size, unit) for size, unit in _UNITS if us >= 0.99995 * size), _UNITS[-1])
    shown = us / divisor
    decimals = next((places for places, below in ((3, 9.9995), (2, 99.995), (1, 999.95)) if shown < below), 0)
    return TimeScale(divisor, decimals, unit)


def time_text(us: float | None) -> str:
    """A time in µs with four digits and its unit; a dash where it is not known."""
    return "–" if us is None else scale_of_time(us).text(us)


def left_text(seconds: float | None) -> str:
    """How long something still takes: "8 s left", "3 min left"; "" where it is not known."""
    if seconds is None:
        return ""
    if seconds < 100:
        return f"{max(seconds, 0):.0f} s left"
    return f"{seconds / 60:.0f} min left"


def threads_text(threads: int) -> str:
    return plural(threads, "thread")


def configuration_text(configuration: Configuration) -> str:
    """What ran it: "XNNPACK, 2 threads"."""
    return f"{ENGINE_NAMES[configuration.engine]}, {threads_text(configuration.threads)}"


def run_text(run: Run) -> str:
    """Which run it is: "XNNPACK, 1 thread · 2026-11-21 20:12"."""
    return f"{configuration_text(run.configuration)} · {when_text(run.started)}"


def shapes_text(configuration: Configuration) -> str:
    """The input shapes asked for: "image 1×256×256×3"; "" for the file's own."""
    return ", ".join(f"{name} {'×'.join(map(str, shape))}" for name, shape in configuration.shapes.items())


def preset_text(preset: str) -> str:
    return PRESET_NAMES.get(preset, preset)


def when_text(at: float) -> str:
    """A time of day in seconds since 1970, in local time: "2026-11-21 19:37"."""
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(at))
