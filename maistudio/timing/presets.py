"""How long a timing goes on: the presets, and when one has measured enough."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from maistudio.errors import UsageError

NEVER_UNDER = 5
"""Timed runs that every timing makes, however slow the model."""
FREE = "free"
"""What ``preset_of`` calls limits that are no preset."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a timing measures: ``runs`` and ``seconds`` both, within ``cap_seconds``.

    Seconds are the sum of the timed runs' wall times (``elapsed_s``); the warm-up does not count. The warm-up makes
    ``warmup_runs`` and ``warmup_seconds`` both, as TFLite's benchmark_model does by default (1 run and 0.5 s).

    Raises UsageError for no run, a time below 0 or without end, or a cap below ``seconds``.
    """

    runs: int
    seconds: float
    cap_seconds: float
    warmup_runs: int = 1
    warmup_seconds: float = 0.5

    def __post_init__(self) -> None:
        if self.runs < 1:
            raise UsageError(f"{self.runs} runs measure nothing: ask for 1 or more")
        if self.warmup_runs < 0:
            raise UsageError(f"{self.warmup_runs} warm-up runs can't be made: ask for 0 or more")
        for seconds in (self.seconds, self.cap_seconds, self.warmup_seconds):
            if not 0 <= seconds < math.inf:
                raise UsageError(f"{seconds:g} s is no time to measure for: ask for 0 s or more")
        if self.cap_seconds < self.seconds:
            raise UsageError(
                f"a cap of {self.cap_seconds:g} s leaves no room for {self.seconds:g} s of runs: raise the cap"
            )


PRESETS: Mapping[str, Limits] = MappingProxyType(
    {
        "quick": Limits(runs=64, seconds=6, cap_seconds=30),
        "normal": Limits(runs=256, seconds=30, cap_seconds=180),
        "submission": Limits(runs=1024, seconds=60, cap_seconds=1200),
    }
)
"""By id, shortest first. Submission's 1024 runs and 60 s are those of MLPerf Mobile."""
PRESET_NAMES: Mapping[str, str] = MappingProxyType(
    {"quick": "Quick", "normal": "Normal", "submission": "Submission", FREE: "Free"}
)
"""What people read for the id of a preset."""


def limits_named(preset: str) -> Limits:
    """The limits of a preset by its id. Raises UsageError for another word."""
    found = PRESETS.get(preset)
    if found is None:
        raise UsageError(f"'{preset}' is no preset: choose one of {', '.join(PRESETS)}")
    return found


def preset_of(limits: Limits) -> str:
    """The id of the preset that has these limits, ``free`` for others."""
    return next((preset for preset, known in PRESETS.items() if known == limits), FREE)


def describe(limits: Limits) -> str:
    """The limits in words: "64 runs and 6 s, at most 30 s"."""
    runs = f"{limits.runs:,} run{'' if limits.runs == 1 else 's'}"
    return f"{runs} and {_duration(limits.seconds)}, at most {_duration(limits.cap_seconds)}"


def elapsed_s(wall_us: Iterable[float]) -> float:
    """The time that counts for limits, in seconds: the sum of the timed runs' wall times, given in µs."""
    return math.fsum(wall_us) / 1e6


def warmed_up(limits: Limits, runs: int, elapsed: float) -> bool:
    """Whether this many warm-up runs, which took ``elapsed`` seconds, are enough."""
    return runs >= limits.warmup_runs and elapsed >= limits.warmup_seconds


def finished(limits: Limits, runs: int, elapsed: float) -> bool:
    """Whether a timing is over after this many timed runs, which took ``elapsed`` seconds (``elapsed_s``).

    It is where runs and seconds are both reached, or where another run, as long as the mean of those so far, would
    pass the cap; but never under NEVER_UNDER runs, even past the cap.
    """
    if runs < NEVER_UNDER:
        return False
    reached = runs >= limits.runs and elapsed >= limits.seconds
    return reached or elapsed + elapsed / runs > limits.cap_seconds


def capped(limits: Limits, runs: int, elapsed: float) -> bool:
    """Whether the cap ended the timing before it had the runs asked for.

    The seconds asked for are never missing by more than one run then, since they lie within the cap.
    """
    return finished(limits, runs, elapsed) and runs < limits.runs


def remaining_s(limits: Limits, runs: int, elapsed: float, expected_run_s: float | None = None) -> float:
    """How many seconds of timed runs are still to come, 0 where it is finished.

    Runs to come are taken to last as long as the mean of those so far; before the first has ended, ``expected_run_s``
    seconds, or no time where that is None.
    """
    if finished(limits, runs, elapsed):
        return 0.0
    run_s = elapsed / runs if runs else expected_run_s or 0.0
    wanted = min(max(limits.runs * run_s, limits.seconds), limits.cap_seconds)
    return max(wanted, NEVER_UNDER * run_s) - elapsed


def fraction(limits: Limits, runs: int, elapsed: float, expected_run_s: float | None = None) -> float:
    """How much of the timing is over, 0 to 1; 1 only where it is finished. May step back when runs get slower."""
    if finished(limits, runs, elapsed):
        return 1.0
    whole = elapsed + remaining_s(limits, runs, elapsed, expected_run_s)
    return min(elapsed / whole, 0.999) if whole > 0 else 0.0


def _duration(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{minutes:g} min" if minutes >= 2 and not rest else f"{seconds:g} s"
