"""Image file directories (TIFF 6.0, section 2), which EXIF uses as well.

Pillow reads them too, but warns of damaged ones, and warnings can only be silenced for all threads at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import calcsize, unpack, unpack_from
from typing import BinaryIO

from maistudio.imaging.formats.streams import DAMAGED, exactly
from maistudio.imaging.formats.undecoded import Unreadable

BYTE_ORDERS = {b"II*\0": "<", b"MM\0*": ">"}
"""A file's first four bytes, and how ``struct`` calls their order."""

SHORT = 3
TYPES = {1: "B", SHORT: "H", 4: "I", 7: "B"}
"""BYTE, SHORT, LONG and UNDEFINED, as ``struct`` calls them; the tags that are asked for have no others."""
ENTRY = 12
"""Bytes of a tag in its directory."""


@dataclass(frozen=True, slots=True)
class Directory:
    """The places of a directory's tags in its file; ``following`` is that of the next directory, 0 after the last."""

    file: BinaryIO
    order: str
    places: dict[int, int]
    following: int

    def integers(self, tag: int, most: int) -> tuple[int, ...]:
        """A tag's values, none without it. Raises Unreadable for more than ``most``, another type, or a short file."""
        if tag not in self.places:
            return ()
        self.file.seek(self.places[tag])
        _, kind, count, data = unpack(f"{self.order}HHI4s", exactly(self.file, ENTRY))
        if kind not in TYPES or count > most:
            raise Unreadable(f"has a tag {tag} of another type or length than TIFF knows: {DAMAGED}")
        values = f"{self.order}{count}{TYPES[kind]}"
        if calcsize(values) > len(data):
            self.file.seek(*unpack(f"{self.order}I", data))
            data = exactly(self.file, calcsize(values))
        return unpack_from(values, data)

    def integer(self, tag: int, default: int) -> int:
        """The first of a tag's values."""
        return next(iter(self.integers(tag, 2**16)), default)


def first_directory(file: BinaryIO) -> Directory:
    """The directory that a TIFF, or the TIFF in EXIF data, starts with. Raises Unreadable where it isn't whole."""
    start = exactly(file, 8)
    if start[:4] not in BYTE_ORDERS:
        raise Unreadable(f"is a damaged TIFF: {DAMAGED}")
    order = BYTE_ORDERS[start[:4]]
    file.seek(*unpack(f"{order}I", start[4:]))
    (count,) = unpack(f"{order}H", exactly(file, 2))
    first = file.tell()
    entries = exactly(file, ENTRY * count)
    places = {unpack_from(f"{order}H", entries, at)[0]: first + at for at in range(0, len(entries), ENTRY)}
    return Directory(file, order, places, *unpack(f"{order}I", exactly(file, 4)))
