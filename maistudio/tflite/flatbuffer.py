"""Raw access to a flatbuffer's tables, every step checked against the bytes that are really there.

A table is named by its position in the bytes. Offsets between tables only ever point forward, so no
chain of them can loop; the number of elements read in all is bounded, so tables that share one long
vector cannot multiply into more memory than the file is worth.
"""

from __future__ import annotations

from collections.abc import Mapping
from struct import Struct, unpack_from
from struct import error as struct_error
from typing import Any, cast

from maistudio.tflite.source import PagedFile

_U16, _U32, _I32 = Struct("<H"), Struct("<I"), Struct("<i")

SCALARS: Mapping[str, Struct] = {
    "bool": Struct("<?"), "int8": Struct("<b"), "uint8": Struct("<B"), "int16": Struct("<h"), "uint16": _U16,
    "int32": _I32, "uint32": _U32, "int64": Struct("<q"), "uint64": Struct("<Q"),
    "float32": Struct("<f"), "float64": Struct("<d"),
}  # fmt: skip
"""The little-endian storage of each scalar type of a schema."""

_VECTOR_CODES = {name: packer.format[1:] for name, packer in SCALARS.items()}
_MINIMUM_BUDGET = 65_536
_BUDGET_PER_BYTE = 4
# Writers give each entry a table of its own; a list that names one table over and over is a bomb.
_SHARED_TABLES = 1000


class CorruptField(Exception):
    """Bytes that cannot be what the schema says. ``str()`` is a clause naming the place: "... at byte 123"."""


class FlatBuffer:
    """A flatbuffer over bytes or the pages of a file, read by table position and field slot."""

    __slots__ = ("_budget", "_data", "_need", "_vtables", "size")

    def __init__(self, data: bytes | PagedFile) -> None:
        self._data = data if isinstance(data, bytes) else data.memory
        self._need = None if isinstance(data, bytes) else data.need
        self.size = len(self._data)
        self._vtables: dict[int, tuple[int, ...]] = {}
        self._budget = _MINIMUM_BUDGET + _BUDGET_PER_BYTE * self.size

    def root(self) -> int:
        """The root table's position."""
        return self._follow(0, "the root table")

    def bytes_at(self, start: int, size: int) -> bytes:
        """``size`` bytes from ``start``, fewer where the file ends."""
        if self._need is not None:
            self._need(start, size)
        return self._data[start : start + size]

    def _number(self, packer: Struct, place: int) -> Any:
        if self._need is not None:
            self._need(place, packer.size)
        return packer.unpack_from(self._data, place)[0]

    def _numbers(self, code: str, count: int, size: int, place: int) -> tuple[Any, ...]:
        if self._need is not None:
            self._need(place, count * size)
        return unpack_from(f"<{count}{code}", self._data, place)

    def fields(self, table: int) -> tuple[int, ...]:
        """Offsets of the table's fields by slot, from its start; 0 for an absent field."""
        try:
            vtable = table - self._number(_I32, table)
        except struct_error:
            raise CorruptField(f"a table at byte {table} lies beyond the file's {self.size} bytes") from None
        known = self._vtables.get(vtable)
        if known is None:
            known = self._vtables[vtable] = self._read_vtable(vtable, table)
        return known

    def _read_vtable(self, vtable: int, table: int) -> tuple[int, ...]:
        if not 0 <= vtable <= self.size - 4:
            raise CorruptField(f"the table at byte {table} has its field list at byte {vtable}, outside the file")
        length = int(self._number(_U16, vtable))
        if length < 4 or length % 2 or vtable + length > self.size:
            raise CorruptField(f"the field list at byte {vtable} has an impossible length of {length} bytes")
        return self._numbers("H", length // 2 - 2, 2, vtable + 4)

    def place(self, table: int, slot: int) -> int:
        """Where the field's own bytes lie, 0 if it is absent."""
        fields = self.fields(table)
        offset = fields[slot] if slot < len(fields) else 0
        return table + offset if offset else 0

    def scalar(self, table: int, slot: int, packer: Struct, default: int) -> int:
        """An integer field."""
        place = self.place(table, slot)
        if not place:
            return default
        try:
            return int(self._number(packer, place))
        except struct_error:
            raise CorruptField(f"a number at byte {place} lies beyond the file's {self.size} bytes") from None

    def number(self, table: int, slot: int, packer: Struct) -> object:
        """A scalar field of any type, None if it is absent."""
        place = self.place(table, slot)
        if not place:
            return None
        try:
            value: object = self._number(packer, place)
        except struct_error:
            raise CorruptField(f"a number at byte {place} lies beyond the file's {self.size} bytes") from None
        return value

    def table(self, table: int, slot: int) -> int:
        """The position of a table field, 0 if it is absent."""
        place = self.place(table, slot)
        return self._follow(place, "a table") if place else 0

    def _follow(self, place: int, what: str) -> int:
        try:
            target = place + int(self._number(_U32, place))
        except struct_error:
            raise CorruptField(f"the offset at byte {place} lies beyond the file's {self.size} bytes") from None
        if not place < target <= self.size - 4:
            raise CorruptField(f"the offset at byte {place} puts {what} at byte {target}, outside the file")
        return target

    def span(self, table: int, slot: int, element_size: int) -> tuple[int, int]:
        """A vector field as (position of its first element, number of elements); (0, 0) if it is absent."""
        place = self.place(table, slot)
        if not place:
            return 0, 0
        vector = self._follow(place, "a list")
        count = int(self._number(_U32, vector))
        start = vector + 4
        if start + count * element_size > self.size:
            raise CorruptField(f"the list at byte {vector} claims {count} entries, more than the file holds")
        return start, count

    def vector(self, table: int, slot: int, scalar: str) -> tuple[object, ...]:
        """A vector of scalars."""
        start, count = self.span(table, slot, SCALARS[scalar].size)
        if not count:
            return ()
        self._spend(count)
        return self._numbers(_VECTOR_CODES[scalar], count, SCALARS[scalar].size, start)

    def integers(self, table: int, slot: int, scalar: str = "int32") -> tuple[int, ...]:
        """A vector of integers of the named type."""
        return cast("tuple[int, ...]", self.vector(table, slot, scalar))

    def floats(self, table: int, slot: int) -> tuple[float, ...]:
        """A vector of float32."""
        return cast("tuple[float, ...]", self.vector(table, slot, "float32"))

    def targets(self, table: int, slot: int) -> list[int]:
        """Positions of a vector's tables or strings, not yet checked: reading each finds out."""
        start, count = self.span(table, slot, 4)
        if not count:
            return []
        self._spend(count)
        offsets = self._numbers("I", count, 4, start)
        targets = [start + 4 * index + offset for index, offset in enumerate(offsets)]
        if count - len(set(targets)) > _SHARED_TABLES:
            raise CorruptField(f"the list at byte {start - 4} names the same entries again and again")
        return targets

    def has(self, table: int, slot: int) -> bool:
        return bool(self.place(table, slot))

    def raw_string(self, table: int, slot: int) -> bytes:
        """The bytes of a string field, empty if it is absent."""
        place = self.place(table, slot)
        return self.string_at(self._follow(place, "a text")) if place else b""

    def string_at(self, position: int) -> bytes:
        """The bytes of the string at a position."""
        if not 0 <= position <= self.size - 4:
            raise CorruptField(f"a text at byte {position} lies outside the file")
        length = int(self._number(_U32, position))
        start = position + 4
        if start + length > self.size:
            raise CorruptField(f"the text at byte {position} claims {length} bytes, more than the file holds")
        self._spend(length)
        return self.bytes_at(start, length)

    def _spend(self, elements: int) -> None:
        self._budget -= elements
        if self._budget < 0:
            raise CorruptField("its lists overlap so often that reading them all would never end")
