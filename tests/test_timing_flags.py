"""When a timing is doubtful, and the sentence that says why and what to do."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from maistudio.timing.flags import flags_of, others_share, wall_by_cpu
from maistudio.timing.presets import PRESETS, Limits
from maistudio.timing.values import Engine, MachineState, Samples

QUICK = PRESETS["quick"]
STEADY = tuple(100_000.0 + us % 7 for us in range(64))


def state(
    at: float, others: float | None = 0.0, celsius: float | None = None, mhz: float | None = None
) -> MachineState:
    return MachineState(at, others, None, mhz, celsius, None, 1 << 30)


def flags(
    wall_us: Sequence[float] = STEADY,
    ratio: float = 1.0,
    states: Sequence[MachineState] = (),
    threads: int = 1,
    engine: Engine = Engine.XNNPACK,
    limits: Limits = QUICK,
) -> dict[str, str]:
    """The reasons by id, for runs that take ``ratio`` times their CPU time."""
    samples = Samples(tuple(wall_us), tuple(us / ratio for us in wall_us))
    found = flags_of(samples, threads, states, limits, 8, engine)
    assert len({flag.id for flag in found}) == len(found)
    return {flag.id: flag.reason for flag in found}


def test_a_steady_timing_on_an_idle_machine_has_no_flags() -> None:
    assert flags(states=[state(0, celsius=60, mhz=3000), state(6, celsius=61, mhz=2990)]) == {}


def test_no_samples_have_no_flags() -> None:
    assert flags(wall_us=()) == {}


def test_one_thread_that_waits_for_its_core_is_on_a_busy_machine() -> None:
    assert flags(ratio=1.34) == {
        "machine_busy": "the runs took 1.34 times their CPU time: close other programs and measure again"
    }


def test_a_tenth_more_than_the_cpu_time_is_not_busy_yet() -> None:
    assert flags(ratio=1.09) == {}


def test_one_long_interruption_is_not_a_busy_machine() -> None:
    wall = (*STEADY[:-1], 60e6)
    assert wall_by_cpu(Samples(wall, STEADY)) == pytest.approx(1)


def test_interruptions_of_every_other_run_count() -> None:
    cpu = [1000.0] * 64
    wall = [1000.0, 4000.0] * 32
    assert wall_by_cpu(Samples(tuple(wall), tuple(cpu))) == pytest.approx(2.5)


def test_a_coarse_clock_of_cpu_time_evens_out() -> None:
    """As on Windows: 10 ms of work show as 15.625 ms or as nothing."""
    ticks = [15_625.0 * ((i + 1) * 10_000 // 15_625 - i * 10_000 // 15_625) for i in range(640)]
    assert wall_by_cpu(Samples((10_000.0,) * 640, tuple(ticks))) == pytest.approx(1, abs=0.02)


def test_cpu_time_that_was_not_measured_has_no_ratio() -> None:
    assert wall_by_cpu(Samples((1000.0, 1000.0), (0.0, 0.0))) is None


def test_cpu_time_of_some_runs_only_has_no_ratio() -> None:
    assert wall_by_cpu(Samples((1000.0, 1000.0), (1000.0,))) is None


def test_several_threads_that_wait_for_each_other_are_not_on_a_busy_machine() -> None:
    assert flags(ratio=1.6, threads=4, states=[state(0), state(6, 0.02)]) == {}


@pytest.mark.parametrize(("threads", "engine"), [(4, Engine.XNNPACK), (1, Engine.GPU)])
def test_where_wall_by_cpu_time_tells_nothing_what_others_used_does(threads: int, engine: Engine) -> None:
    assert flags(ratio=0.4, threads=threads, engine=engine, states=[state(0, None), state(6, 0.23)]) == {
        "machine_busy": (
            "other programs used 23% of this machine's 8 cores meanwhile: close other programs and measure again"
        )
    }


def test_one_thread_with_a_core_to_itself_minds_no_others() -> None:
    assert flags(threads=1, states=[state(0, None), state(6, 0.5)]) == {}


def test_a_machine_that_does_not_tell_is_not_busy() -> None:
    assert flags(threads=4, states=[state(0, None), state(6, None)]) == {}


def test_what_others_used_is_averaged_over_time() -> None:
    assert others_share([state(0, 0.9), state(9, 0.1), state(10, 0.5)]) == pytest.approx(0.14)


def test_a_single_reading_tells_nothing_of_the_time_after() -> None:
    assert others_share([state(0, 0.9)]) is None


def test_times_that_vary_are_unstable() -> None:
    reason = flags([100_000.0, 120_000.0] * 33)["unstable"]
    assert reason == (
        "the times vary by 9.2% (standard deviation by mean): let the machine cool down and rest, and measure again"
    )


def test_times_that_vary_a_little_are_stable() -> None:
    assert flags([100_000.0, 109_000.0] * 33) == {}


def test_times_that_grow_are_unstable() -> None:
    reason = flags([100_000.0] * 32 + [106_000.0] * 32)["unstable"]
    assert reason.startswith("the last third of the runs was 6.0% slower than the first: let")


def test_times_that_grow_a_little_are_stable() -> None:
    assert flags([100_000.0] * 32 + [104_000.0] * 32) == {}


def test_thirds_are_compared_by_their_medians() -> None:
    wall_us = [ms * 1000.0 for ms in (100, 110, 100, 103, 103, 103, 106, 106, 106)]
    assert "the last third of the runs was 6.0% slower" in flags(wall_us)["unstable"]


def test_two_samples_have_no_thirds() -> None:
    assert flags([100_000.0, 100_000.0]) == {}


def test_times_that_shrink_are_no_drift() -> None:
    assert flags([106_000.0] * 32 + [100_000.0] * 32) == {}


@pytest.mark.parametrize(("celsius", "told"), [((60, 64.9, 64), False), ((60, 65, 61), True), ((70, 62, 66), False)])
def test_a_processor_that_warms_by_five_degrees_is_unstable(celsius: Sequence[float], told: bool) -> None:
    found = flags(states=[state(at, celsius=c) for at, c in enumerate(celsius)])
    assert ("unstable" in found) is told


def test_warming_is_told_in_degrees() -> None:
    reason = flags(states=[state(0, celsius=None), state(1, celsius=60), state(2, celsius=66.6)])["unstable"]
    assert reason.startswith("the processor warmed from 60 °C to 67 °C: ")


def test_a_clock_that_falls_is_unstable() -> None:
    reason = flags(states=[state(at, mhz=mhz) for at, mhz in enumerate((3000, 3000, 2600, 2600))])["unstable"]
    assert reason.startswith("the processor's clock fell from 3,000 MHz to 2,600 MHz: ")


def test_a_clock_that_wavers_is_stable() -> None:
    clock = (3000, 2900, 3050, 2700, 2990, 2950, 2600, 2990, 2970)
    assert flags(states=[state(at, mhz=mhz) for at, mhz in enumerate(clock)]) == {}


def test_several_reasons_are_one_sentence() -> None:
    reason = flags([100_000.0] * 32 + [150_000.0] * 32, states=[state(0, celsius=50), state(6, celsius=70)])["unstable"]
    assert reason.count(": ") == 1
    assert "mean), the last third of the runs was 50.0% slower than the first and the processor warmed" in reason


def test_what_the_cap_ended_is_capped() -> None:
    assert flags([4_000_000.0] * 7) == {
        "capped": ("the cap of 30 s left time for 7 of 64 runs (28.0 s): allow more time for a narrower interval")
    }


def test_what_was_cancelled_early_is_not_capped() -> None:
    assert flags([4_000_000.0] * 3) == {}


def test_a_clock_that_saw_no_time_is_no_reason_to_fail() -> None:
    assert flags([0.0, 0.0, 5.0]).keys() == {"unstable"}
