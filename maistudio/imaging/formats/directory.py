"""Image file directories of TIFF 6.0, section 2, which EXIF uses as well."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO, Literal, TypeAlias

from maistudio.imaging.formats.streams import DAMAGED, exactly
from maistudio.imaging.formats.undecoded import Unreadable

ByteOrder: TypeAlias = Literal["little", "big"]

BYTE_ORDERS: dict[bytes, ByteOrder] = {b"II*\0": "little", b"MM\0*": "big"}
"""A file's first four bytes."""

MOST_ENTRIES = 4096
SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 6: 1, 7: 1}
"""Bytes of a BYTE, ASCII, SHORT, LONG, SBYTE, UNDEFINED; the other types are not needed."""
SHORT, LONG, BYTE = 3, 4, 1


@dataclass(frozen=True, slots=True)
class Entry:
    """A tag's ``count`` values of a type: in ``field`` itself where its four bytes hold them, else where it points."""

    type: int
    count: int
    field: bytes


@dataclass(frozen=True, slots=True)
class Directory:
    """A directory's entries by tag; ``following`` is the place of the next directory, 0 after the last."""

    file: BinaryIO
    order: ByteOrder
    entries: dict[int, Entry]
    following: int

    def __contains__(self, tag: int) -> bool:
        return tag in self.entries

    def content(self, tag: int, most: int) -> bytes:
        """A tag's bytes as stored, empty without it. Raises Unreadable for more than ``most``, or outside the file."""
        entry = self.entries.get(tag)
        if entry is None:
            return b""
        size = entry.count * SIZES.get(entry.type, 0)
        if size > most:
            raise Unreadable(f"has {size:,} bytes in its tag {tag}, which takes {most:,} at most: {DAMAGED}")
        if size <= 4:
            return entry.field[:size]
        self.file.seek(int.from_bytes(entry.field, self.order))
        return exactly(self.file, size)

    def integers(self, tag: int, most: int) -> tuple[int, ...]:
        """The whole numbers of a tag, none without it. Raises Unreadable for more than ``most`` or another type."""
        entry = self.entries.get(tag)
        if entry is None:
            return ()
        if entry.type not in {BYTE, SHORT, LONG} or entry.count > most:
            raise Unreadable(f"has a tag {tag} of another type or length than TIFF knows: {DAMAGED}")
        size = SIZES[entry.type]
        data = self.content(tag, most * size)
        return tuple(int.from_bytes(data[at : at + size], self.order) for at in range(0, len(data), size))

    def integer(self, tag: int, default: int) -> int:
        """The first of a tag's whole numbers."""
        values = self.integers(tag, 2**16)
        return values[0] if values else default


def read_directory(file: BinaryIO, order: ByteOrder, offset: int) -> Directory:
    """The directory at ``offset``. Raises Unreadable where the file ends before it does."""
    file.seek(offset)
    count = int.from_bytes(exactly(file, 2), order)
    if not 0 < count <= MOST_ENTRIES:
        raise Unreadable(f"has a directory of {count:,} tags: {DAMAGED}")
    data = exactly(file, 12 * count + 4)
    entries: dict[int, Entry] = {}
    for at in range(0, 12 * count, 12):
        tag, kind = (int.from_bytes(data[place : place + 2], order) for place in (at, at + 2))
        number = int.from_bytes(data[at + 4 : at + 8], order)
        entries.setdefault(tag, Entry(kind, number, data[at + 8 : at + 12]))
    return Directory(file, order, entries, int.from_bytes(data[-4:], order))
