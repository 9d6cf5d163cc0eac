"""The TFLite schema's facts, from ``resources/tflite/schema.json``, and tables read by them.

A table becomes a mapping from field name to plain value: numbers, words for enumerations, texts,
tuples for vectors. Fields absent from the file take the schema's default.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from struct import Struct
from typing import Any

from maistudio.resources import resource_path
from maistudio.tflite.flatbuffer import SCALARS, CorruptField, FlatBuffer

Value = int | float | bool | str | bytes | tuple[Any, ...] | None


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a table: its slot, type word as in the file ("int8", "[int32]", "Tensor", "union X"), default."""

    name: str
    slot: int
    type: str
    default: Value
    words: Mapping[int, str] | None


@dataclass(frozen=True, slots=True)
class Schema:
    """Enumerations by number, unions by number, tables as their fields in slot order."""

    source: str
    enums: Mapping[str, Mapping[int, str]]
    unions: Mapping[str, Mapping[int, str]]
    tables: Mapping[str, tuple[Field, ...]]


@cache
def tflite_schema() -> Schema:
    """The schema of TFLite model files."""
    return load_schema("tflite/schema.json")


@cache
def slots(table: str) -> Mapping[str, int]:
    """The slot of each field of a table of model files, by name."""
    return {field.name: field.slot for field in tflite_schema().tables[table]}


def load_schema(resource: str) -> Schema:
    """A schema file under ``resources/``."""
    raw = json.loads(resource_path(resource).read_text(encoding="utf-8"))
    enums = {name: _by_number(numbers) for name, numbers in raw["enums"].items()}
    unions = {name: _by_number(numbers) for name, numbers in raw["unions"].items()}
    tables = {name: _fields(rows, enums) for name, rows in raw["tables"].items()}
    return Schema(raw["source"], enums, unions, tables)


def _by_number(numbers: Mapping[str, int]) -> dict[int, str]:
    return {number: word for word, number in numbers.items()}


def _fields(rows: list[list[Any] | None], enums: Mapping[str, Mapping[int, str]]) -> tuple[Field, ...]:
    return tuple(
        Field(row[0], slot, row[1], row[2], enums[row[3]] if len(row) > 3 else None)
        for slot, row in enumerate(rows)
        if row is not None
    )


_Reader = Callable[[FlatBuffer, int], Value]


@cache
def _readers(table: str) -> tuple[tuple[str, _Reader], ...]:
    """How to read each field of an option table; fields of nested tables are left out."""
    fields = tflite_schema().tables.get(table, ())
    readers = ((field.name, _field_reader(field)) for field in fields)
    return tuple((name, reader) for name, reader in readers if reader is not None)


def _field_reader(field: Field) -> _Reader | None:
    if field.type == "string":
        return lambda buffer, table: buffer.raw_string(table, field.slot).decode("utf-8", "replace")
    if field.type == "[uint8]":
        return lambda buffer, table: bytes(buffer.vector(table, field.slot, "uint8"))  # type: ignore[arg-type]
    if field.type.startswith("[") and field.type[1:-1] in SCALARS:
        return lambda buffer, table: _words(field, buffer.vector(table, field.slot, field.type[1:-1]))
    if field.type in SCALARS:
        return _scalar_reader(field, SCALARS[field.type])
    return None


def _scalar_reader(field: Field, packer: Struct) -> _Reader:
    slot, words = field.slot, field.words
    default = words.get(int(field.default or 0)) if words else field.default  # type: ignore[arg-type]

    def read(buffer: FlatBuffer, table: int) -> Value:
        value = buffer.number(table, slot, packer)
        if value is None:
            return default
        if words is None:
            return value  # type: ignore[return-value]
        return words.get(value, f"unknown ({value})")  # type: ignore[call-overload, no-any-return]

    return read


def _words(field: Field, values: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(field.words.get(value, f"unknown ({value})") for value in values) if field.words else values


def read_options(buffer: FlatBuffer, union: str, number: int, table: int) -> dict[str, Value]:
    """The option table of an op, by the union it stands in and its number there.

    Raises CorruptField when the number is unknown or a field lies outside the file.
    """
    name = tflite_schema().unions[union].get(number)
    if name is None:
        raise CorruptField(f"its options are of an unknown type {number}")
    return {field: read(buffer, table) for field, read in _readers(name)}
