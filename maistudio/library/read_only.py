"""A connection that only reads, for a library where nothing can be written: a full disk, another's folder."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

from maistudio.errors import LibraryError
from maistudio.library.connection import prepare
from maistudio.library.migrations import Migration, check_identity, is_current

_MODES = ("mode=ro", "mode=rw", "mode=ro&immutable=1")


def connect_to_read(path: Path, migrations: tuple[Migration, ...]) -> sqlite3.Connection | None:
    """A connection for threads that take turns; None where the library can't be read as it is.

    ``mode=ro`` sees what other processes write, but needs a file of shared memory. With ``mode=rw`` and an exclusive
    lock there is no such file. ``immutable`` needs neither it nor locks, and does not see what only the log holds.
    """
    for mode in _MODES:
        if mode != _MODES[-1] or not _has_log(path):
            with contextlib.suppress(sqlite3.Error, LibraryError):
                return _connect(path, mode, migrations)
    return None


def _connect(path: Path, mode: str, migrations: tuple[Migration, ...]) -> sqlite3.Connection:
    uri = f"{path.absolute().as_uri()}?{mode}"
    connection = sqlite3.connect(uri, uri=True, timeout=0, isolation_level=None, check_same_thread=False)
    try:
        prepare(connection)
        if mode == "mode=rw":
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("PRAGMA query_only = ON")
        check_identity(connection, path)
        if not is_current(connection, migrations):
            raise LibraryError(f"{path}: the library is of another version")
    except BaseException:
        connection.close()
        raise
    return connection


def _has_log(path: Path) -> bool:
    try:
        return path.with_name(f"{path.name}-wal").stat().st_size > 0
    except OSError:
        return False
