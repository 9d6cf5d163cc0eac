"""TensorFlow's NodeDef as Flex ops carry it, read off the protobuf wire format.

Field numbers: node_def.proto, attr_value.proto, tensor.proto, tensor_shape.proto and types.proto of
tensorflow/core/framework (Apache-2.0).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from struct import unpack
from types import MappingProxyType

from maistudio.tflite.flatbuffer import CorruptField

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_FIELDS_LIMIT = 100_000

_DATA_TYPES: tuple[str, ...] = (
    "INVALID", "FLOAT", "DOUBLE", "INT32", "UINT8", "INT16", "INT8", "STRING", "COMPLEX64", "INT64", "BOOL", "QINT8",
    "QUINT8", "QINT32", "BFLOAT16", "QINT16", "QUINT16", "UINT16", "COMPLEX128", "HALF", "RESOURCE", "VARIANT",
    "UINT32", "UINT64", "FLOAT8_E5M2", "FLOAT8_E4M3FN", "FLOAT8_E4M3FNUZ", "FLOAT8_E4M3B11FNUZ", "FLOAT8_E5M2FNUZ",
    "INT4", "UINT4", "INT2", "UINT2",
)  # fmt: skip
"""The words of TensorFlow's DataType by number, without their DT_."""

_REFERENCE_TYPES = 100
"""A type number above this is a reference to the type with the rest as its number."""


@dataclass(frozen=True, slots=True)
class NodeDef:
    """A TensorFlow node. ``attributes`` holds plain values: types as words, shapes as tuples with -1 for unknown."""

    name: str
    op: str
    inputs: tuple[str, ...]
    attributes: Mapping[str, object]


def read_node_def(data: bytes) -> NodeDef:
    """The node in a serialized NodeDef. Raises CorruptField where the bytes are not one."""
    return _Reader().node(data)


class _Reader:
    """One reading of one node, with its budget of fields."""

    def __init__(self) -> None:
        self.left = _FIELDS_LIMIT

    def node(self, data: bytes) -> NodeDef:
        name = op = ""
        inputs: list[str] = []
        attributes: dict[str, object] = {}
        for number, value in self.fields(data):
            if number == 1:
                name = _text(value)
            elif number == 2:
                op = _text(value)
            elif number == 3:
                inputs.append(_text(value))
            elif number == 5:
                entry = dict(self.fields(_bytes(value)))
                attributes[_text(entry.get(1, b""))] = self.attribute(_bytes(entry.get(2, b"")))
        if not op:
            raise CorruptField("its node names no op")
        return NodeDef(name, op, tuple(inputs), MappingProxyType(attributes))

    def attribute(self, data: bytes) -> object:
        """An AttrValue: the one member that is set, None where it is of a kind that isn't read."""
        for number, value in self.fields(data):
            return self.sequence(_bytes(value)) if number == 1 else self.single(number, value)
        return None

    def single(self, number: int, value: int | bytes) -> object:
        """One member of an AttrValue by its field number."""
        if number == 2:
            return _text_or_bytes(_bytes(value))
        if number == 3:
            return _signed(_integer(value))
        if number == 4:
            return _float32(_bytes(value))
        if number == 5:
            return _integer(value) != 0
        if number == 6:
            return _type_word(_integer(value))
        if number == 7:
            return self.shape(_bytes(value))
        if number == 8:
            return self.tensor(_bytes(value))
        if number == 9:
            return _text(value)
        if number == 10:
            return _text(dict(self.fields(_bytes(value))).get(1, b""))
        return None

    def sequence(self, data: bytes) -> tuple[object, ...]:
        """A ListValue; its scalars may come packed into one field or one by one."""
        values = []
        for number, value in self.fields(data):
            if number in (3, 5, 6) and isinstance(value, bytes):
                values += [self.single(number, item) for item in self.packed_varints(value)]
            elif number == 4 and isinstance(value, bytes):
                self.spend(len(value) // 4)
                values += [_float32(value[start : start + 4]) for start in range(0, len(value), 4)]
            else:
                # The list's functions are field 9 where a single function is field 10.
                values.append(self.single(10 if number == 9 else number, value))
        return tuple(values)

    def shape(self, data: bytes) -> tuple[int, ...] | None:
        """A TensorShapeProto; None where the rank is unknown."""
        sizes = []
        for number, value in self.fields(data):
            if number == 2:
                sizes.append(_signed(_integer(dict(self.fields(_bytes(value))).get(1, 0))))
            elif number == 3 and _integer(value):
                return None
        return tuple(sizes)

    def tensor(self, data: bytes) -> Mapping[str, object]:
        """A TensorProto's type and shape; its values stay unread."""
        members = dict(self.fields(data))
        return MappingProxyType(
            {"dtype": _type_word(_integer(members.get(1, 0))), "shape": self.shape(_bytes(members.get(2, b"")))}
        )

    def fields(self, data: bytes) -> Iterator[tuple[int, int | bytes]]:
        """Field numbers with their values: integers for varints, raw bytes for everything else."""
        place = 0
        while place < len(data):
            self.spend(1)
            key, place = _varint(data, place)
            number, wire = key >> 3, key & 7
            if wire == _VARINT:
                integer, place = _varint(data, place)
                yield number, integer
                continue
            if wire == _BYTES:
                size, place = _varint(data, place)
            elif wire in (_FIXED32, _FIXED64):
                size = 4 if wire == _FIXED32 else 8
            else:
                raise CorruptField(f"its node holds a field of the unknown wire type {wire}")
            if place + size > len(data):
                raise CorruptField(f"a field of its node claims {size} bytes, more than there are")
            yield number, data[place : place + size]
            place += size

    def packed_varints(self, data: bytes) -> Iterator[int]:
        place = 0
        while place < len(data):
            self.spend(1)
            value, place = _varint(data, place)
            yield value

    def spend(self, fields: int) -> None:
        self.left -= fields
        if self.left < 0:
            raise CorruptField(f"its node has more than {_FIELDS_LIMIT:,} fields")


def _type_word(number: int) -> str:
    if number > _REFERENCE_TYPES:
        return f"{_type_word(number - _REFERENCE_TYPES)} reference"
    return _DATA_TYPES[number] if number < len(_DATA_TYPES) else f"unknown ({number})"


def _varint(data: bytes, place: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if place >= len(data):
            break
        byte = data[place]
        place += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & (2**64 - 1), place
    raise CorruptField("a number of its node has no end")


def _integer(value: int | bytes) -> int:
    if isinstance(value, bytes):
        raise CorruptField("its node holds bytes where a number belongs")
    return value


def _bytes(value: int | bytes) -> bytes:
    if isinstance(value, int):
        raise CorruptField("its node holds a number where bytes belong")
    return value


def _signed(value: int) -> int:
    return value - 2**64 if value >= 2**63 else value


def _float32(data: bytes) -> float:
    if len(data) != 4:
        raise CorruptField("its node holds a cut-off float")
    value: float = unpack("<f", data)[0]
    return value


def _text(value: int | bytes) -> str:
    return _bytes(value).decode("utf-8", "replace")


def _text_or_bytes(data: bytes) -> str | bytes:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return data
    return text if all(letter.isprintable() or letter in "\n\t" for letter in text) else data
