"""What makes a timing doubtful, each as one sentence with its numbers and what to do."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise

from maistudio.timing.presets import Limits, capped, elapsed_s
from maistudio.timing.statistics import median, statistics_of
from maistudio.timing.values import Engine, Flag, MachineState, Samples

BUSY_RATIO = 1.1
"""Wall time by CPU time of one thread. By this project's own trials, 1.0 with a core to itself, 1.7 where two share."""
BUSY_SHARE = 0.1
"""Of all cores, used by others. Where the threads want every core, it is the same as BUSY_RATIO: others and threads
together then want 1.1 times what there is."""
BLOCKS = 8
"""Stretches of a timing whose ratio is taken one by one: some clocks of CPU time step by 15.6 ms (Windows)."""

LARGEST_CV = 0.05
LARGEST_DRIFT = 0.05
"""How much slower the median of the last third may be than that of the first."""
LARGEST_RISE_C = 5.0
LARGEST_FREQUENCY_DROP = 0.05
"""This project's own criteria, as for phones: what throttles a phone throttles a laptop. A clock wavers within 5 %."""


def flags_of(
    samples: Samples,
    threads: int,
    states: Sequence[MachineState],
    limits: Limits,
    cores: int,
    engine: Engine = Engine.XNNPACK,
) -> tuple[Flag, ...]:
    """The flags of a timing, at most one of each id: ``machine_busy``, ``unstable``, ``capped``.

    ``states`` are those read from the end of the warm-up to the end of the runs: a processor is always cooler and its
    clock at another speed before it was asked to work. ``cores`` are what the machine has. No sample, no flag.
    """
    if not samples.wall_us:
        return ()
    found = (
        _machine_busy(samples, threads, states, cores, engine),
        _unstable(samples.wall_us, states),
        _capped(samples.wall_us, limits),
    )
    return tuple(flag for flag in found if flag is not None)


def wall_by_cpu(samples: Samples) -> float | None:
    """How many times its CPU time a run took: the median over BLOCKS stretches of the timing.

    A stretch's sums are compared, so coarse clocks even out, and short runs of which every other is interrupted count
    as they should. A single long interruption spoils one stretch only.
    None where no CPU time was measured.
    """
    n = len(samples.cpu_us)
    if not n or n != len(samples.wall_us):
        return None
    blocks = min(BLOCKS, n)
    bounds = [n * i // blocks for i in range(blocks + 1)]
    sums = [
        (math.fsum(samples.wall_us[start:end]), math.fsum(samples.cpu_us[start:end])) for start, end in pairwise(bounds)
    ]
    ratios = [wall / cpu for wall, cpu in sums if cpu > 0]
    return median(ratios) if ratios else None


def others_share(states: Sequence[MachineState]) -> float | None:
    """The share of all cores that other processes used, averaged over time; None where the machine did not tell.

    What a state says holds for the time since the one before.
    """
    told = [
        (state.others_cpu, state.at - before.at)
        for before, state in pairwise(states)
        if state.others_cpu is not None and state.at > before.at
    ]
    seconds = math.fsum(span for _, span in told)
    return math.fsum(share * span for share, span in told) / seconds if seconds > 0 else None


def _machine_busy(
    samples: Samples, threads: int, states: Sequence[MachineState], cores: int, engine: Engine
) -> Flag | None:
    """One thread that always has its core takes as long as its CPU time.

    Several threads don't: some wait idle for the slowest of them, or spin and burn CPU time for nothing, so their
    ratio tells nothing of other programs. Neither does that of a thread that waits for a GPU. For both, what others
    used is asked.
    """
    ratio = wall_by_cpu(samples) if threads == 1 and engine is not Engine.GPU else None
    if ratio is not None:
        if ratio <= BUSY_RATIO:
            return None
        what = f"the runs took {ratio:.2f} times their CPU time"
    else:
        share = others_share(states)
        if share is None or share <= BUSY_SHARE:
            return None
        what = f"other programs used {share:.0%} of this machine's {cores} cores meanwhile"
    return Flag("machine_busy", f"{what}: close other programs and measure again")


def _unstable(wall_us: Sequence[float], states: Sequence[MachineState]) -> Flag | None:
    reasons = [*_varying(wall_us), *_heating(states), *_slowing(states)]
    if not reasons:
        return None
    return Flag("unstable", f"{_listed(reasons)}: let the machine cool down and rest, and measure again")


def _varying(wall_us: Sequence[float]) -> Iterable[str]:
    cv = statistics_of(wall_us).cv
    if cv > LARGEST_CV:
        yield f"the times vary by {cv:.1%} (standard deviation by mean)"
    third = len(wall_us) // 3
    if third:
        first, last = (median(part) for part in (wall_us[:third], wall_us[-third:]))
        if last > first * (1 + LARGEST_DRIFT):
            yield _grown("the last third of the runs was", first, last, "slower than the first")


def _grown(what: str, first: float, last: float, words: str) -> str:
    return f"{what} {last / first - 1:.1%} {words}" if first else f"{what} {words}"


def _heating(states: Sequence[MachineState]) -> Iterable[str]:
    degrees = [state.temperature_c for state in states if state.temperature_c is not None]
    if degrees and max(degrees) - degrees[0] >= LARGEST_RISE_C:
        yield f"the processor warmed from {degrees[0]:.0f} °C to {max(degrees):.0f} °C"


def _slowing(states: Sequence[MachineState]) -> Iterable[str]:
    """Medians of thirds of the readings, since a clock that is read while it runs wavers."""
    clock = [state.frequency_mhz for state in states if state.frequency_mhz is not None]
    if len(clock) < 2:
        return
    third = max(len(clock) // 3, 1)
    first, last = (median(part) for part in (clock[:third], clock[-third:]))
    if last < first * (1 - LARGEST_FREQUENCY_DROP):
        yield f"the processor's clock fell from {first:,.0f} MHz to {last:,.0f} MHz"


def _capped(wall_us: Sequence[float], limits: Limits) -> Flag | None:
    seconds = elapsed_s(wall_us)
    if not capped(limits, len(wall_us), seconds):
        return None
    made = f"{len(wall_us):,} of {limits.runs:,} runs"
    return Flag(
        "capped",
        f"the cap of {limits.cap_seconds:g} s left time for {made} ({seconds:.1f} s): "
        "allow more time for a narrower interval",
    )


def _listed(reasons: Sequence[str]) -> str:
    return " and ".join([", ".join(reasons[:-1]), reasons[-1]] if len(reasons) > 1 else reasons)
