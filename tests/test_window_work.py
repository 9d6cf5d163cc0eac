"""Jobs off the interface thread."""

from __future__ import annotations

import sys
import threading
from itertools import count
from types import SimpleNamespace

import pytest

from maistudio.errors import UsageError
from maistudio.gui.work import Work
from maistudio.jobs.progress import Progress

PATIENCE_SECONDS = 60
"""After this, a thread that does not end has failed, however busy the machine."""


def answer(value):
    yield Progress("Thinking", 0.5)
    return value


def until(gate: threading.Event, closed: threading.Event | None = None):
    try:
        while not gate.is_set():
            yield Progress("Waiting for the gate")
            gate.wait(0.002)
        return "through"
    finally:
        if closed is not None:
            closed.set()


def refusing():
    yield Progress("Looking")
    raise UsageError("That can't be done; do something else")


def broken():
    yield Progress("Looking")
    raise ZeroDivisionError("unforeseen")


@pytest.fixture
def work(qapp):
    made = Work()
    yield made
    assert made.stop()


def job_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("job ")]


def test_a_job_delivers_its_result(work, qtbot) -> None:
    task = work.start("Answering", answer(42))
    with qtbot.waitSignal(task.succeeded) as got:
        pass
    assert got.args == [42]


def test_results_come_on_the_interface_thread(work, qtbot) -> None:
    threads = []
    task = work.start("Answering", answer(42))
    task.succeeded.connect(lambda _: threads.append(threading.current_thread()))
    qtbot.waitUntil(lambda: bool(threads))
    assert threads == [threading.main_thread()]


def test_a_job_runs_away_from_the_interface_thread(work, qtbot) -> None:
    def job():
        yield Progress("Looking around")
        return threading.current_thread()

    task = work.start("Looking", job())
    with qtbot.waitSignal(task.succeeded) as got:
        pass
    assert got.args[0] is not threading.main_thread()


def test_progress_is_told(work, qtbot) -> None:
    task = work.start("Answering", answer(42))
    with qtbot.waitSignal(task.progressed) as got:
        pass
    assert got.args == [Progress("Thinking", 0.5)]


def test_an_expected_error_is_delivered_as_such(work, qtbot) -> None:
    task = work.start("Refusing", refusing())
    with qtbot.waitSignal(task.refused) as got:
        pass
    assert str(got.args[0]) == "That can't be done; do something else"


def test_an_unexpected_error_reaches_the_excepthook_with_its_trace(work, qtbot, monkeypatch) -> None:
    caught = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, error, trace: caught.append((kind, trace is not None)))
    task = work.start("Breaking", broken())
    with qtbot.waitSignal(task.failed):
        pass
    qtbot.waitUntil(lambda: bool(caught))
    assert caught == [(ZeroDivisionError, True)]


def test_a_cancelled_job_is_closed_at_its_next_yield(work, qtbot) -> None:
    closed = threading.Event()
    task = work.start("Waiting", until(threading.Event(), closed))
    with qtbot.waitSignal(task.progressed):
        pass
    task.cancel()
    assert closed.wait(PATIENCE_SECONDS)


def test_a_cancelled_job_leaves_the_list_at_once(work, qtbot) -> None:
    task = work.start("Waiting", until(threading.Event()))
    with qtbot.waitSignal(task.progressed):
        pass
    task.cancel()
    assert work.tasks == []


def test_nothing_comes_of_a_result_that_was_cancelled_before_it_was_delivered(work, qtbot) -> None:
    results: list[object] = []
    task = work.start("Answering", answer(42))
    task.succeeded.connect(results.append)
    assert task.wait(PATIENCE_SECONDS)
    task.cancel()
    with qtbot.waitSignal(task.left):
        pass
    assert results == []


def test_a_job_that_never_began_can_be_cancelled(qtbot) -> None:
    work = Work(at_once=1)
    gate = threading.Event()
    work.start("Waiting", until(gate))
    second = work.start("Answering", answer(42))
    second.cancel()
    titles = [task.title for task in work.tasks]
    gate.set()
    work.stop()
    assert titles == ["Waiting"]


def test_a_waiting_job_starts_when_another_ends(qtbot) -> None:
    work = Work(at_once=1)
    gate = threading.Event()
    work.start("Waiting", until(gate))
    second = work.start("Answering", answer(42))
    gate.set()
    with qtbot.waitSignal(second.succeeded):
        pass
    assert work.stop()


def test_a_cancelled_job_that_is_stuck_does_not_keep_others_from_starting(qtbot) -> None:
    work, gate = Work(at_once=1), threading.Event()

    def stuck():
        gate.wait()
        yield Progress("Never")

    work.start("stuck", stuck()).cancel()
    with qtbot.waitSignal(work.start("next", answer(1)).succeeded):
        pass
    gate.set()
    assert work.stop()


def test_no_more_jobs_run_than_wanted(qtbot) -> None:
    work = Work(at_once=2)
    gate = threading.Event()
    for _ in range(5):
        work.start("Waiting", until(gate))
    running = len(job_threads())
    gate.set()
    qtbot.waitUntil(lambda: work.tasks == [])
    work.stop()
    assert running == 2


def test_no_thread_is_left_when_work_stops(qtbot) -> None:
    work = Work()
    for _ in range(3):
        work.start("Waiting", until(threading.Event()))
    work.stop()
    assert job_threads() == []


def test_of_a_flood_of_progress_one_in_40_ms_is_told(work, qtbot, monkeypatch) -> None:
    def chatty():
        for step in range(20_000):
            yield Progress("Counting", step / 20_000)

    milliseconds = count()
    monkeypatch.setattr("maistudio.gui.work.time", SimpleNamespace(monotonic=lambda: next(milliseconds) / 1000))
    told: list[Progress] = []
    task = work.start("Counting", chatty())
    task.progressed.connect(told.append)
    with qtbot.waitSignal(task.succeeded):
        pass
    assert len(told) == pytest.approx(20_000 / 40, rel=0.05)


def test_each_stage_is_told_at_once(work, qtbot, monkeypatch) -> None:
    def staged():
        for stage in ("Reading", "Counting", "Planning"):
            yield Progress(stage)

    monkeypatch.setattr("maistudio.gui.work.time", SimpleNamespace(monotonic=lambda: 0.0))
    told: list[Progress] = []
    task = work.start("Opening", staged())
    task.progressed.connect(told.append)
    with qtbot.waitSignal(task.succeeded):
        pass
    assert [progress.stage for progress in told] == ["Reading", "Counting", "Planning"]
