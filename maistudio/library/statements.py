"""What is read and written in the library's tables, inside a transaction that the caller began."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from maistudio.errors import LibraryError
from maistudio.library.restoring import SUMMARY_COLUMNS, run_of, samples_of, summary_of
from maistudio.library.rows import blob_of, row_of_op, row_of_state, row_of_statistics
from maistudio.library.summary import Listing, RunSummary
from maistudio.timing.statistics import statistics_of
from maistudio.timing.values import MachineState, OpTime, Run, Samples

_ORDERED_BY = {"samples": "batch", "states": "reading", "ops": "position"}
"""The tables that belong to a run, each with the column that counts its rows from 0."""


def insert(connection: sqlite3.Connection, table: str, row: Mapping[str, Any]) -> None:
    """A new row from its columns."""
    names, marks = ", ".join(row), ", ".join("?" * len(row))
    connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(row.values()))


def update_run(connection: sqlite3.Connection, run_id: str, row: Mapping[str, Any]) -> None:
    """Set columns of a run. Raises LibraryError for an unknown id."""
    find_run(connection, run_id)
    if row:
        settings = ", ".join(f"{name} = ?" for name in row)
        connection.execute(f"UPDATE runs SET {settings} WHERE id = ?", (*row.values(), run_id))


def find_run(connection: sqlite3.Connection, run_id: str) -> sqlite3.Row:
    """A run's own row. Raises LibraryError for an unknown id."""
    row: sqlite3.Row | None = connection.execute("SELECT * FROM runs WHERE id = ?", (run_id,)).fetchone()
    if row is None:
        raise LibraryError(f"there is no run {run_id} in the library: look into its history, it may have been deleted")
    return row


def read_run(connection: sqlite3.Connection, run_id: str) -> Run:
    """A run with all that belongs to it. Raises LibraryError for an unknown id, or for rows that make no sense."""
    row = find_run(connection, run_id)
    samples, states, ops = (_rows(connection, table, run_id) for table in _ORDERED_BY)
    with _intact(run_id):
        return run_of(row, samples, states, ops)


def find_ids(connection: sqlite3.Connection, beginning: str) -> tuple[str, ...]:
    """The ids that begin so, the newest first; the one that is exactly so goes before others."""
    query = "SELECT id FROM runs WHERE substr(id, 1, length(:so)) = :so ORDER BY started DESC, id"
    found = tuple(row["id"] for row in connection.execute(query, {"so": beginning}))
    return (beginning,) if beginning in found else found


def read_listing(connection: sqlite3.Connection, sha256: str | None, limit: int | None) -> Listing:
    """The newest runs that can be read, of one model or of all; None is no limit."""
    where = "" if sha256 is None else "WHERE model_sha256 = :sha256"
    query = f"SELECT {', '.join(SUMMARY_COLUMNS)} FROM runs {where} ORDER BY started DESC, id"
    found: list[RunSummary] = []
    unreadable: list[str] = []
    for row in connection.execute(query, {"sha256": sha256} if sha256 is not None else {}):
        if len(found) == limit:
            break
        try:
            with _intact(row["id"]):
                found.append(summary_of(row))
        except LibraryError:
            unreadable.append(str(row["id"]))
    return Listing(tuple(found), tuple(unreadable))


def append_samples(
    connection: sqlite3.Connection, run_id: str, wall_us: Sequence[float], cpu_us: Sequence[float]
) -> None:
    """One more batch. Raises ValueError where they differ in number, LibraryError for an unknown id."""
    if len(wall_us) != len(cpu_us):
        raise ValueError(f"{len(wall_us)} wall times and {len(cpu_us)} CPU times are not of the same runs")
    find_run(connection, run_id)
    if len(wall_us):
        _append(connection, "samples", run_id, [{"wall_us": blob_of(wall_us), "cpu_us": blob_of(cpu_us)}])


def append_states(connection: sqlite3.Connection, run_id: str, states: Sequence[MachineState]) -> None:
    """More readings. Raises LibraryError for an unknown id."""
    find_run(connection, run_id)
    _append(connection, "states", run_id, list(map(row_of_state, states)))


def append_rest(connection: sqlite3.Connection, run: Run) -> None:
    """The samples and readings of ``run`` beyond those that are stored."""
    stored = len(_read_samples(connection, run.id).wall_us)
    append_samples(connection, run.id, run.samples.wall_us[stored:], run.samples.cpu_us[stored:])
    append_states(connection, run.id, run.states[_count(connection, "states", run.id) :])


def replace_ops(connection: sqlite3.Connection, run_id: str, ops: Sequence[OpTime]) -> None:
    """These in place of those that are stored."""
    connection.execute("DELETE FROM ops WHERE run_id = ?", (run_id,))
    _append(connection, "ops", run_id, list(map(row_of_op, ops)))


def store_statistics(connection: sqlite3.Connection, run_id: str) -> None:
    """The statistics of the samples that are stored, if there are any."""
    wall_us = _read_samples(connection, run_id).wall_us
    if wall_us:
        update_run(connection, run_id, row_of_statistics(statistics_of(wall_us)))


def _read_samples(connection: sqlite3.Connection, run_id: str) -> Samples:
    with _intact(run_id):
        return samples_of(_rows(connection, "samples", run_id))


def _rows(connection: sqlite3.Connection, table: str, run_id: str) -> list[sqlite3.Row]:
    query = f"SELECT * FROM {table} WHERE run_id = ? ORDER BY {_ORDERED_BY[table]}"
    return connection.execute(query, (run_id,)).fetchall()


def _append(connection: sqlite3.Connection, table: str, run_id: str, rows: Sequence[Mapping[str, Any]]) -> None:
    for number, row in enumerate(rows, start=_count(connection, table, run_id)):
        insert(connection, table, {"run_id": run_id, _ORDERED_BY[table]: number, **row})


def _count(connection: sqlite3.Connection, table: str, run_id: str) -> int:
    return int(connection.execute(f"SELECT COUNT(*) FROM {table} WHERE run_id = ?", (run_id,)).fetchone()[0])


@contextlib.contextmanager
def _intact(run_id: str) -> Iterator[None]:
    """What a person, a bad disk or a newer version put into a row is told, not shown as a fault of the program."""
    try:
        yield
    except (ValueError, TypeError, AttributeError, LookupError, OverflowError, RecursionError) as error:
        raise LibraryError(
            f"run {run_id} in the library makes no sense ({error}): delete it by maistudio history --delete {run_id}"
        ) from None
