"""A connection to the library's file, and what SQLite refuses as one sentence."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

from maistudio.errors import LibraryError
from maistudio.library.migrations import Migration, check_identity, migrate
from maistudio.library.place import VARIABLE

BUSY_SECONDS = 10.0
"""How long to wait for another process that writes. Its transactions take milliseconds."""
_RETRY_SECONDS = 0.02

_ELSEWHERE = f"or name another folder in {VARIABLE}"
_SENTENCES = {
    sqlite3.SQLITE_NOTADB: "not a library of MAI Studio, nor any SQLite database: move it away, and a new one is made",
    sqlite3.SQLITE_CORRUPT: "the library is damaged: move it away, and a new one is made",
    sqlite3.SQLITE_BUSY: "another program keeps the library locked: close other windows of MAI Studio and try again",
    sqlite3.SQLITE_LOCKED: "the library is locked: try again",
    sqlite3.SQLITE_READONLY: f"the library can't be written: make it and its folder writable, {_ELSEWHERE}",
    sqlite3.SQLITE_FULL: f"the disk is full: free some space, {_ELSEWHERE}",
    sqlite3.SQLITE_CANTOPEN: f"the library can't be opened there: make its folder readable and writable, {_ELSEWHERE}",
    sqlite3.SQLITE_IOERR: f"the disk failed to read or write the library: check the disk, {_ELSEWHERE}",
}


def connect(path: Path, migrations: tuple[Migration, ...], busy_seconds: float = BUSY_SECONDS) -> sqlite3.Connection:
    """A connection for threads that take turns, in WAL mode, with foreign keys; the file is made or migrated first.

    ``synchronous`` is NORMAL: what is committed outlives the process, while a power cut may take the last commits, and
    never damages the file. A file system without WAL keeps SQLite's own journal.
    Raises LibraryError where it can't be opened, isn't ours, or is newer than the last migration.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LibraryError(
            f"{path.parent}: no folder for the library ({error.strerror}): make one, {_ELSEWHERE}"
        ) from None
    with as_sentences(path):
        connection = sqlite3.connect(path, timeout=busy_seconds, isolation_level=None, check_same_thread=False)
        try:
            connection.row_factory = sqlite3.Row
            check_identity(connection, path)
            _use_wal(connection, busy_seconds)
            connection.execute("PRAGMA synchronous = NORMAL")
            migrate(connection, path, migrations)
            connection.execute("PRAGMA foreign_keys = ON")  # after migrating, which may rebuild a table others refer to
        except BaseException:
            connection.close()
            raise
    return connection


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection, writes: bool) -> Iterator[None]:
    """All or nothing. One that writes waits for its turn at once, rather than fail in the middle."""
    connection.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # SQLite itself ends it where the disk is full
            connection.execute("ROLLBACK")
        raise


@contextlib.contextmanager
def as_sentences(path: Path) -> Iterator[None]:
    """Raises LibraryError for what SQLite refuses."""
    try:
        yield
    except sqlite3.Error as error:
        raise LibraryError(f"{path}: {_sentence(error)}") from None
    except OverflowError:
        raise LibraryError(f"{path}: a number is too large for the library: it takes 64 bits") from None


def _sentence(error: sqlite3.Error) -> str:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the lower byte of an extended code is the plain one
    return _SENTENCES.get(code, f"the library can't be used ({error}): try again")


def _use_wal(connection: sqlite3.Connection, busy_seconds: float) -> None:
    """WAL stays with the file. SQLite does not wait for others by itself when it is set the first time."""
    until = time.monotonic() + busy_seconds
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(_RETRY_SECONDS)
