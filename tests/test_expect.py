"""What a model's costs let expect of it before it runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from timed_models import custom_net, small_net, written

from maistudio.jobs.expect import Expectation, expectation
from maistudio.jobs.open import OpenedModel, open_model
from maistudio.jobs.progress import finish
from maistudio.timing.values import Configuration, Engine

MICRO_ISP = "challenge/aiff22__MicroISP__tflite_model__MicroISP.tflite"


def opened(path: Path) -> OpenedModel:
    return finish(open_model(path))


def test_a_model_that_takes_long_and_much_says_so_beforehand(real_file: Callable[[str], Path]) -> None:
    expected = expectation(opened(real_file(MICRO_ISP)), Configuration())
    assert expected.heavy
    assert expected.seconds == pytest.approx(4, rel=0.6)
    assert expected.memory_bytes == pytest.approx(10.9e9, rel=0.2)
    assert "GB of memory; 5 runs take" in expected.sentence


def test_a_small_model_is_not_worth_a_word(tmp_path: Path) -> None:
    assert not expectation(opened(small_net(tmp_path)), Configuration()).heavy


def test_more_threads_are_expected_to_be_faster(real_file: Callable[[str], Path]) -> None:
    model = opened(real_file("large/sr_abpn_x3_360x640_fp32.tflite"))
    one, two = (expectation(model, Configuration(threads=threads)).seconds for threads in (1, 2))
    assert one is not None
    assert two is not None
    assert two < one


def test_reference_kernels_are_expected_to_be_slow(real_file: Callable[[str], Path]) -> None:
    model = opened(real_file("large/sr_abpn_x3_360x640_fp32.tflite"))
    by_engine = [expectation(model, Configuration(engine)).seconds or 0 for engine in (Engine.XNNPACK, Engine.BUILTIN)]
    assert by_engine[1] > 3 * by_engine[0]


def test_integers_are_expected_to_be_faster_than_floats(real_file: Callable[[str], Path]) -> None:
    floats, integers = (
        expectation(opened(real_file(f"large/sr_abpn_x3_360x640_{kind}.tflite")), Configuration()).seconds or 0
        for kind in ("fp32", "int8")
    )
    assert integers < 0.6 * floats


def test_nothing_is_expected_of_a_gpu(tmp_path: Path) -> None:
    assert expectation(opened(small_net(tmp_path)), Configuration(Engine.GPU)) == Expectation(None, None)


@pytest.mark.parametrize(
    ("engine", "measured"), [(Engine.XNNPACK, 276e6), (Engine.BUILTIN, 366e6), (Engine.REFERENCE, 134e6)]
)
def test_each_engine_takes_its_own_memory(real_file: Callable[[str], Path], engine: Engine, measured: float) -> None:
    model = opened(real_file("large/sr_abpn_x3_360x640_fp32.tflite"))
    assert expectation(model, Configuration(engine)).memory_bytes == pytest.approx(measured, rel=0.35)


def test_nothing_is_expected_of_shapes_that_are_unknown(tmp_path: Path) -> None:
    model = opened(written(tmp_path, custom_net("MyOp")))
    assert expectation(model, Configuration()).seconds is None


def test_where_nothing_is_known_nothing_is_said() -> None:
    assert Expectation(None, None).sentence == ""


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.00004, "0.1 ms"),
        (0.0123, "12 ms"),
        (0.109, "109 ms"),
        (1.25, "1.2 s"),
        (9.3, "9.3 s"),
        (119.0, "119 s"),
        (300.0, "5 min"),
    ],
)
def test_durations_have_units_people_read(seconds: float, words: str) -> None:
    assert f"about {words} an inference" in Expectation(seconds, None).sentence
