"""Write a flatbuffer from plain values, by the same schema data the reader uses.

A table is a mapping from the schema's field names to values: numbers, words for enumerations, str or bytes
for texts, bytes or sequences for vectors, mappings for tables. A union is a pair (table name, mapping); its
type field is set from it. Fields left out stay absent from the file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from struct import pack
from typing import TYPE_CHECKING, Any

from maistudio.tflite.flatbuffer import SCALARS
from maistudio.tflite.identify import IDENTIFIER
from maistudio.tflite.metadata import IDENTIFIER as METADATA_IDENTIFIER
from maistudio.tflite.metadata import metadata_schema
from maistudio.tflite.schema import Field, Schema, tflite_schema

if TYPE_CHECKING:
    from flatbuffers import Builder

ALIGNMENT = 16
"""Byte vectors start at multiples of this many bytes, as the runtime wants its buffers."""

Values = Mapping[str, Any]


def write_model(values: Values) -> bytes:
    """The bytes of a ``.tflite`` from the values of its Model table.

    Nothing is checked but names and number ranges, so that odd and broken models can be written too.
    Raises ValueError for a field, table or word that the schema doesn't have.
    """
    return write_flatbuffer(tflite_schema(), "Model", values, IDENTIFIER)


def write_metadata(values: Values) -> bytes:
    """The bytes of a TFLITE_METADATA buffer from the values of its ModelMetadata table; raises as write_model."""
    return write_flatbuffer(metadata_schema(), "ModelMetadata", values, METADATA_IDENTIFIER)


def write_flatbuffer(schema: Schema, table: str, values: Values, identifier: bytes) -> bytes:
    """The bytes of a flatbuffer whose root is ``table``; the same bytes for the same values."""
    import flatbuffers

    builder = flatbuffers.Builder(1024)
    builder.Finish(_Writer(builder, schema).table(table, values), file_identifier=identifier)
    return bytes(builder.Output())


class _Writer:
    """One writing of one file. Methods named for a kind of value write it and return its offset."""

    def __init__(self, builder: Builder, schema: Schema) -> None:
        self.builder, self.schema = builder, schema

    def table(self, name: str, values: Values) -> int:
        fields = self._fields(name)
        unknown = values.keys() - fields.keys()
        if unknown:
            raise ValueError(f"{name} has no field {min(unknown)!r}")
        values = {**_union_types(self.schema, fields, values), **values}
        # A table's parts must be finished before it starts.
        writes = [self._field(fields[field], value) for field, value in values.items() if value is not None]
        self.builder.StartObject(max((field.slot for field in fields.values()), default=-1) + 1)
        for write in writes:
            write()
        return int(self.builder.EndObject())

    def _fields(self, table: str) -> Mapping[str, Field]:
        if table not in self.schema.tables:
            raise ValueError(f"the schema has no table {table!r}")
        return {field.name: field for field in self.schema.tables[table]}

    def _field(self, field: Field, value: Any) -> Callable[[], None]:
        """Write what the field points to; the result sets the field itself."""
        if field.type in SCALARS:
            return lambda: self._scalar(field, value)
        offset = self._target(field, value)
        return lambda: self.builder.PrependUOffsetTRelativeSlot(field.slot, offset, 0)

    def _scalar(self, field: Field, value: Any) -> None:
        from flatbuffers import number_types

        flags = getattr(number_types, field.type.capitalize() + "Flags")
        # A default no value equals: what is given explicitly is written, default or not.
        self.builder.PrependSlot(flags, field.slot, _number(field, value), None)

    def _target(self, field: Field, value: Any) -> int:
        kind = field.type
        if kind == "string":
            return int(self.builder.CreateString(value))
        if kind.startswith("union "):
            table, members = value
            return self.table(table, members)
        if not kind.startswith("["):
            return self.table(kind, value)
        element = kind[1:-1]
        if element in SCALARS:
            return self._numbers(field, element, value)
        if element == "string":
            return self._offsets([int(self.builder.CreateString(text)) for text in value])
        return self._offsets([self.table(element, members) for members in value])

    def _numbers(self, field: Field, element: str, values: bytes | Sequence[Any]) -> int:
        packer = SCALARS[element]
        if isinstance(values, bytes):
            if len(values) % packer.size:
                raise ValueError(f"{field.name}: {len(values)} bytes are no whole number of {element}")
            data, alignment = values, ALIGNMENT
        else:
            numbers = [_number(field, value) for value in values]
            data, alignment = pack(f"<{len(numbers)}{packer.format[1:]}", *numbers), packer.size
        builder = self.builder
        builder.StartVector(packer.size, len(data) // packer.size, alignment)
        builder.head -= len(data)
        builder.Bytes[builder.head : builder.head + len(data)] = data
        return int(builder.EndVector())

    def _offsets(self, offsets: Sequence[int]) -> int:
        self.builder.StartVector(4, len(offsets), 4)
        for offset in reversed(offsets):
            self.builder.PrependUOffsetTRelative(offset)
        return int(self.builder.EndVector())


def _union_types(schema: Schema, fields: Mapping[str, Field], values: Values) -> dict[str, int]:
    """The type field of every union that is given."""
    types = {}
    for name, value in values.items():
        if value is not None and fields[name].type.startswith("union "):
            numbers = {word: number for number, word in schema.unions[fields[name].type[6:]].items()}
            if value[0] not in numbers:
                raise ValueError(f"{name} can't be {value[0]!r}")
            types[f"{name}_type"] = numbers[value[0]]
    return types


def _number(field: Field, value: Any) -> Any:
    """A number as it is; an enumeration's word by its number."""
    if not isinstance(value, str):
        return value
    for number, word in (field.words or {}).items():
        if word == value:
            return number
    raise ValueError(f"{field.name} has no word {value!r}")
