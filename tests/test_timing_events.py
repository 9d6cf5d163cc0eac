"""Events of LiteRT's profiler add up to kernels."""

from __future__ import annotations

from maistudio.timing.events import Event, KernelSums
from maistudio.timing.kernels import Kernel
from maistudio.timing.values import Engine

END = Event(1, "LiteRT::Run[Buffer sync]", 900, 10, 0, 0)
OUT = 2**64 - 1


def invoke(start: int, us: int, subgraph: int = 0) -> Event:
    return Event(1, "Invoke", start, us, 0, subgraph)


def invoked(subgraph: int = 0) -> Event:
    return Event(32, "Invoke", 0, 1 << 32, OUT, subgraph)


def op(name: str, start: int, us: int, node: int, subgraph: int = 0) -> Event:
    return Event(2, name, start, us, node, subgraph)


def xnnpack(name: str, us: int, place: int, subgraph: int = 0) -> Event:
    return Event(8, name, 0, us, place, subgraph)


def kernels(*runs: list[Event]) -> tuple[Kernel, ...]:
    sums = KernelSums(Engine.BUILTIN)
    for run in runs:
        sums.add(run)
    return sums.kernels()


def looped(*bodies: tuple[int, int]) -> list[Event]:
    """A WHILE of 500 µs; each body is invoked for so long, and runs an ADD for so long."""
    events, start = [invoke(0, 600), op("WHILE", 10, 500, 0)], 20
    for us, add_us in bodies:
        events += [invoke(start, us, 1), op("ADD", start + 1, add_us, 0, 1), invoked(1)]
        start += us + 10
    return [*events, invoked(), END]


def test_a_kernel_s_time_is_its_mean_per_run():
    one, other = ([invoke(0, 50), op("ADD", 1, us, 0), invoked(), END] for us in (20, 30))
    assert kernels(one, other)[0].us == 25.0


def test_kernels_of_a_delegate_are_told_apart_by_place():
    found = kernels([invoke(0, 50), xnnpack("Add (ND)", 3, 0), xnnpack("Add (ND)", 4, 1), invoked(), END])
    assert [(kernel.place, kernel.us) for kernel in found] == [(0, 3.0), (1, 4.0)]


def test_a_place_that_comes_again_begins_another_partition():
    found = kernels([invoke(0, 50), xnnpack("Add (ND)", 3, 0), xnnpack("Exp (NC)", 4, 0), invoked(), END])
    assert [kernel.partition for kernel in found] == [0, 1]


def test_partitions_are_counted_anew_in_each_invocation():
    body = [invoke(20, 9, 1), xnnpack("Add (ND)", 3, 0, 1), invoked(1)]
    found = kernels([invoke(0, 50), op("WHILE", 1, 40, 0), *body, *body, invoked(), END])
    assert [(kernel.partition, kernel.calls) for kernel in found if kernel.subgraph == 1] == [(0, 2.0)]


def test_who_ran_it_is_told():
    found = kernels([invoke(0, 50), op("ADD", 1, 5, 0), xnnpack("Add (ND)", 3, 0), invoked(), END])
    assert [kernel.executor for kernel in found] == [Engine.BUILTIN, Engine.XNNPACK]


def test_calls_are_those_of_one_run():
    found = kernels(looped((40, 5), (40, 5)), looped((40, 5), (40, 5), (40, 5), (40, 5)))
    assert found[1].calls == 3.0


def test_an_op_in_a_loop_has_the_time_of_all_its_calls():
    assert kernels(looped((40, 5), (40, 7)))[1].us == 12.0


def test_a_loop_keeps_only_the_time_that_is_neither_its_body_s_nor_the_recording_s():
    """500 µs, less two invocations of 100 µs, each recorded in 10 µs more."""
    assert kernels(looped((100, 5), (100, 7)))[0].us == 280.0


def test_a_loop_s_own_time_is_never_below_zero():
    assert kernels(looped((300, 5), (300, 7)))[0].us == 0.0


def test_an_event_after_an_op_is_not_its_own():
    later = Event(1, "AllocateTensors", 100, 30, 0, 0)
    assert kernels([invoke(0, 200), op("ADD", 1, 50, 0), later, invoked(), END])[0].us == 50.0


def test_kernels_come_in_the_order_in_which_they_first_ran():
    found = kernels([invoke(0, 50), op("MUL", 1, 5, 3), op("ADD", 9, 5, 1), invoked(), END])
    assert [kernel.node for kernel in found] == [3, 1]


def test_a_run_without_its_last_event_was_cut_off():
    sums = KernelSums(Engine.BUILTIN)
    sums.add([invoke(0, 50), op("ADD", 1, 5, 0)])
    assert sums.cut_off


def test_a_run_with_its_last_event_is_whole():
    sums = KernelSums(Engine.BUILTIN)
    sums.add([invoke(0, 50), op("ADD", 1, 5, 0), invoked(), END])
    assert not sums.cut_off
