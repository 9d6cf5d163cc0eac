"""A whole ``.tflite`` as the plain values ``write_model`` takes, and back: nothing of it is lost.

What the schema doesn't name can't be carried over, so a file that holds such parts is refused, not cut. Only fields
that the schema has given up are left out: no runtime reads them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from maistudio.errors import ModelFileError
from maistudio.tflite.archive import list_files
from maistudio.tflite.flatbuffer import SCALARS, CorruptField, FlatBuffer
from maistudio.tflite.model import Model
from maistudio.tflite.schema import Field, tflite_schema
from maistudio.tflite.write import ALIGNMENT, write_model

_PLACES = (("Buffer", "data", ""), ("Operator", "custom_options", "large_custom_options_"))
"""Tables whose bytes may lie behind the flatbuffer: the field that holds them else, and what begins the names of the
fields ``…offset`` and ``…size`` that say where they lie."""
_WIDEST = 8
"""Bytes of the widest field of a table."""
_LEFT_OVER = 1024
"""Converters leave some hundred bytes of tables that nothing points to; code compiled for a chip is longer."""


@dataclass(frozen=True, slots=True)
class Outside:
    """The bytes in ``field`` of ``table`` stand behind the flatbuffer; ``<prefix>offset`` and ``…size`` say where."""

    table: dict[str, Any]
    field: str
    prefix: str


@dataclass(slots=True)
class WholeModel:
    """A model file to change and to write.

    ``values`` is the Model table, with all bytes in it; ``outside`` lists those that are written behind the flatbuffer.
    ``archive`` is the zip behind the model, as it was from byte ``archive_start`` on.
    """

    values: dict[str, Any]
    outside: list[Outside] = field(default_factory=list)
    archive: bytes = b""
    archive_start: int = 0

    def to_bytes(self) -> bytes:
        """The file. Raises ValueError and struct.error for values that no file can hold."""
        file = self._flatbuffer_and_outside() if self.outside else write_model(self.values)
        # Places in a zip count from the file's start. Readers find it when it has moved back, but not forth.
        return file + bytes(max(0, self.archive_start - len(file))) + self.archive if self.archive else file

    def _flatbuffer_and_outside(self) -> bytes:
        # Places take the same room whatever they are, so they can be put in once the flatbuffer's length is known.
        start = len(write_model(self._placed(ALIGNMENT, bytearray())))
        tail = bytearray()
        return write_model(self._placed(start, tail)) + bytes(tail)

    def _placed(self, start: int, tail: bytearray) -> dict[str, Any]:
        """The values with places instead of the bytes outside, which go to ``tail``; it will stand at ``start``."""
        parts = {id(part.table): part for part in self.outside}

        def placed(table: dict[str, Any]) -> dict[str, Any]:
            part = parts.get(id(table))
            if part is None:
                return table
            data = table[part.field]
            tail.extend(bytes(-(start + len(tail)) % ALIGNMENT))
            place = {f"{part.prefix}offset": start + len(tail), f"{part.prefix}size": len(data)}
            tail.extend(data)
            return {key: value for key, value in table.items() if key != part.field} | place

        values = dict(self.values)
        if "buffers" in values:
            values["buffers"] = [placed(buffer) for buffer in values["buffers"]]
        if "subgraphs" in values:
            values["subgraphs"] = [
                graph | {"operators": [placed(op) for op in graph["operators"]]} if "operators" in graph else graph
                for graph in values["subgraphs"]
            ]
        return values


def values_of(model: Model) -> WholeModel:
    """Everything in a model's file.

    Raises ModelFileError where it is damaged or holds what this program's schema doesn't know, StaleFileError where
    it changed since it was opened.
    """
    source = model.source
    data = source.held if source.held is not None else source.read(0, source.identity.size)
    try:
        archive_start = _archive_start(model, data)
        reader = _Reader(FlatBuffer(data))
        values = reader.model()
        _check_all_read(data, [(0, reader.end), *reader.spans, (archive_start, len(data))])
        return WholeModel(values, reader.outside, data[archive_start:], archive_start)
    except CorruptField as error:
        raise ModelFileError(
            model.path, f"it can't be carried over whole ({error}): export the model again with another converter"
        ) from None


def _archive_start(model: Model, data: bytes) -> int:
    """Where the zip behind the model begins; the file's end where there is none."""
    if not list_files(model.source):
        return len(data)
    from zipfile import ZipFile

    with ZipFile(BytesIO(data)) as archive:
        return min(entry.header_offset for entry in archive.infolist())


def _check_all_read(data: bytes, spans: list[tuple[int, int]]) -> None:
    """Raises CorruptField where bytes lie between these spans that only their maker knows, such as compiled code."""
    read_to = 0
    for start, end in sorted(spans):
        if start - read_to > _LEFT_OVER and any(data[read_to:start]):
            raise CorruptField(f"{start - read_to:,} bytes at byte {read_to:,} belong to no part of the model")
        read_to = max(read_to, end)


class _Reader:
    """One reading of one file, table by table, as the schema says.

    ``end`` is where what was read of the flatbuffer ends, ``spans`` are start and end of what was read behind it.
    """

    def __init__(self, buffer: FlatBuffer) -> None:
        self.buffer = buffer
        self.outside: list[Outside] = []
        self.spans: list[tuple[int, int]] = []
        self.end = 0

    def model(self) -> dict[str, Any]:
        return self.table("Model", self.buffer.root())

    def table(self, name: str, position: int) -> dict[str, Any]:
        schema = tflite_schema()
        fields = schema.tables[name]
        newest = max((field.slot for field in fields), default=-1)
        offsets = self.buffer.fields(position)
        for slot in range(newest + 1, len(offsets)):
            if offsets[slot]:
                raise CorruptField(f"a table {name} has a field {slot} that is newer than this program")
        self._reached(position + max(offsets, default=0) + _WIDEST)
        values = {
            field.name: self._value(field, position)
            for field in fields
            if field.slot < len(offsets) and offsets[field.slot]
        }
        for union in fields:
            if union.type.startswith("union ") and union.name in values:
                values[union.name] = self._union(union, position, values.pop(f"{union.name}_type", 0))
        self._take_outside(name, values)
        return values

    def _value(self, field: Field, table: int) -> Any:
        buffer, kind, slot = self.buffer, field.type, field.slot
        if kind == "string" or kind.startswith("["):
            width = SCALARS[kind[1:-1]].size if kind[1:-1] in SCALARS else 1 if kind == "string" else 4
            start, count = buffer.span(table, slot, width)
            self._reached(start + count * width)
        if kind in SCALARS:
            value = buffer.number(table, slot, SCALARS[kind])
            return value if field.words is None else field.words.get(value, value)  # type: ignore[call-overload]
        if kind == "string":
            return _text(buffer.raw_string(table, slot))
        if kind.startswith("union "):
            return None
        if not kind.startswith("["):
            return self.table(kind, buffer.table(table, slot))
        element = kind[1:-1]
        if element == "uint8":
            return buffer.bytes_at(start, count)
        if element in SCALARS:
            return list(buffer.vector(table, slot, element))
        targets = buffer.targets(table, slot)
        if element == "string":
            return [self._string(target) for target in targets]
        return [self.table(element, target) for target in targets]

    def _string(self, position: int) -> str | bytes:
        raw = self.buffer.string_at(position)
        self._reached(position + 4 + len(raw))
        return _text(raw)

    def _reached(self, end: int) -> None:
        self.end = max(self.end, end)

    def _union(self, field: Field, table: int, number: int) -> tuple[str, dict[str, Any]]:
        name = tflite_schema().unions[field.type.removeprefix("union ")].get(number)
        if name is None or name not in tflite_schema().tables:
            raise CorruptField(f"its {field.name} are of a type {number} that is newer than this program")
        return name, self.table(name, self.buffer.table(table, field.slot))

    def _take_outside(self, name: str, values: dict[str, Any]) -> None:
        for table, where, prefix in _PLACES:
            if table == name and values.get(f"{prefix}offset", 0) > 1:
                start, size = values.pop(f"{prefix}offset"), values.pop(f"{prefix}size", 0)
                if start + size > self.buffer.size:
                    raise CorruptField(f"{size} bytes at byte {start} lie beyond the file's {self.buffer.size} bytes")
                self.spans.append((start, start + size))
                values[where] = self.buffer.bytes_at(start, size)
                self.outside.append(Outside(values, where, prefix))


def _text(raw: bytes) -> str | bytes:
    """Text where it is UTF-8, else the bytes as they are."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw
