"""Raw table access never reads, loops or allocates beyond the bytes that are there."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from struct import pack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maistudio.tflite.flatbuffer import SCALARS, CorruptField, FlatBuffer


def table_bytes(*fields: int) -> bytes:
    """A root offset, a field list and one table of int32 fields."""
    count = len(fields)
    vtable = pack(f"<HH{count}H", 4 + 2 * count, 4 + 4 * count, *(4 + 4 * slot for slot in range(count)))
    vtable += bytes(-len(vtable) % 4)
    return pack("<I", 4 + len(vtable)) + vtable + pack(f"<i{count}i", len(vtable), *fields)


def test_fields_are_read_by_slot() -> None:
    buffer = FlatBuffer(table_bytes(7, -3))
    assert buffer.scalar(buffer.root(), 1, SCALARS["int32"], 0) == -3


def test_an_absent_field_takes_its_default() -> None:
    buffer = FlatBuffer(table_bytes(7))
    assert buffer.scalar(buffer.root(), 5, SCALARS["int32"], 42) == 42


def test_a_root_beyond_the_end_is_corrupt() -> None:
    with pytest.raises(CorruptField, match="root table at byte 2147483647"):
        FlatBuffer(pack("<I", 2**31 - 1) + bytes(16)).root()


def test_a_field_list_outside_the_file_is_corrupt() -> None:
    buffer = FlatBuffer(pack("<Ii", 4, -1000) + bytes(16))
    with pytest.raises(CorruptField, match="outside the file"):
        buffer.fields(buffer.root())


def test_a_list_longer_than_the_file_is_corrupt_not_allocated() -> None:
    data = bytearray(table_bytes(4)) + pack("<I", 2**31)
    buffer = FlatBuffer(bytes(data))
    with pytest.raises(CorruptField, match="2147483648 entries"):
        buffer.span(buffer.root(), 0, 4)


@pytest.mark.parametrize("length", [2, 5, 1000], ids=["too short", "odd", "beyond the end"])
def test_a_field_list_of_an_impossible_length_is_corrupt(length: int) -> None:
    buffer = FlatBuffer(pack("<I4Hi", 12, length, 8, 0, 0, 8) + bytes(8))
    with pytest.raises(CorruptField, match=f"byte 4 has an impossible length of {length} bytes"):
        buffer.fields(buffer.root())


def test_an_offset_that_points_at_itself_is_corrupt() -> None:
    buffer = FlatBuffer(table_bytes(0, 7))
    with pytest.raises(CorruptField, match="puts a table at byte"):
        buffer.table(buffer.root(), 0)


def test_a_text_longer_than_the_file_is_corrupt() -> None:
    buffer = FlatBuffer(table_bytes(4) + pack("<I", 9) + b"abcdefgh")
    with pytest.raises(CorruptField, match="claims 9 bytes, more than the file holds"):
        buffer.raw_string(buffer.root(), 0)


def test_a_text_that_ends_with_the_file_is_read() -> None:
    buffer = FlatBuffer(table_bytes(4) + pack("<I", 8) + b"abcdefgh")
    assert buffer.raw_string(buffer.root(), 0) == b"abcdefgh"


@pytest.mark.parametrize("position", [-8, 13, 100], ids=["before", "across the end", "behind"])
def test_a_text_outside_the_file_is_corrupt(position: int) -> None:
    with pytest.raises(CorruptField, match=f"a text at byte {position} lies outside the file"):
        FlatBuffer(bytes(16)).string_at(position)


def list_naming_one_table(times: int) -> FlatBuffer:
    """A table whose list of ``times`` offsets leads to the same place each time."""
    offsets = [4 * (times - index) for index in range(times)]
    return FlatBuffer(table_bytes(4) + pack(f"<I{times}I", times, *offsets) + bytes(4))


def test_a_list_may_name_a_table_a_thousand_times_over() -> None:
    buffer = list_naming_one_table(1001)
    assert set(buffer.targets(buffer.root(), 0)) == {buffer.size - 4}


def test_a_list_that_names_a_table_more_often_is_corrupt() -> None:
    buffer = list_naming_one_table(1002)
    with pytest.raises(CorruptField, match="names the same entries again and again"):
        buffer.targets(buffer.root(), 0)


@pytest.mark.parametrize(
    "read",
    [
        lambda buffer: buffer.vector(buffer.root(), 0, "uint8"),
        lambda buffer: buffer.targets(buffer.root(), 0),
        lambda buffer: buffer.raw_string(buffer.root(), 0),
    ],
    ids=["numbers", "tables", "text"],
)
def test_what_shares_the_same_bytes_cannot_be_read_forever(read: Callable[[FlatBuffer], object]) -> None:
    buffer = FlatBuffer(table_bytes(4) + pack("<I", 60_000) + bytes(4 * 60_000))

    def read_again_and_again() -> None:
        for _ in range(1000):
            read(buffer)

    with pytest.raises(CorruptField, match="never end"):
        read_again_and_again()


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_corrupt_and_nothing_else(data: bytes) -> None:
    buffer = FlatBuffer(data)
    reads = (
        lambda root: buffer.fields(root),
        lambda root: buffer.scalar(root, 0, SCALARS["int64"], 0),
        lambda root: buffer.vector(root, 1, "float64"),
        lambda root: buffer.raw_string(root, 2),
        lambda root: [buffer.string_at(target) for target in buffer.targets(root, 3)],
        lambda root: buffer.fields(buffer.table(root, 4)),
    )
    for read in reads:
        with contextlib.suppress(CorruptField):
            read(buffer.root())
