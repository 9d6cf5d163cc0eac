"""A file's bytes piece by piece, and rows of pixels from them: a header's claims never decide how much is allocated."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from maistudio.imaging.formats.undecoded import Unreadable

PIECE = 2**18
"""Bytes read or inflated at a time."""
BAND = 2**18
"""Bytes of pixel rows worked on at a time: what a core's cache holds."""

CUT_SHORT = "ends too early, it was cut short: copy or download it again"
DAMAGED = "copy or download it again, or save it anew"


def exactly(file: BinaryIO, size: int) -> bytes:
    """The next ``size`` bytes. Raises Unreadable where the file ends before."""
    if size <= PIECE:
        data = file.read(size)
        if len(data) < size:
            raise Unreadable(CUT_SHORT)
        return data
    return b"".join(pieces(file, size))


def pieces(file: BinaryIO, size: int) -> Iterator[bytes]:
    """The same, a piece at a time."""
    while size > 0:
        piece = file.read(min(size, PIECE))
        if not piece:
            raise Unreadable(CUT_SHORT)
        size -= len(piece)
        yield piece


def inflated(compressed: Iterable[bytes]) -> Iterator[bytes]:
    """A zlib stream decompressed; what follows its end is read but ignored.

    Raises Unreadable where it is damaged or doesn't reach its end and checksum.
    """
    stream = zlib.decompressobj()
    for piece in compressed:
        left = piece
        while left and not stream.eof:
            try:
                out = stream.decompress(left, PIECE)
            except zlib.error:
                raise Unreadable(f"holds damaged data (deflate): {DAMAGED}") from None
            if out:
                yield out
            left = stream.unconsumed_tail
    if not stream.eof:
        raise Unreadable(CUT_SHORT)


@dataclass(slots=True)
class Flow:
    """Bytes that come in pieces of any size, taken in the amounts that are needed."""

    pieces: Iterator[bytes]
    _held: bytearray = field(default_factory=bytearray)

    def take(self, size: int) -> NDArray[np.uint8]:
        """The next ``size`` bytes, as an array of its own. Raises Unreadable where there are fewer."""
        while len(self._held) < size:
            piece = next(self.pieces, None)
            if piece is None:
                raise Unreadable(CUT_SHORT)
            self._held += piece
        taken = np.frombuffer(self._held, np.uint8, size).copy()
        del self._held[:size]
        return taken

    def is_at_end(self) -> bool:
        """Whether nothing is left; the source is read to its end unless more comes."""
        return not self._held and not any(self.pieces)


def bands(rows: int, row_bytes: int) -> Iterator[slice]:
    """The rows of a picture from top to bottom, as many at a time as make a band."""
    step = max(1, BAND // row_bytes)
    for first in range(0, rows, step):
        yield slice(first, min(first + step, rows))
