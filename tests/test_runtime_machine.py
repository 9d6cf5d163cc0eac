"""What the machine is and how it is doing, as far as it tells."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import namedtuple
from unittest.mock import Mock

import psutil
import pytest

from maistudio.runtime.machine import MachineWatch, this_machine

Times = namedtuple("Times", "user system idle iowait guest guest_nice")


def test_a_machine_is_named_with_its_cpu_cores_and_memory() -> None:
    found = this_machine()
    assert found.name
    assert found.cpu
    assert found.system.split()[0] in {"Linux", "Darwin"}
    assert 1 <= found.cores <= (os.cpu_count() or 1)
    assert found.memory_bytes == psutil.virtual_memory().total


def test_the_state_is_read_now() -> None:
    state = MachineWatch(os.getpid()).read()
    assert abs(state.at - time.time()) < 1
    assert 0 < state.available_bytes < this_machine().memory_bytes
    assert state.load is None or state.load >= 0


@pytest.mark.parametrize(
    ("before", "after", "own", "others"),
    [
        (Times(0, 0, 0, 0, 0, 0), Times(2, 1, 1, 0, 0, 0), 2.0, 0.25),
        (Times(5, 5, 5, 5, 0, 0), Times(6, 5, 7, 6, 0, 0), 0.0, 0.25),
        (Times(0, 0, 0, 0, 0, 0), Times(3, 0, 1, 0, 1, 0), 3.0, 0.0),
        (Times(0, 0, 0, 0, 0, 0), Times(1, 0, 3, 0, 0, 0), 1.1, 0.0),
        (Times(1, 1, 1, 1, 0, 0), Times(1, 1, 1, 1, 0, 0), 0.0, None),
    ],
    ids=["half is its own", "waiting is no work", "guests are users", "never below nothing", "no time has passed"],
)
def test_what_the_watched_process_uses_is_not_others_work(
    monkeypatch: pytest.MonkeyPatch, before: Times, after: Times, own: float, others: float | None
) -> None:
    used = Mock(side_effect=[Mock(user=1.0, system=0.5), Mock(user=1.0 + own / 2, system=0.5 + own / 2)])
    monkeypatch.setattr(psutil, "Process", lambda pid: Mock(cpu_times=used))
    monkeypatch.setattr(psutil, "cpu_times", Mock(side_effect=[before, after]))
    watch = MachineWatch(1)
    assert watch.read().others_cpu is None
    assert watch.read().others_cpu == (None if others is None else pytest.approx(others))


def test_a_process_that_has_ended_is_no_crash() -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    watch = MachineWatch(ended.pid)
    ended.wait()
    for each in (watch, MachineWatch(ended.pid)):
        each.read()
        time.sleep(0.05)
        share = each.read().others_cpu
        assert share is None or 0 <= share <= 1


def test_what_the_machine_does_not_tell_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(*arguments: object, **options: object) -> None:
        raise OSError("no such sensor")

    for name in ("cpu_freq", "sensors_temperatures", "sensors_battery"):
        monkeypatch.setattr(psutil, name, nothing, raising=False)
    state = MachineWatch(os.getpid()).read()
    assert (state.frequency_mhz, state.temperature_c, state.on_battery) == (None, None, None)
