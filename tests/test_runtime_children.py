"""Every job gets a child of its own, one waits ready where that is wanted, and all end with the program."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator

import psutil
import pytest
from stand_ins import LISTENS, after_request, asked, gone, wait_until

from maistudio.errors import ModelRunError
from maistudio.runtime import child as child_module
from maistudio.runtime.children import Children


@pytest.fixture(autouse=True)
def stand_ins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child_module, "worker_command", lambda: LISTENS)


@pytest.fixture
def warm() -> Iterator[Children]:
    with Children(keep_warm=True) as children:
        children.warm_up()
        yield children


def started() -> set[int]:
    """The stand-ins that live."""
    return {process.pid for process in psutil.Process().children() if not gone(process.pid) and _stands_in(process)}


def _stands_in(process: psutil.Process) -> bool:
    try:
        return any("receive(requests)" in word for word in process.cmdline())
    except psutil.Error:  # it has just ended
        return False


def test_a_child_waits_for_the_next_job(warm: Children) -> None:
    (waiting,) = started()
    child = warm.take()
    assert child.pid == waiting
    assert asked(child) == {}
    warm.give_back(child)


def test_only_one_waits_however_often_it_is_asked_for(warm: Children) -> None:
    warm.warm_up()
    warm.warm_up()
    assert len(started()) == 1


def test_none_waits_unless_that_is_wanted() -> None:
    with Children() as children:
        children.warm_up()
        assert not started()
        children.give_back(children.take())
        assert not started()


def test_none_is_started_while_a_job_goes_on(warm: Children) -> None:
    first, second = warm.take(), warm.take()
    warm.warm_up()
    warm.give_back(first)
    assert started() == {second.pid}
    warm.give_back(second)
    assert len(started()) == 1


def test_no_child_serves_two_jobs(warm: Children) -> None:
    served = set()
    for _ in range(3):
        child = warm.take()
        served.add(child.pid)
        warm.give_back(child)
        assert gone(child.pid)
    assert len(served) == 3


def test_a_child_that_died_waiting_is_replaced(warm: Children) -> None:
    (waiting,) = started()
    os.kill(waiting, signal.SIGKILL)
    wait_until(lambda: gone(waiting))
    child = warm.take()
    assert asked(child) == {}
    warm.give_back(child)


def test_jobs_at_once_have_children_of_their_own(warm: Children) -> None:
    taken = []

    def take() -> None:
        taken.append(warm.take())

    threads = [threading.Thread(target=take) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({child.pid for child in taken}) == 5
    for child in taken:
        warm.give_back(child)


def test_closing_ends_those_that_wait_and_those_that_work(monkeypatch: pytest.MonkeyPatch, warm: Children) -> None:
    monkeypatch.setattr(child_module, "worker_command", lambda: after_request("time.sleep(60)"))
    busy, other = warm.take(), warm.take()
    threading.Timer(0.2, warm.close).start()
    assert "its process was stopped" in asked(other)
    wait_until(lambda: not started())
    for child in (busy, other):
        warm.give_back(child)
    assert not started()


def test_after_closing_there_are_no_children(warm: Children) -> None:
    warm.close()
    warm.close()
    warm.warm_up()
    with pytest.raises(ModelRunError, match="about to end"):
        warm.take()
    assert not started()


def test_one_that_cannot_be_started_ahead_does_no_harm(monkeypatch: pytest.MonkeyPatch, warm: Children) -> None:
    child = warm.take()
    monkeypatch.setattr(child_module, "worker_command", lambda: ("/nowhere/python",))
    warm.give_back(child)
    with pytest.raises(ModelRunError, match="no process could be started"):
        warm.take()
