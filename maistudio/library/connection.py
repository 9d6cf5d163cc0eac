"""A connection to the library's file."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

from maistudio.errors import LibraryError
from maistudio.library.migrations import Migration, check_identity, migrate, roll_back
from maistudio.library.sentences import as_sentences, no_folder

BUSY_SECONDS = 10.0
"""How long to wait for another process that writes. Its transactions take milliseconds."""
_RETRY_SECONDS = 0.02


def connect(path: Path, migrations: tuple[Migration, ...], busy_seconds: float = BUSY_SECONDS) -> sqlite3.Connection:
    """A connection for threads that take turns, in WAL mode, with foreign keys; the file is made or migrated first.

    ``synchronous`` is NORMAL: what is committed outlives the process, while a power cut may take the last commits, and
    never damages the file. A file system without WAL keeps SQLite's own journal.
    Raises LibraryError where it can't be opened, isn't ours, or is newer than the last migration, UnwritableError
    where nothing can be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LibraryError(no_folder(path.parent, error)) from None
    with as_sentences(path):
        connection = sqlite3.connect(path, timeout=busy_seconds, isolation_level=None, check_same_thread=False)
        try:
            prepare(connection)
            check_identity(connection, path)
            _use_wal(connection, busy_seconds)
            connection.execute("PRAGMA synchronous = NORMAL")
            migrate(connection, path, migrations)
            connection.execute("PRAGMA foreign_keys = ON")  # after migrating, which may rebuild a table others refer to
        except BaseException:
            connection.close()
            raise
    return connection


def prepare(connection: sqlite3.Connection) -> None:
    """Rows by their columns' names. Text that is no UTF-8 can be read, so that it spoils no more than its own row."""
    connection.row_factory = sqlite3.Row
    connection.text_factory = lambda data: data.decode("utf-8", "replace")


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection, writes: bool) -> Iterator[None]:
    """All or nothing. One that writes waits for its turn at once, rather than fail in the middle."""
    connection.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        roll_back(connection)
        raise


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
