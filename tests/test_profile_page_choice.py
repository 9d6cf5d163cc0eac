"""What the Profile page asks for: numbers of threads and shapes as typed, and the runs that follow from a choice."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from models import build_conv_net, build_dynamic_shape
from panels import opened_bytes

from maistudio.errors import UsageError
from maistudio.gui.profile.choice import Choice, Subject, main_inputs, requests_of, shape_at_first, shape_of, threads_of
from maistudio.gui.profile.words import scale_of_time, time_text
from maistudio.tflite.text import shape_text
from maistudio.timing.presets import PRESETS
from maistudio.timing.values import Engine


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("1", (1,)),
        ("1, 2, 4", (1, 2, 4)),
        ("2 1", (2, 1)),
        ("1-3", (1, 2, 3)),
        ("2–4; 1", (2, 3, 4, 1)),
        ("2, 2", (2,)),
    ],
)
def test_numbers_of_threads_are_read_as_typed(typed: str, found: tuple[int, ...]) -> None:
    assert threads_of(typed, 8) == found


@pytest.mark.parametrize("typed", ["0", "9", "1-9", "3-1", "two", "-1", "1.5", "٣"])
def test_a_number_of_threads_that_the_machine_lacks_is_refused(typed: str) -> None:
    with pytest.raises(UsageError, match="use 1 to 8"):
        threads_of(typed, 8)


def test_no_thread_at_all_is_refused() -> None:
    with pytest.raises(UsageError, match="at least one"):
        threads_of(" , ", 8)


@given(st.text(max_size=20))
def test_whatever_is_typed_as_threads_gives_numbers_or_a_sentence(typed: str) -> None:
    try:
        found = threads_of(typed, 4)
    except UsageError:
        return
    assert set(found) <= {1, 2, 3, 4}


@pytest.fixture(scope="module")
def open_input():
    opened = opened_bytes(build_dynamic_shape())
    return opened, next(tensor for tensor in main_inputs(opened.model) if -1 in tensor.open_shape)


def test_an_open_batch_is_one_at_first(open_input) -> None:
    opened, tensor = open_input
    assert shape_at_first(opened, tensor)[0] == 1


def test_an_open_size_has_to_be_given(open_input) -> None:
    _, tensor = open_input
    with pytest.raises(UsageError, match="a size for each “\\?”"):
        shape_of(shape_text(tensor.open_shape), tensor)


@pytest.mark.parametrize("between", ["x", "×", ", ", " ", " X ", "*"])
def test_sizes_may_be_parted_in_many_ways(open_input, between: str) -> None:
    _, tensor = open_input
    sizes = [5] * len(tensor.open_shape)
    assert shape_of(between.join(map(str, sizes)), tensor) == tuple(sizes)


def test_a_shape_of_another_rank_is_refused(open_input) -> None:
    _, tensor = open_input
    with pytest.raises(UsageError, match=r"has \d sizes"):
        shape_of("1×" * len(tensor.open_shape) + "1", tensor)


@pytest.mark.parametrize("size", ["0", "-3", "big", "1.5"])
def test_what_is_no_size_is_refused(open_input, size: str) -> None:
    _, tensor = open_input
    with pytest.raises(UsageError, match="is no size"):
        shape_of("×".join([size, *["4"] * (len(tensor.open_shape) - 1)]), tensor)


@given(st.text(max_size=30))
def test_whatever_is_typed_as_a_shape_gives_sizes_or_a_sentence(typed: str) -> None:
    tensor = main_inputs(opened_bytes(build_conv_net()).model)[0]
    with contextlib.suppress(UsageError):
        assert min(shape_of(typed, tensor)) > 0


def choice_of(*subjects: Subject, **changes) -> Choice:
    known = {"engines": (Engine.XNNPACK,), "threads": (1,), "limits": PRESETS["quick"], "with_ops": True, "shapes": {}}
    return Choice(subjects, **{**known, **changes})


def subject(name: str) -> Subject:
    return Subject(name, opened_bytes(build_conv_net()), name * 64)


def test_every_engine_runs_with_every_number_of_threads() -> None:
    made = requests_of(choice_of(subject("a"), engines=(Engine.XNNPACK, Engine.BUILTIN), threads=(1, 2)))
    assert [(each.configuration.engine, each.configuration.threads) for each in made] == [
        (Engine.XNNPACK, 1),
        (Engine.XNNPACK, 2),
        (Engine.BUILTIN, 1),
        (Engine.BUILTIN, 2),
    ]


def test_every_model_runs_the_first_one_first() -> None:
    assert [each.sha256[0] for each in requests_of(choice_of(subject("b"), subject("a")))] == ["b", "a"]


def test_typed_shapes_are_those_of_the_first_model_only() -> None:
    made = requests_of(choice_of(subject("a"), subject("b"), shapes={"input": (1, 2, 2, 3)}))
    assert [dict(each.configuration.shapes) for each in made] == [{"input": (1, 2, 2, 3)}, {}]


def test_costs_at_other_shapes_than_the_typed_ones_are_not_handed_on() -> None:
    (made,) = requests_of(choice_of(subject("a"), shapes={"input": (1, 2, 2, 3)}))
    assert made.opened is None


@pytest.mark.parametrize(
    ("us", "text"),
    [
        (0.25, "0.250 µs"),
        (412.68, "412.7 µs"),
        (999.97, "1.000 ms"),
        (12_345.6, "12.35 ms"),
        (8_120_000.0, "8.120 s"),
        (250e6, "250.0 s"),
    ],
)
def test_times_have_four_digits(us: float, text: str) -> None:
    assert time_text(us) == text


def test_a_time_that_is_not_known_is_a_dash() -> None:
    assert time_text(None) == "–"


@given(st.floats(min_value=1e-3, max_value=1e10))
def test_a_time_can_be_read_back_to_a_thousandth(us: float) -> None:
    scale = scale_of_time(us)
    assert float(scale.number(us).replace(",", "")) * scale.divisor == pytest.approx(us, rel=6e-4, abs=5.1e-4)
