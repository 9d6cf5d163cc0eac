"""Options of custom and Flex ops, decoded from bytes that may be anything."""

from __future__ import annotations

import struct
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import models
import pytest
from flatbuffers import flexbuffers
from hypothesis import given, settings
from hypothesis import strategies as st

from maistudio.tflite import custom_options as module
from maistudio.tflite.custom_options import custom_options, decode_custom_options
from maistudio.tflite.flatbuffer import CorruptField
from maistudio.tflite.flexbuffer import read_flexbuffer
from maistudio.tflite.nodedef import read_node_def
from maistudio.tflite.read import read_model


def options_of(data: bytes) -> Mapping[str, object] | bytes:
    model = models.read_bytes(data)
    return custom_options(model, model.subgraphs[0].ops[0])


def flex(value: Any) -> bytes:
    return bytes(flexbuffers.Dumps(value))


def tuples(value: Any) -> Any:
    """A value as the reader gives it: vectors as tuples."""
    if isinstance(value, list):
        return tuple(map(tuples, value))
    return {name: tuples(entry) for name, entry in value.items()} if isinstance(value, dict) else value


# Ops


def test_a_flexbuffers_map_gives_options_by_name() -> None:
    assert options_of(models.build_custom()) == {"axes": (1, 2), "mode": "fast", "scale": 0.5, "stride": 2}


def test_a_flex_op_gives_its_node() -> None:
    assert options_of(models.build_flex()) == {"op": "AddV2", "name": "sum", "attr": {"T": "FLOAT"}}


def test_options_behind_the_flatbuffer_are_decoded() -> None:
    assert options_of(models.build_custom(flex({"stride": 2}), outside=True)) == {"stride": 2}


def test_an_op_without_custom_options_has_none() -> None:
    assert options_of(models.build_custom(b"")) == {}


@pytest.mark.parametrize(
    "data", [b"ABC", b"Partition_0", b"\x01\x04\x01", bytes(250), struct.pack("<5i", 1, 2, 2, 2, 2)]
)
def test_bytes_of_another_format_come_back_raw(data: bytes) -> None:
    assert options_of(models.build_custom(data)) == data


def test_a_flexbuffer_that_is_no_map_comes_back_raw() -> None:
    assert decode_custom_options(flex([1, 2, 3]), flex=False) == flex([1, 2, 3])


@pytest.mark.parametrize(
    "value", [["AddV2"], ["AddV2", 3], ["AddV2", b""], ["AddV2", b"\x0a\x01a"], ["AddV2", b"\x0a"]]
)
def test_a_flex_op_without_a_sound_node_comes_back_raw(value: list[Any]) -> None:
    assert decode_custom_options(flex(value), flex=True) == flex(value)


def test_options_too_long_to_decode_are_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "READ_LIMIT", 5000)
    options = options_of(models.build_custom(b"x" * 6000))
    assert options == b"x" * 4096


@pytest.mark.parametrize(
    ("file", "options"),
    [
        ("LiteRT__multi_add_flex", {"op": "AddV2", "name": "", "attr": {"T": "FLOAT"}}),
        ("LiteRT__double_flex", {"op": "Double", "name": "", "attr": {"T": "INT32"}}),
        ("LiteRT__custom_sinh", {"T": 0}),
        (
            "LiteRT__simple_add_op_qc_v75_precompiled",
            {"bytecode_offset": 1184, "bytecode_size": 29368, "name": "qnn_partition_0"},
        ),
        ("LiteRT__test_custom_node_with_init_data", b"ABC"),
        ("LiteRT__sparse_tensor", {}),
        ("test_data__model_invoking_error", {"throw_error": True}),
        ("tflite-micro__person_detect_vela", b"\x01\x04\x01"),
    ],
)
def test_custom_ops_of_real_models_say_their_options(
    real_file: Callable[[str], Path], file: str, options: object
) -> None:
    model = read_model(real_file(f"hard/{file}.tflite"))
    op = next(op for op in model.subgraphs[0].ops if op.custom)
    assert custom_options(model, op) == options


def test_a_program_packed_in_options_comes_whole(real_file: Callable[[str], Path]) -> None:
    model = read_model(real_file("hard/test_data__mobilenet_v1_0.25_128_quant_edgetpu.tflite"))
    options = custom_options(model, model.subgraphs[0].ops[0])
    assert isinstance(options, Mapping)
    program = options["4"]
    assert isinstance(program, bytes)
    assert program[4:8] == b"DWN1"


# FlexBuffers

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(-1e38, 1e38)  # the package fails on floats beyond float32
    | st.text(max_size=300)
    | st.binary(max_size=300)
)
KEYS = st.text(st.characters(min_codepoint=1, max_codepoint=126), max_size=12)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=5) | st.dictionaries(KEYS, inner, max_size=5), max_leaves=20
)


@given(value=st.dictionaries(KEYS, VALUES, max_size=6))
def test_what_the_flatbuffers_package_writes_is_read_back(value: dict[str, Any]) -> None:
    assert read_flexbuffer(flex(value)) == tuples(value)


@pytest.mark.parametrize("method", ["TypedVectorFromElements", "FixedTypedVectorFromElements"])
@pytest.mark.parametrize("elements", [[1, 2, 300], [-1, 5], [0.5, 0.25, 1e-300, 4.0]])
def test_typed_vectors_are_read(method: str, elements: list[Any]) -> None:
    builder = flexbuffers.Builder()
    getattr(builder, method)(elements)
    assert read_flexbuffer(bytes(builder.Finish())) == tuple(elements)


def test_numbers_kept_elsewhere_are_read() -> None:
    builder = flexbuffers.Builder()
    with builder.Vector():
        builder.IndirectInt(-70_000)
        builder.IndirectUInt(2**40)
        builder.IndirectFloat(0.5)
    assert read_flexbuffer(bytes(builder.Finish())) == (-70_000, 2**40, 0.5)


def test_binary_data_in_a_string_comes_as_bytes() -> None:
    data = flex({"program": "DWN1????"}).replace(b"????", b"\xff\xfe\xfd\xfc")
    assert read_flexbuffer(data) == {"program": b"DWN1\xff\xfe\xfd\xfc"}


def test_an_empty_map_is_read() -> None:
    assert read_flexbuffer(b"\0\0\1\0\0$\1") == {}


def test_values_nested_too_deep_are_refused() -> None:
    value: list[Any] = []
    for _ in range(40):
        value = [value]
    with pytest.raises(CorruptField, match="deeper than 32 levels"):
        read_flexbuffer(flex(value))


def test_parts_shared_over_and_over_are_refused() -> None:
    # Each level is a vector of 16 references to the level before it: 16 ** 20 values in 700 bytes.
    data = bytearray(b"\x00")
    target = 1
    for _ in range(20):
        data.append(16)
        start = len(data)
        data += bytes(start + place - target for place in range(16)) + bytes([40] * 16)
        target = start
    data += bytes([len(data) - target, 40, 1])
    with pytest.raises(CorruptField, match="more than 100,000 values"):
        read_flexbuffer(bytes(data))


def test_a_text_shared_over_and_over_is_refused() -> None:
    text = b"\xe8\x03" + b"x" * 1000
    data = text + struct.pack("<H", 200)
    start = len(data)
    data += b"".join(struct.pack("<H", start + 2 * place - 2) for place in range(200)) + bytes([5 << 2 | 1] * 200)
    data += struct.pack("<H", len(data) - start) + bytes([10 << 2 | 1, 2])
    with pytest.raises(CorruptField, match="shared so often"):
        read_flexbuffer(data)


def test_a_vector_that_holds_itself_is_refused() -> None:
    with pytest.raises(CorruptField):
        read_flexbuffer(b"\x02\x00\x01\x28\x28\x02\x28\x01")


@given(data=st.binary(max_size=60))
def test_any_bytes_are_a_flexbuffer_or_refused(data: bytes) -> None:
    with suppress(CorruptField):
        read_flexbuffer(data)


SOUND = flex(
    {"a": [1, 2, {"b": "text", "c": b"blob"}], "axes": [1.5, 2.5], "deep": {"x": {"y": [True, None]}}, "n": -5}
)


@settings(max_examples=500)
@given(changes=st.dictionaries(st.integers(0, len(SOUND) - 1), st.integers(0, 255), min_size=1, max_size=5))
def test_a_damaged_flexbuffer_is_read_or_refused_at_once(changes: dict[int, int]) -> None:
    damaged = bytearray(SOUND)
    for place, value in changes.items():
        damaged[place] = value
    start = time.process_time()
    decode_custom_options(bytes(damaged), flex=False)
    decode_custom_options(bytes(damaged), flex=True)
    assert time.process_time() - start < 0.5


# NodeDef


def field(number: int, value: int | bytes | float) -> bytes:
    """A protobuf field: a varint, bytes with their length, or a 32-bit float."""
    if isinstance(value, bytes):
        return varint(number << 3 | 2) + varint(len(value)) + value
    if isinstance(value, float):
        return varint(number << 3 | 5) + struct.pack("<f", value)
    return varint(number << 3) + varint(value % 2**64)


def varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def attribute(value: bytes) -> object:
    """The one attribute of a node."""
    entry = field(5, field(1, b"it") + field(2, value))
    return read_node_def(field(2, b"Op") + entry).attributes["it"]


SHAPE = field(2, field(1, 1)) + field(2, field(1, -1)) + field(2, field(1, 3) + field(2, b"channels"))


@pytest.mark.parametrize(
    ("stored", "value"),
    [
        (field(2, b"SAME"), "SAME"),
        (field(2, b"\xff\x00"), b"\xff\x00"),
        (field(2, b"\x01\x02"), b"\x01\x02"),
        (field(3, 7), 7),
        (field(3, -7), -7),
        (field(4, 0.5), 0.5),
        (field(5, 1), True),
        (field(5, 0), False),
        (field(6, 1), "FLOAT"),
        (field(6, 103), "INT32 reference"),
        (field(6, 99), "unknown (99)"),
        (field(7, SHAPE), (1, -1, 3)),
        (field(7, field(3, 1)), None),
        (field(7, b""), ()),
        (field(8, field(1, 3) + field(2, SHAPE) + field(4, b"1234")), {"dtype": "INT32", "shape": (1, -1, 3)}),
        (field(9, b"T"), "T"),
        (field(10, field(1, b"branch") + field(2, b"")), "branch"),
        (field(1, field(3, 1) + field(3, 2)), (1, 2)),
        (field(1, field(3, varint(1) + varint(300))), (1, 300)),
        (field(1, field(4, struct.pack("<2f", 0.5, 2.0))), (0.5, 2.0)),
        (field(1, field(2, b"a") + field(2, b"b")), ("a", "b")),
        (field(1, field(6, varint(1) + varint(9))), ("FLOAT", "INT64")),
        (field(1, field(7, SHAPE)), ((1, -1, 3),)),
        (field(1, field(9, field(1, b"branch"))), ("branch",)),
        (field(1, b""), ()),
        (b"", None),
    ],
)
def test_attributes_are_read_by_their_kind(stored: bytes, value: object) -> None:
    assert attribute(stored) == value


def test_a_node_has_its_name_op_and_inputs() -> None:
    node = read_node_def(field(1, b"sum") + field(2, b"AddV2") + field(3, b"x") + field(3, b"^y") + field(4, b"/cpu:0"))
    assert (node.name, node.op, node.inputs) == ("sum", "AddV2", ("x", "^y"))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        field(1, b"name only"),
        b"\x12\x7fshort",
        b"\x13",
        b"\x12" + b"\xff" * 11,
        field(2, 5),
        field(2, b"Op") + b"\x25\x00",
    ],
)
def test_bytes_that_are_no_node_are_refused(data: bytes) -> None:
    with pytest.raises(CorruptField):
        read_node_def(data)


def test_a_node_of_absurdly_many_fields_is_refused() -> None:
    with pytest.raises(CorruptField, match="more than 100,000 fields"):
        attribute(field(1, field(3, b"\1" * 200_000)))


@given(data=st.binary(max_size=80))
def test_any_bytes_are_a_node_or_refused(data: bytes) -> None:
    with suppress(CorruptField):
        read_node_def(field(2, b"Op") + data)
