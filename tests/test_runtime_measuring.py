"""Timing counts every inference and nothing but inferences, as long as its limits say, on inputs a model takes."""

from __future__ import annotations

import subprocess
import sys
import time
from array import array
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lent_child import LentChild
from models import build_abpn, build_chain, build_multi_signature
from runtime_models import build_counter, build_endless, build_gather
from stand_ins import LISTENS, command, gone, wait_until

from maistudio.errors import ModelRunError, UsageError
from maistudio.runtime import child as child_module
from maistudio.runtime import measuring
from maistudio.runtime.child import last
from maistudio.runtime.latency import Batch, WarmedUp, measure_steps
from maistudio.runtime.measuring import limits_from, limits_message, measure, samples_from, samples_message
from maistudio.runtime.protocol import ProtocolError
from maistudio.runtime.session import Session
from maistudio.timing.presets import NEVER_UNDER, Limits
from maistudio.timing.values import Configuration, Engine

FIVE = Limits(NEVER_UNDER, 0, 10, warmup_runs=1, warmup_seconds=0)


class Model:
    """A model that takes as long as it is told, and only the values it is told."""

    def __init__(self, work: Callable[[], None] = lambda: None, refused: tuple[float | None, ...] = ()) -> None:
        self.work, self.refused = work, refused
        self.fill_seconds = 0.0
        self.runs = 0
        self.value: float | None = -1.0

    def fill(self, value: float | None = None) -> None:
        time.sleep(self.fill_seconds)
        self.value = value

    def invoke(self) -> None:
        if self.value in self.refused:
            raise RuntimeError(f"not {self.value}")
        self.runs += 1
        self.work()


def measured(model: Model, limits: Limits) -> tuple[list[Mapping[str, Any]], Mapping[str, Any]]:
    """What the child tells while it measures, and its result."""
    told: list[Mapping[str, Any]] = []
    result = measure(model, limits, told.append)  # type: ignore[arg-type]
    return told, result


def samples(told: list[Mapping[str, Any]]) -> tuple[list[float], list[float]]:
    batches = [samples_from(message) for message in told if "samples" in message]
    return [us for wall, _ in batches for us in wall], [us for _, cpu in batches for us in cpu]


@pytest.fixture(scope="module")
def children() -> Iterator[LentChild]:
    with LentChild() as lent:
        yield lent


@pytest.mark.parametrize(("runs", "timed"), [(1, NEVER_UNDER), (NEVER_UNDER, NEVER_UNDER), (23, 23)])
def test_it_runs_as_often_as_asked_but_never_under_five_times(runs: int, timed: int) -> None:
    model = Model()
    told, result = measured(model, Limits(runs, 0, 10, warmup_runs=3, warmup_seconds=0))
    assert (len(samples(told)[0]), len(samples(told)[1]), result["runs"]) == (timed, timed, timed)
    assert model.runs == 3 + timed


def test_it_goes_on_until_the_seconds_are_reached() -> None:
    told, _ = measured(Model(lambda: time.sleep(0.002)), Limits(1, 0.1, 10, warmup_seconds=0))
    assert 0.1e6 <= sum(samples(told)[0]) < 0.2e6


def test_it_stops_before_the_cap_is_passed() -> None:
    told, _ = measured(Model(lambda: time.sleep(0.01)), Limits(1000, 0, 0.1, warmup_seconds=0))
    assert NEVER_UNDER <= len(samples(told)[0]) < 11


def test_the_cap_does_not_keep_it_from_five_runs() -> None:
    told, _ = measured(Model(lambda: time.sleep(0.01)), Limits(1, 0, 0.001, warmup_seconds=0))
    assert len(samples(told)[0]) == NEVER_UNDER


def test_the_warm_up_makes_its_runs_and_its_seconds() -> None:
    for limits, least in ((Limits(5, 0, 10, 4, 0), 4), (Limits(5, 0, 10, 1, 0.05), 5)):
        told, _ = measured(Model(lambda: time.sleep(0.005)), limits)
        (warm,) = (message for message in told if "warmup_runs" in message)
        assert least <= warm["warmup_runs"] <= 10


def test_the_first_inference_is_told_apart_and_without_the_filling() -> None:
    pauses = iter([0.05] + [0.0] * 99)
    model = Model(lambda: time.sleep(next(pauses)))
    model.fill_seconds = 0.2
    told, _ = measured(model, FIVE)
    (warm,) = (message for message in told if "first_us" in message)
    assert 50_000 <= warm["first_us"] < 200_000
    assert max(samples(told)[0]) < 50_000


def test_waiting_takes_wall_time_and_work_takes_cpu_time() -> None:
    def work() -> None:
        end = time.process_time() + 0.01
        while time.process_time() < end:
            pass

    waits, works = (samples(measured(Model(each), FIVE)[0]) for each in (lambda: time.sleep(0.01), work))
    assert min(waits[0]) >= 10_000
    assert max(waits[1]) < 5_000
    assert min(works[0]) >= 9_900
    assert min(works[1]) >= 9_900


def test_samples_are_told_while_it_measures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "REPORT_SECONDS", 0.01)
    told, _ = measured(Model(lambda: time.sleep(0.004)), Limits(20, 0, 10, warmup_seconds=0))
    batches = [samples_from(message)[0] for message in told if "samples" in message]
    assert len(batches) >= 4
    assert sum(map(len, batches)) == 20
    assert all(batches)


@pytest.mark.parametrize(
    ("refused", "value", "notes"),
    [
        ((), None, []),
        ((None,), 1.0, ["its inputs are all 1: LiteRT refused random ones"]),
        ((None, 1.0), 0.0, ["its inputs are all 0: LiteRT refused random ones"]),
    ],
)
def test_inputs_are_what_the_model_takes(
    refused: tuple[float | None, ...], value: float | None, notes: list[str]
) -> None:
    model = Model(refused=refused)
    assert measured(model, FIVE)[1]["notes"] == notes
    assert model.value == value


def test_a_model_that_takes_nothing_is_refused_by_its_first_words() -> None:
    with pytest.raises(RuntimeError, match="not None"):
        measured(Model(refused=(None, 1.0, 0.0)), FIVE)


def test_the_peak_is_the_most_memory_ever_held() -> None:
    script = (
        "from maistudio.runtime.measuring import peak_rss\nbefore = peak_rss()\nheld = b'x' * 100_000_000\ndel held\n"
        "print(before, peak_rss())"
    )
    printed = subprocess.run([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, check=True).stdout
    before, after = map(int, printed.split())
    assert 95_000_000 < after - before < 110_000_000


finite = st.lists(st.tuples(st.floats(0, 1e12), st.floats(0, 1e12)))


@given(finite)
def test_samples_survive_a_message_bit_for_bit(pairs: list[tuple[float, float]]) -> None:
    wall, cpu = array("d", [pair[0] for pair in pairs]), array("d", [pair[1] for pair in pairs])
    assert samples_from({"samples": samples_message(wall, cpu)}) == (wall, cpu)


@pytest.mark.parametrize(
    "wrong", [None, {}, {"wall_us": "AAAA", "cpu_us": ""}, {"wall_us": "AAAAAAAAAAA=", "cpu_us": ""}, {"wall_us": "?"}]
)
def test_samples_that_are_none_are_refused(wrong: object) -> None:
    with pytest.raises(ProtocolError):
        samples_from({"samples": wrong})


def test_limits_survive_a_message_and_senseless_ones_do_not() -> None:
    limits = Limits(7, 0.5, 9, 2, 0.25)
    assert limits_from(limits_message(limits)) == limits
    stated = dict(limits_message(limits)["limits"])
    for wrong, error in (({"runs": 0}, UsageError), ({"runs": "7"}, ProtocolError), ({"seconds": -1}, ProtocolError)):
        with pytest.raises(error):
            limits_from({"limits": stated | wrong})


@pytest.mark.parametrize("engine", ["xnnpack", "builtin", "reference"])
def test_a_session_is_timed_step_by_step(children: LentChild, engine: str) -> None:
    with Session.open(build_abpn(), Configuration(Engine(engine)), children=children) as session:
        steps: list[WarmedUp | Batch] = []
        timing = measure_steps(session, Limits(12, 0, 10, warmup_runs=2, warmup_seconds=0))
        try:
            while True:
                step = next(timing)
                steps += [] if step is None else [step]
        except StopIteration as stop:
            result = stop.value
    assert isinstance(steps[0], WarmedUp)
    assert steps[0].warmup_runs == 2
    wall = [us for step in steps[1:] if isinstance(step, Batch) for us in step.wall_us]
    assert len(wall) == 12
    assert 0 < min(wall) <= steps[0].first_us * 2
    assert 50e6 < result.peak_rss_bytes < 500e6
    assert result.notes == ()


@pytest.mark.parametrize(
    "case", [(build_multi_signature, Configuration(signature="multiply")), (build_gather, Configuration())]
)
def test_signatures_and_indices_are_timed_too(children: LentChild, case: tuple[Any, Configuration]) -> None:
    build, configuration = case
    with Session.open(build(), configuration, children=children) as session:
        assert last(measure_steps(session, FIVE)).peak_rss_bytes > 0


def test_a_session_can_be_run_after_it_was_timed(children: LentChild) -> None:
    with Session.open(build_counter(), children=children) as session:
        last(measure_steps(session, FIVE))
        one = np.ones(1, np.float32)
        assert float(session.run([one])["after"][0]) - float(session.run([one])["after"][0]) == -1


def test_closing_the_timing_kills_the_child() -> None:
    with Session.open(build_endless()) as session:
        timing = measure_steps(session, FIVE)
        while session.stage != "warming up":
            next(timing)
        timing.close()
        wait_until(lambda: gone(session.pid))


ANSWERS = """
while (request := receive(requests)) is not None:
    if request["do"] == "load":
        tell(request["id"], result={"init_us": 1, "inputs": [], "outputs": []})
    else:
        tell(request["id"], **%s)
"""


@pytest.mark.parametrize(
    "answer",
    ['{"samples": {"wall_us": "?"}}', '{"first_us": "soon"}', '{"result": {"peak_rss_bytes": -1}}', '{"result": 7}',
     '{"result": {"peak_rss_bytes": 1, "notes": 5}}'],
)  # fmt: skip
def test_senseless_samples_are_told_as_a_fault_of_the_child(answer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child_module, "worker_command", lambda: command(ANSWERS % answer))
    with (
        Session.open(build_chain(1)) as session,
        pytest.raises(ModelRunError, match="the model: the process that runs it sent"),
    ):
        last(measure_steps(session, FIVE))


def test_an_opening_that_is_answered_with_nonsense_leaves_no_child(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child_module, "worker_command", lambda: LISTENS)
    with pytest.raises(ModelRunError, match="the model: the process that runs it sent no number init_us"):
        Session.open(build_chain(1))
