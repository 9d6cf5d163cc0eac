"""FlexBuffers, the schema-less format of custom op options, read with every step checked.

Format: the FlexBuffers internals in FlatBuffers' documentation. A value is found from the buffer's end:
its last byte is the root's width, the one before its packed type (type << 2 | log2 of the width of what
it points to). References are unsigned distances backwards from where they stand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from struct import Struct

from maistudio.tflite.flatbuffer import CorruptField

_DEPTH_LIMIT = 32
_VALUES_LIMIT = 100_000
_BYTES_PER_BYTE = 4
_BYTES_AT_LEAST = 256

_NULL, _INT, _UINT, _FLOAT, _KEY, _STRING, _INDIRECT_INT, _INDIRECT_UINT, _INDIRECT_FLOAT, _MAP, _VECTOR = range(11)
_FIRST_TYPED, _LAST_TYPED = 11, 15
_FIRST_FIXED, _LAST_FIXED = 16, 24
_BLOB, _BOOL, _VECTOR_BOOL = 25, 26, 36

_UNSIGNED: Mapping[int, Struct] = {1: Struct("<B"), 2: Struct("<H"), 4: Struct("<I"), 8: Struct("<Q")}
_SIGNED: Mapping[int, Struct] = {1: Struct("<b"), 2: Struct("<h"), 4: Struct("<i"), 8: Struct("<q")}
_REAL: Mapping[int, Struct] = {2: Struct("<e"), 4: Struct("<f"), 8: Struct("<d")}

FlexValue = None | bool | int | float | str | bytes | tuple[object, ...] | dict[str, object]


def read_flexbuffer(data: bytes) -> FlexValue:
    """The root value: maps as dicts, vectors as tuples, texts as str (bytes where not UTF-8), blobs as bytes.

    Raises CorruptField where the bytes are not a well-formed FlexBuffer, nest deeper than 32 levels, hold more
    than 100,000 values, or share texts so often that they would outgrow the bytes.
    """
    if len(data) < 3:
        raise CorruptField(f"{len(data)} bytes are too few for a FlexBuffer")
    width, packed = data[-1], data[-2]
    if width not in _UNSIGNED or width + 2 > len(data):
        raise CorruptField(f"its root claims a width of {width} bytes")
    return _Reader(data).value(len(data) - 2 - width, width, packed, 0)


class _Reader:
    """One reading of one buffer, with its budgets: parts may be shared, so what is read can outgrow the bytes."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.values_left = _VALUES_LIMIT
        self.bytes_left = _BYTES_AT_LEAST + _BYTES_PER_BYTE * len(data)

    def value(self, place: int, width: int, packed: int, depth: int) -> FlexValue:
        """The value whose slot of ``width`` bytes stands at ``place``."""
        kind, child_width = packed >> 2, 1 << (packed & 3)
        self.values_left -= 1
        if self.values_left < 0:
            raise CorruptField(f"it holds more than {_VALUES_LIMIT:,} values")
        if depth > _DEPTH_LIMIT:
            raise CorruptField(f"it nests deeper than {_DEPTH_LIMIT} levels")
        if kind == _NULL:
            return None
        if kind == _BOOL:
            return self._number(_UNSIGNED, place, width) != 0
        if kind in _INLINE:
            return self._number(_INLINE[kind], place, width)
        target = self._target(place, width)
        if kind in _INDIRECT:
            return self._number(_INDIRECT[kind], target, child_width)
        if kind == _KEY:
            return self._key(target)
        if kind == _STRING:
            return _text_or_bytes(self._sized(target, child_width))
        if kind == _BLOB:
            return self._sized(target, child_width)
        if kind == _MAP:
            return self._map(target, child_width, depth)
        if kind == _VECTOR:
            return self._vector(target, child_width, depth)
        if _FIRST_TYPED <= kind <= _LAST_TYPED or kind == _VECTOR_BOOL:
            count = self._count(target, child_width)
            # Vectors of strings are read as keys: their strings' widths are not stored.
            element = _KEY if kind == _LAST_TYPED else kind - _FIRST_TYPED + _INT
            return self._typed(target, child_width, element, count, depth)
        if _FIRST_FIXED <= kind <= _LAST_FIXED:
            count, element = divmod(kind - _FIRST_FIXED, 3)
            return self._typed(target, child_width, element + _INT, count + 2, depth)
        raise CorruptField(f"it holds a value of the unknown type {kind}")

    def _map(self, place: int, width: int, depth: int) -> dict[str, object]:
        """A vector of values preceded by the distance to its keys and the keys' width."""
        keys_width = self._unsigned(place - 2 * width, width)
        if keys_width not in _UNSIGNED:
            raise CorruptField(f"a map's keys claim a width of {keys_width} bytes")
        keys_place = self._target(place - 3 * width, width)
        count = self._count(keys_place, keys_width)
        keys = self._typed(keys_place, keys_width, _KEY, count, depth)
        values = self._vector(place, width, depth)
        if len(keys) != len(values) or any(not earlier < later for earlier, later in _neighbours(keys)):
            raise CorruptField("a map's keys are not one sorted key per value")
        return dict(zip(map(str, keys), values, strict=True))

    def _vector(self, place: int, width: int, depth: int) -> tuple[object, ...]:
        count = self._count(place, width)
        types = place + count * width
        self._check(types, count)
        return tuple(
            self.value(place + index * width, width, self.data[types + index], depth + 1) for index in range(count)
        )

    def _typed(self, place: int, width: int, element: int, count: int, depth: int) -> tuple[object, ...]:
        self._check(place, count * width)
        packed = element << 2
        return tuple(self.value(place + index * width, width, packed, depth + 1) for index in range(count))

    def _count(self, place: int, width: int) -> int:
        count = self._unsigned(place - width, width)
        self._check(place, count * width)
        return count

    def _sized(self, place: int, width: int) -> bytes:
        size = self._unsigned(place - width, width)
        self._check(place, size)
        self._spend_bytes(size)
        return self.data[place : place + size]

    def _key(self, place: int) -> str:
        end = self.data.find(b"\0", place)
        if end < 0:
            raise CorruptField(f"the key at byte {place} has no end")
        self._spend_bytes(end - place)
        try:
            return self.data[place:end].decode("utf-8")
        except UnicodeDecodeError:
            raise CorruptField(f"the key at byte {place} is not UTF-8") from None

    def _target(self, place: int, width: int) -> int:
        # An empty vector ends where the reference to it stands, at distance 0.
        distance = self._unsigned(place, width)
        if distance > place:
            raise CorruptField(f"the reference at byte {place} points outside it")
        return place - distance

    def _unsigned(self, place: int, width: int) -> int:
        return int(self._number(_UNSIGNED, place, width))

    def _number(self, forms: Mapping[int, Struct], place: int, width: int) -> int | float:
        form = forms.get(width)
        if form is None:
            raise CorruptField(f"the number at byte {place} claims a width of {width} byte")
        self._check(place, width)
        number: int | float = form.unpack_from(self.data, place)[0]
        return number

    def _check(self, place: int, size: int) -> None:
        if place < 0 or place + size > len(self.data):
            raise CorruptField(f"{size} bytes at byte {place} lie outside its {len(self.data)}")

    def _spend_bytes(self, amount: int) -> None:
        self.bytes_left -= amount
        if self.bytes_left < 0:
            raise CorruptField("its texts are shared so often that they outgrow the bytes")


_INLINE: Mapping[int, Mapping[int, Struct]] = {_INT: _SIGNED, _UINT: _UNSIGNED, _FLOAT: _REAL}
_INDIRECT: Mapping[int, Mapping[int, Struct]] = {
    _INDIRECT_INT: _SIGNED, _INDIRECT_UINT: _UNSIGNED, _INDIRECT_FLOAT: _REAL,
}  # fmt: skip


def _text_or_bytes(raw: bytes) -> str | bytes:
    """Some writers keep binary data in strings."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw


def _neighbours(keys: Sequence[object]) -> list[tuple[str, str]]:
    return list(pairwise(map(str, keys)))
