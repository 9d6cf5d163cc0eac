"""What SQLite refuses, as one sentence of what to do about it."""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

from maistudio.errors import LibraryError
from maistudio.library.place import VARIABLE

ELSEWHERE = f"or name another folder in {VARIABLE}"
FULL = f"the disk is full: free some space, {ELSEWHERE}"
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
_PROBE_BYTES = 1 << 16
"""More than the 32 KiB that SQLite takes at once for what processes share of a library."""

_SENTENCES = {
    sqlite3.SQLITE_NOTADB: "not a library of MAI Studio, nor any SQLite database: move it away, and a new one is made",
    sqlite3.SQLITE_CORRUPT: "the library is damaged: move it away, and a new one is made",
    sqlite3.SQLITE_BUSY: "another program keeps the library locked: close other windows of MAI Studio and try again",
    sqlite3.SQLITE_LOCKED: "the library is locked: try again",
    sqlite3.SQLITE_READONLY: f"the library can't be written: make it and its folder writable, {ELSEWHERE}",
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_CANTOPEN: f"the library can't be opened there: make its folder readable and writable, {ELSEWHERE}",
    sqlite3.SQLITE_IOERR: f"the disk failed to read or write the library: check the disk, {ELSEWHERE}",
}
_UNWRITABLE = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR)


class UnwritableError(LibraryError):
    """Nothing can be written there; it may still be read."""


@contextlib.contextmanager
def as_sentences(path: Path) -> Iterator[None]:
    """Raises LibraryError for what SQLite refuses, UnwritableError where it could not write."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the lower byte of an extended code is the plain one
        kind = UnwritableError if code in _UNWRITABLE else LibraryError
        raise kind(f"{path}: {_sentence(path, code, error)}") from None
    except OverflowError:
        raise LibraryError(f"{path}: a number is too large for the library: it takes 64 bits") from None


def no_folder(folder: Path, error: OSError) -> str:
    """Why there is no folder for the library."""
    if error.errno in _NO_ROOM:
        return f"{folder}: {FULL}"
    return f"{folder}: no folder for the library ({error.strerror}): make one, {ELSEWHERE}"


def _sentence(path: Path, code: int, error: sqlite3.Error) -> str:
    if code in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_FULL):
        return _no_room(path.parent) or _SENTENCES[code]
    return _SENTENCES.get(code, f"the library can't be used ({error}): try again")


def _no_room(folder: Path) -> str | None:
    """That a file can't grow in the folder, and why: SQLite calls it a failing disk where it shares memory by it."""
    try:
        with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
            written = file.write(bytes(_PROBE_BYTES))
            if written < _PROBE_BYTES:
                file.write(bytes(_PROBE_BYTES - written))
            os.fsync(file.fileno())
    except OSError as error:
        if error.errno in _NO_ROOM:
            return FULL
        if error.errno == errno.EFBIG:
            return f"files may not grow here: raise the limit on their size (ulimit -f), {ELSEWHERE}"
    return None
