"""What is said arrives as it was said; what is no message is refused, never a crash or a wait for more."""

from __future__ import annotations

import io
import json
from math import inf, nan
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maistudio.runtime.protocol import (
    LARGEST_MESSAGE,
    LARGEST_RANK,
    ArrayRef,
    BrokenOffError,
    ProtocolError,
    TensorSpec,
    mapping_from,
    number_from,
    numbers_from,
    receive,
    refs_from,
    refs_json,
    send,
    specs_from,
    specs_json,
    text_from,
)

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
messages = st.builds(lambda rest, number: {**rest, "id": number}, st.dictionaries(st.text(), values), st.integers())
sizes = st.integers(0, 2**62 - 1)
shapes = st.lists(sizes, max_size=LARGEST_RANK).map(tuple)
refs = st.builds(ArrayRef, dtype=st.text(), shape=shapes, offset=sizes, size=sizes)
specs = st.builds(
    TensorSpec,
    name=st.text(),
    shape=shapes,
    open_shape=st.lists(st.integers(-1, 2**31), max_size=LARGEST_RANK).map(tuple),
    dtype=st.text(),
    scale=st.floats(0, 1e6),
    zero_point=st.integers(-(2**62), 2**62 - 1),
)


def frame(message: Any) -> bytes:
    stream = io.BytesIO()
    send(stream, message)
    return stream.getvalue()


def heard(data: bytes) -> Any:
    """What a stream of these bytes says first; the words of a refusal."""
    try:
        return receive(io.BytesIO(data))
    except ProtocolError as error:
        return str(error)


@given(st.lists(messages, max_size=4))
def test_messages_arrive_as_they_were_sent_and_in_order(sent: list[dict[str, Any]]) -> None:
    stream = io.BytesIO(b"".join(map(frame, sent)))
    assert [receive(stream) for _ in sent] == sent
    assert receive(stream) is None


class Trickle(io.RawIOBase):
    """A stream that gives a byte at a time, as a pipe may."""

    def __init__(self, data: bytes) -> None:
        self._data = io.BytesIO(data)

    def read(self, size: int = -1) -> bytes:
        return self._data.read(min(size, 1))


@given(messages)
def test_a_message_may_come_in_pieces(message: dict[str, Any]) -> None:
    assert receive(Trickle(frame(message))) == message  # type: ignore[arg-type]


@given(messages, st.data())
def test_a_message_cut_off_is_broken_off(message: dict[str, Any], data: st.DataObject) -> None:
    whole = frame(message)
    with pytest.raises(BrokenOffError):
        receive(io.BytesIO(whole[: data.draw(st.integers(1, len(whole) - 1))]))


@given(messages, st.data())
def test_a_damaged_message_is_refused_or_another_message(message: dict[str, Any], data: st.DataObject) -> None:
    damaged = bytearray(frame(message))
    for place in data.draw(st.lists(st.integers(0, len(damaged) - 1), min_size=1, max_size=3)):
        damaged[place] = data.draw(st.integers(0, 255))
    found = heard(bytes(damaged))
    assert isinstance(found, str) or type(found["id"]) is int


@given(st.binary(max_size=64))
def test_any_bytes_are_refused_or_a_message(data: bytes) -> None:
    found = heard(data)
    assert found is None if not data else isinstance(found, str | dict)


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"null", b"7", b'"id"', b"{}", b'{"id": "1"}', b'{"id": true}', b'{"id": 1.0}', b"[" * 100_000,
     b'{"id": ' + b"9" * 5000 + b"}", b"\xff\xfe\xfd"],
)  # fmt: skip
def test_a_frame_without_a_message_in_it_is_refused(body: bytes) -> None:
    assert isinstance(heard(len(body).to_bytes(4, "big") + body), str)


def test_a_length_beyond_the_largest_is_refused_before_its_body_is_read() -> None:
    assert heard((LARGEST_MESSAGE + 1).to_bytes(4, "big")) == f"a message of {LARGEST_MESSAGE + 1:,} bytes"


def test_a_message_that_is_too_large_is_not_sent() -> None:
    stream = io.BytesIO()
    with pytest.raises(ProtocolError, match="bytes"):
        send(stream, {"id": 1, "text": "x" * LARGEST_MESSAGE})
    assert not stream.getvalue()


@given(st.lists(st.tuples(st.text(), refs), unique_by=lambda pair: pair[0]).map(dict))
def test_refs_survive_a_message(named: dict[str, ArrayRef]) -> None:
    arrived = heard(frame({"id": 1, "arrays": refs_json(named)}))
    found = refs_from(arrived["arrays"])
    assert found == named
    assert list(found) == list(named)


@given(st.lists(specs, max_size=4).map(tuple))
def test_specs_survive_a_message(given_specs: tuple[TensorSpec, ...]) -> None:
    arrived = heard(frame({"id": 1, "inputs": specs_json(given_specs)}))
    assert specs_from(arrived["inputs"]) == given_specs


@given(values)
def test_any_value_is_refs_and_specs_or_refused(value: Any) -> None:
    for parse in (refs_from, specs_from):
        try:
            parse(value)
        except ProtocolError:
            continue
        assert value == []


REF: dict[str, Any] = {"dtype": "float32", "shape": [1], "offset": 0, "size": 4}
SPEC = {"name": "x", "shape": [1], "open_shape": [-1], "dtype": "int8", "scale": 0.5, "zero_point": -3}


@pytest.mark.parametrize(
    "wrong",
    [{"dtype": 3}, {"shape": [-1]}, {"shape": [1.0]}, {"shape": [True]}, {"shape": [1] * (LARGEST_RANK + 1)},
     {"offset": -1}, {"size": None}, {"size": 2**62}],
)  # fmt: skip
def test_a_ref_with_a_wrong_field_is_refused(wrong: dict[str, Any]) -> None:
    assert refs_from([["x", REF]])
    with pytest.raises(ProtocolError):
        refs_from([["x", REF | wrong]])


@pytest.mark.parametrize(
    "wrong", [{"name": None}, {"shape": [-1]}, {"open_shape": [-2]}, {"scale": -1}, {"scale": nan}, {"zero_point": 0.5}]
)
def test_a_spec_with_a_wrong_field_is_refused(wrong: dict[str, Any]) -> None:
    assert specs_from([SPEC])
    with pytest.raises(ProtocolError):
        specs_from([SPEC | wrong])


@pytest.mark.parametrize("number", [0, 7, 0.5, 1e17])
def test_a_number_is_taken(number: float) -> None:
    assert number_from({"n": number}, "n") == number
    assert numbers_from({"n": [number, 1]}, "n") == (number, 1.0)


@pytest.mark.parametrize("number", [-1, -0.1, nan, inf, 1e18, 10**400, "1", True, None, [1]])
def test_what_is_no_number_is_refused(number: Any) -> None:
    for parse, message in ((number_from, {"n": number}), (numbers_from, {"n": [number]})):
        with pytest.raises(ProtocolError):
            parse(message, "n")


def test_objects_and_texts_are_told_from_others() -> None:
    message = json.loads('{"id": 1, "a": {"b": "c"}, "t": "text"}')
    assert mapping_from(message, "a") == {"b": "c"}
    assert text_from(message, "t") == "text"
    for parse, key in ((mapping_from, "t"), (mapping_from, "none"), (text_from, "a"), (numbers_from, "a")):
        with pytest.raises(ProtocolError):
            parse(message, key)
