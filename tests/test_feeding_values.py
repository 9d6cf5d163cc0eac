"""Pixels as the numbers of a tensor, and back."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pictures import noise

from maistudio.errors import UsageError
from maistudio.jobs.feeding.values import (
    AS_STORED,
    BYTES,
    RAW_COUNTS,
    SIGNED,
    UNIT,
    Values,
    from_tensor,
    normalised,
    parse_values,
    to_tensor,
)
from maistudio.runtime.protocol import TensorSpec

LEVELS = np.arange(256, dtype=np.uint8).reshape(16, 16, 1)
FLOATS = TensorSpec("x", (1,), (1,), "float32", 0.0, 0)


def spec(dtype: str, scale: float = 0.0, zero_point: int = 0) -> TensorSpec:
    return TensorSpec("x", (1,), (1,), dtype, scale, zero_point)


def pixel(value: int) -> np.ndarray[Any, Any]:
    return np.full((1, 1, 3), value, np.uint8)


@pytest.mark.parametrize(
    ("values", "tensor", "stored"),
    [
        (BYTES, FLOATS, 51.0),
        (UNIT, FLOATS, 0.2),
        (SIGNED, FLOATS, -0.6),
        (BYTES, spec("uint8", 1.0), 51),
        (BYTES, spec("uint8", 0.5, 7), 109),
        (BYTES, spec("int8", 1.0, -128), -77),
        (UNIT, spec("int8", 1 / 255, -128), -77),
        (SIGNED, spec("uint8", 1 / 128, 128), 51),
        (BYTES, spec("int16", 255 / 32767), 6553),
        (UNIT, spec("int16", 1 / 32768), 6554),
        (BYTES, spec("uint8"), 51),
        (AS_STORED, spec("uint8", 0.5, 7), 51),
        (RAW_COUNTS, FLOATS, 51.0),
    ],
)
def test_a_pixel_of_51_becomes(values: Values, tensor: TensorSpec, stored: float) -> None:
    array = to_tensor(pixel(51), 255.0, values, tensor)
    assert array.dtype == tensor.dtype
    assert array[0, 0, 0] == pytest.approx(stored, rel=1e-6)


@pytest.mark.parametrize("pixels", [pixel(255), pixel(255).astype(np.float32)])
def test_what_a_quantized_tensor_cannot_hold_is_clipped(pixels: np.ndarray[Any, Any]) -> None:
    assert to_tensor(pixels, 255.0, BYTES, spec("uint8", 0.97647059)).max() == 255
    assert to_tensor(pixels, 255.0, BYTES, spec("int8", 1.0)).max() == 127


def test_16_bits_fill_the_range_as_8_do() -> None:
    deep = LEVELS.astype(np.uint16) * 257
    assert np.array_equal(to_tensor(deep, 65535.0, BYTES, FLOATS), to_tensor(LEVELS, 255.0, BYTES, FLOATS))


def test_counts_stay_as_they_are_whatever_white_is() -> None:
    counts = np.array([[[64, 1023]]], np.uint16)
    assert to_tensor(counts, 1020.0, RAW_COUNTS, FLOATS).tolist() == [[[64.0, 1023.0]]]


def test_stored_8_bits_of_a_deeper_picture_are_scaled_to_8() -> None:
    deep = np.full((1, 1, 1), 65535, np.uint16)
    assert to_tensor(deep, 65535.0, AS_STORED, spec("uint8", 0.5)).item() == 255


def test_each_channel_has_its_own_normalisation() -> None:
    values = normalised((100.0, 50.0, 0.0), (50.0, 25.0, 10.0))
    assert to_tensor(pixel(150), 255.0, values, FLOATS)[0, 0].tolist() == pytest.approx([1.0, 4.0, 15.0], rel=1e-6)


@pytest.mark.parametrize(
    ("means", "deviations", "values"),
    [((0.0,), (1.0,), BYTES), ((0.0,), (255.0,), UNIT), ((127.5,) * 3, (127.5,) * 3, SIGNED)],
)
def test_a_usual_normalisation_is_the_usual_range(
    means: tuple[float, ...], deviations: tuple[float, ...], values: Values
) -> None:
    assert normalised(means, deviations) == values


@given(
    tensor=st.sampled_from(
        [FLOATS, spec("float16"), spec("uint8", 1.0), spec("int8", 1.0, -128), spec("int16", 255 / 32767)]
    )
)
def test_8_bit_pixels_come_back_as_they_were(tensor: TensorSpec) -> None:
    stored = to_tensor(LEVELS, 255.0, BYTES, tensor)
    assert np.array_equal(from_tensor(stored, BYTES, tensor, 255.0, np.uint8), LEVELS)


@pytest.mark.parametrize("values", [UNIT, SIGNED, normalised((3.0,) * 3, (2.0, 3.0, 4.0))])
def test_other_ranges_come_back_as_well(values: Values) -> None:
    pixels = noise((9, 9, 3))
    stored = to_tensor(pixels, 255.0, values, FLOATS)
    assert np.array_equal(from_tensor(stored, values, FLOATS, 255.0, np.uint8), pixels)


def test_pixels_that_need_no_change_are_not_copied() -> None:
    assert to_tensor(LEVELS, 255.0, BYTES, spec("uint8", 1.0)) is LEVELS
    assert np.shares_memory(from_tensor(LEVELS, BYTES, spec("uint8", 1.0), 255.0, np.uint8), LEVELS)


def floats(*values: float) -> np.ndarray[Any, Any]:
    return np.array(values, np.float32).reshape(1, -1, 1)


def test_floats_are_rounded_half_to_even_and_clipped() -> None:
    result = from_tensor(floats(-3.0, 0.5, 1.5, 254.6, 300.0), BYTES, FLOATS, 255.0, np.uint8)
    assert result.ravel().tolist() == [0, 0, 2, 255, 255]


def test_what_is_no_number_becomes_black() -> None:
    result = from_tensor(floats(np.nan, 7.0, np.inf), BYTES, FLOATS, 255.0, np.uint8)
    assert result.ravel().tolist() == [0, 7, 255]


def test_floats_asked_for_are_neither_rounded_nor_clipped() -> None:
    result = from_tensor(floats(-51.0, 25.5, 510.0), BYTES, FLOATS, 1.0, np.float32)
    assert result.ravel().tolist() == pytest.approx([-0.2, 0.1, 2.0])


def test_a_quantized_output_is_scaled_to_its_real_numbers() -> None:
    stored = np.array([-128, -127, 127], np.int8).reshape(1, -1, 1)
    result = from_tensor(stored, BYTES, spec("int8", 0.5, -128), 255.0, np.uint8)
    assert result.ravel().tolist() == [0, 0, 128]


def test_a_stored_output_is_not() -> None:
    stored = np.array([10, 200], np.uint8).reshape(1, -1, 1)
    assert from_tensor(stored, AS_STORED, spec("uint8", 0.5), 255.0, np.uint8).ravel().tolist() == [10, 200]


def test_16_bits_come_out_of_floats() -> None:
    assert from_tensor(floats(0.5), UNIT, FLOATS, 65535.0, np.uint16).item() == 32768


@pytest.mark.parametrize(
    ("text", "values"),
    [("0..1", UNIT), ("0..255", BYTES), ("-1..1", SIGNED), ("stored", AS_STORED), ("counts", RAW_COUNTS)],
)
def test_ranges_are_read(text: str, values: Values) -> None:
    assert parse_values(text) == values


def test_any_range_can_be_asked_for() -> None:
    assert to_tensor(pixel(51), 255.0, parse_values("10..20"), FLOATS)[0, 0, 0] == pytest.approx(12.0)


@pytest.mark.parametrize("text", ["", "0", "1..0", "0..0", "a..b", "0..inf", "nan..1", "0..1e9", "0..1_0"])
def test_what_is_no_range_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="--values"):
        parse_values(text)
