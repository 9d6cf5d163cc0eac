"""Numbers, shapes and names as people read them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maistudio.tflite.model import Quantization, QuantizationKind, Tensor
from maistudio.tflite.text import (
    amount_text,
    bytes_text,
    clean,
    count_text,
    elide_middle,
    lines_of,
    list_text,
    number_text,
    option_text,
    options_text,
    percent_text,
    plural,
    quantization_text,
    shape_text,
)


@pytest.mark.parametrize(
    ("shape", "text"),
    [((1, 360, 640, 3), "1×360×640×3"), ((1, -1), "1×?"), ((), "scalar"), ((0,), "0"), (None, "unknown")],
)
def test_a_shape_is_written_with_crosses(shape, text: str) -> None:
    assert shape_text(shape) == text


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 B"), (1023, "1,023 B"), (1024, "1.0 KiB"), (55_000, "53.7 KiB"), (1024**2 - 1, "1.0 MiB"),
        (3 * 2**30, "3.0 GiB"), (None, "unknown"),
    ],
)  # fmt: skip
def test_a_size_is_written_in_the_largest_unit_that_fits(size, text: str) -> None:
    assert bytes_text(size) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0"),
        (999, "999"),
        (1000, "1.00 k"),
        (9_756_000_000, "9.76 G"),
        (15_230_000_000, "15.2 G"),
        (None, "unknown"),
    ],
)
def test_a_large_count_is_written_with_about_three_digits(count, text: str) -> None:
    assert amount_text(count) == text


def test_a_count_is_written_in_full() -> None:
    assert count_text(42539) == "42,539"


@given(st.integers(min_value=0, max_value=10**5000))
def test_no_number_is_too_large_to_be_written_shortly(number: int) -> None:
    assert max(len(words(number)) for words in (bytes_text, amount_text, count_text)) < 40


@given(st.integers(min_value=1, max_value=2**60))
def test_a_written_size_is_within_its_rounding(size: int) -> None:
    number, unit = bytes_text(size).split(" ")
    scale = 1024 ** ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"].index(unit)
    assert float(number.replace(",", "")) * scale == pytest.approx(size, abs=0.0501 * scale)


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [(1, 8, "12.5%"), (1, 10_000, "<0.1%"), (5, 5, "100%"), (0, 5, "0.0%"), (None, 5, ""), (5, 0, ""), (5, None, "")],
)
def test_a_share_is_written_in_percent(part, whole, text: str) -> None:
    assert percent_text(part, whole) == text


def test_a_negative_number_has_a_minus_sign() -> None:
    assert number_text(-0.00392156862) == "−0.00392157"


@given(st.text())
def test_a_cleaned_name_is_one_printable_line(name: str) -> None:
    assert clean(name).isprintable()


@given(st.text().filter(str.isprintable))
def test_a_printable_name_stays_as_it_is(name: str) -> None:
    assert clean(name) == name


def test_a_lone_surrogate_is_escaped() -> None:
    assert clean("a\ud800b\n") == "a\\ud800b\\n"


@given(st.text(), st.integers(min_value=1, max_value=40))
def test_an_elided_text_fits(text: str, limit: int) -> None:
    assert len(elide_middle(text, limit)) <= limit


def test_an_elided_text_keeps_its_ends() -> None:
    assert elide_middle("abcdefghij", 5) == "ab…ij"


def test_long_text_is_cut_into_lines_that_say_what_is_left_out() -> None:
    assert lines_of("abcdefgh", 3, 2) == ("abc", "def", "… 2 more characters")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("SAME", "SAME"), (True, "yes"), (2, "2"), (0.5, "0.5"), ((1, 64), "[1, 64]"), (b"abc", "3 bytes"),
        ({"T": "FLOAT"}, "{T: FLOAT}"), ("a\nb", "a\\nb"),
    ],
)  # fmt: skip
def test_an_option_is_written_plainly(value, text: str) -> None:
    assert option_text(value) == text


def test_options_stand_on_one_line() -> None:
    assert options_text({"padding": "SAME", "stride_h": 2}) == "padding=SAME, stride_h=2"


@pytest.mark.parametrize(
    ("quantization", "text"),
    [
        (None, ""),
        (Quantization(QuantizationKind.PER_TENSOR, (0.5,), (-3,)), "scale 0.5, zero point −3"),
        (Quantization(QuantizationKind.PER_CHANNEL, (0.5, 1.0), (0, 0), axis=3), "per channel, axis 3, 2 scales"),
        (Quantization(QuantizationKind.BLOCKWISE, block_size=32), "blockwise, blocks of 32"),
        (Quantization(QuantizationKind.CUSTOM), "custom"),
        (Quantization(QuantizationKind.PER_TENSOR), "range only"),
    ],
)
def test_a_quantization_is_put_in_a_few_words(quantization, text: str) -> None:
    assert quantization_text(quantization) == text


def test_a_signature_of_another_rank_is_not_taken_for_a_shape() -> None:
    assert Tensor(0, "a", "FLOAT32", (3,), (), 0, False).open_shape == (3,)


def test_an_unknown_dimension_of_the_signature_shows() -> None:
    assert Tensor(0, "a", "FLOAT32", (1, 3), (-1, 3), 0, False).open_shape == (-1, 3)


def test_one_thing_is_not_counted_in_the_plural() -> None:
    assert [plural(1, "op"), plural(12_000, "op"), plural(2, "index", "indices")] == ["1 op", "12,000 ops", "2 indices"]


def test_a_long_list_says_how_many_are_left_out() -> None:
    assert list_text(["a", "b", "c", "d"], most=2) == "a, b and 2 more"
