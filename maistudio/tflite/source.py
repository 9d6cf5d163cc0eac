"""The bytes behind a model: small files held in memory, large ones read piece by piece.

A mapping kept for the life of the window would kill it with SIGBUS when an exporter
truncates the file in place, so a large file is mapped only while its structure is read.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from maistudio.errors import StaleFileError

HELD_IN_MEMORY = 16 * 2**20
"""Files up to this size in bytes are held whole."""


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
