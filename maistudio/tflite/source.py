"""The bytes behind a model: small files held in memory, large ones read piece by piece.

Files are never mapped: an exporter that truncates a mapped file in place kills its readers with SIGBUS.
"""

from __future__ import annotations

import mmap
import os
from dataclasses import dataclass, field
from pathlib import Path

from maistudio.errors import StaleFileError

HELD_IN_MEMORY = 16 * 2**20
"""Files up to this size in bytes are held whole."""


_PAGE_BITS = 12


class PagedFile:
    """A large file as memory whose pages are read from it when they are first needed.

    ``memory`` is as long as the file; a page costs private memory only once ``need`` has asked for it.
    """

    __slots__ = ("_descriptor", "_missing", "memory", "size")

    def __init__(self, descriptor: int, size: int) -> None:
        self.memory = mmap.mmap(-1, size)
        self.size = size
        self._descriptor = descriptor
        self._missing = bytearray(b"\1") * ((size >> _PAGE_BITS) + 1)

    def need(self, start: int, size: int) -> None:
        """Have ``size`` bytes from ``start`` in memory, as far as the file reaches.

        Raises OSError, and EOFError where the file has become shorter.
        """
        first, last = max(0, start) >> _PAGE_BITS, min(start + size - 1, self.size - 1) >> _PAGE_BITS
        page = self._missing.find(1, first, last + 1)
        while page >= 0:
            end = self._missing.find(0, page, last + 1)
            self._read(page, last + 1 if end < 0 else end)
            page = self._missing.find(1, page, last + 1)

    def _read(self, page: int, end: int) -> None:
        start, stop = page << _PAGE_BITS, min(end << _PAGE_BITS, self.size)
        os.lseek(self._descriptor, start, os.SEEK_SET)
        while start < stop:
            piece = os.read(self._descriptor, stop - start)
            if not piece:
                raise EOFError
            self.memory[start : start + len(piece)] = piece
            start += len(piece)
        self._missing[page:end] = bytes(end - page)


@dataclass(frozen=True, slots=True)
class Identity:
    """What tells one state of a file from another."""

    device: int
    inode: int
    size: int
    modified_ns: int

    @staticmethod
    def of(stat: os.stat_result) -> Identity:
        return Identity(stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns)


@dataclass(frozen=True, slots=True)
class Source:
    """The file's bytes as it was when opened."""

    path: Path
    identity: Identity
    held: bytes | None = field(repr=False)

    def read(self, offset: int, size: int) -> bytes:
        """Bytes ``offset`` to ``offset + size`` of the file.

        Raises StaleFileError when the file has changed or gone since it was opened.
        """
        if self.held is not None:
            return self.held[offset : offset + size]
        try:
            with self.path.open("rb") as file:
                if Identity.of(os.fstat(file.fileno())) == self.identity:
                    file.seek(offset)
                    piece = file.read(size)
                    if len(piece) == size:
                        return piece
        except OSError:
            pass
        raise StaleFileError(f"{self.path}: the file changed after it was opened; reload it to see its weights")

    @property
    def changed(self) -> bool:
        """Whether the file is another than when it was opened, or gone."""
        try:
            return Identity.of(self.path.stat()) != self.identity
        except OSError:
            return True
