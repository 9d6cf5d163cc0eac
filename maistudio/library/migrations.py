"""The library's schema: SQL files in order, each applied once, and all that are due at once or none."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from maistudio.errors import LibraryError
from maistudio.resources import resource_path

APPLICATION_ID = 0x4D414953
"""``PRAGMA application_id`` of every library: "MAIS"."""


@dataclass(frozen=True, slots=True)
class Migration:
    """SQL statements that bring a library from the version before to ``version``, which counts from 1."""

    version: int
    sql: str


def shipped_migrations() -> tuple[Migration, ...]:
    """Those in ``resources/library``, in order: the number that begins a file's name is the version it leads to."""
    files = sorted(resource_path("library").glob("*.sql"))
    return tuple(Migration(int(file.name.partition("-")[0]), file.read_text(encoding="utf-8")) for file in files)


def check_identity(connection: sqlite3.Connection, path: Path) -> None:
    """Raises LibraryError for a database of another program. Changes nothing."""
    connection.execute("BEGIN")  # both answers of the same moment: another process may be making the library
    try:
        ours = _pragma(connection, "application_id") == APPLICATION_ID
        empty = connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is None
    finally:
        roll_back(connection)
    if not ours and not empty:
        raise LibraryError(f"{path}: a database of another program, not a library of MAI Studio: move it away")


def migrate(connection: sqlite3.Connection, path: Path, migrations: tuple[Migration, ...]) -> None:
    """Apply the migrations that are due, in one transaction; what was there before is copied beside the library.

    The copy is ``library.db.before-N`` for the new version N. Other processes wait meanwhile. Raises LibraryError for
    a library of a newer version of this program, and where no copy can be made.
    """
    newest = len(migrations)
    if is_current(connection, migrations):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = _check_version(connection, path, migrations)  # another process may have come first
        if 0 < version < newest:
            _copy(path, path.with_name(f"{path.name}.before-{newest}"))
        for migration in migrations[version:]:
            for statement in _statements(migration.sql):
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {newest}")
        connection.execute("COMMIT")
    except BaseException:
        roll_back(connection)
        raise


def is_current(connection: sqlite3.Connection, migrations: tuple[Migration, ...]) -> bool:
    """Whether no migration is due."""
    return _pragma(connection, "user_version") == len(migrations)


def roll_back(connection: sqlite3.Connection) -> None:
    """End a transaction that may have ended already, as SQLite does itself where the disk is full."""
    if connection.in_transaction:
        with contextlib.suppress(sqlite3.Error):  # what went wrong before is what matters
            connection.execute("ROLLBACK")


def _check_version(connection: sqlite3.Connection, path: Path, migrations: tuple[Migration, ...]) -> int:
    version, newest = _pragma(connection, "user_version"), len(migrations)
    if version > newest:
        raise LibraryError(
            f"{path}: a newer MAI Studio wrote this library (schema {version}, and this one knows {newest}): "
            "update MAI Studio"
        )
    return version


def _copy(path: Path, to: Path) -> None:
    """By a connection of its own, which sees what is committed. Whole or not at all."""
    part = to.with_name(f"{to.name}.part")
    try:
        part.unlink(missing_ok=True)
        with contextlib.closing(sqlite3.connect(path)) as source, contextlib.closing(sqlite3.connect(part)) as target:
            source.backup(target)
        part.replace(to)
    except OSError as error:
        raise LibraryError(f"{to}: the library can't be copied there ({error.strerror}) before it is changed") from None


def _statements(sql: str) -> Iterator[str]:
    """One by one: ``executescript`` would end the transaction."""
    pending = ""
    for line in sql.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])
