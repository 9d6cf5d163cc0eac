"""The library: every run that was measured, what compilers said, in one SQLite file that several processes share."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Self

from maistudio.errors import LibraryError
from maistudio.library.compiles import StoredCompile, read_compiles, store_compile
from maistudio.library.connection import BUSY_SECONDS, connect, transaction
from maistudio.library.migrations import Migration, shipped_migrations
from maistudio.library.place import FILE_NAME, library_folder
from maistudio.library.read_only import connect_to_read
from maistudio.library.rows import row_of_end, row_of_log, row_of_numbers, row_of_start
from maistudio.library.sentences import UnwritableError, as_sentences
from maistudio.library.silenced import read_silenced, silence_lints, unsilence_lints
from maistudio.library.statements import (
    append_rest,
    append_samples,
    append_states,
    find_ids,
    find_run,
    insert,
    read_listing,
    read_run,
    replace_ops,
    store_statistics,
    update_run,
)
from maistudio.library.summary import Listing, RunSummary
from maistudio.library.writers import Writer, lives, this_process
from maistudio.timing.values import MachineState, Run, Status


def open_library(folder: Path | None = None) -> Library:
    """The library in ``folder``, by default where ``library_folder`` says; both are made where they are missing.

    Raises LibraryError in a sentence where it can't be opened, is damaged, or was written by a newer version.
    """
    return Library.open((library_folder() if folder is None else folder) / FILE_NAME)


def open_to_read(folder: Path | None = None) -> Library:
    """As ``open_library``; where nothing can be written, as on a full disk, one that only reads what is there."""
    path = (library_folder() if folder is None else folder) / FILE_NAME
    try:
        return Library.open(path)
    except UnwritableError:
        connection = connect_to_read(path, shipped_migrations())
        if connection is None:
            raise
        return Library(path, connection)


def open_if_there(folder: Path | None = None) -> Library | None:
    """As ``open_to_read``, but None where nothing was stored yet or the user has no home folder; it isn't made then."""
    try:
        place = library_folder() if folder is None else folder
    except LibraryError:  # as in somebody's CI
        return None
    return open_to_read(place) if (place / FILE_NAME).exists() else None


class Library:
    """An open library. Every method is one short transaction, committed when it returns.

    What is committed outlives a killed process. Threads may share a Library: it has one connection, and they take
    turns. Processes may share the file: one that writes waits for another up to BUSY_SECONDS. A thread that must not
    wait, as a window's, asks in another one.

    Every method raises LibraryError in a sentence where the file is locked, read-only, damaged or closed, or the disk
    full.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection
        self._turn = threading.Lock()

    @classmethod
    def open(
        cls, path: Path, migrations: tuple[Migration, ...] | None = None, busy_seconds: float = BUSY_SECONDS
    ) -> Self:
        """Open or make the library at ``path``, and bring its schema up to date."""
        return cls(path, connect(path, shipped_migrations() if migrations is None else migrations, busy_seconds))

    def close(self) -> None:
        """A closed library can't be used again."""
        with self._turn, as_sentences(self.path):
            self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def begin(self, run: Run) -> None:
        """Store a run as far as it is known, and that this process measures it. Its id must be new."""
        with self._transaction(writes=True) as connection:
            insert(connection, "runs", row_of_start(run, self._writer))
            append_rest(connection, run)

    def append_samples(self, run_id: str, wall_us: Sequence[float], cpu_us: Sequence[float]) -> None:
        """Store the samples of the next timed runs, in order, in µs. Raises ValueError where they differ in number."""
        with self._transaction(writes=True) as connection:
            append_samples(connection, run_id, wall_us, cpu_us)

    def append_state(self, run_id: str, state: MachineState) -> None:
        """Store the next reading of the machine."""
        with self._transaction(writes=True) as connection:
            append_states(connection, run_id, [state])

    def note(
        self,
        run_id: str,
        *,
        runtime_version: str | None = None,
        init_us: float | None = None,
        first_us: float | None = None,
        warmup_runs: int | None = None,
        peak_rss_bytes: int | None = None,
        log: str | None = None,
    ) -> None:
        """Store what became known of a run; None leaves what is there."""
        noted = {
            "runtime_version": runtime_version,
            "init_us": init_us,
            "first_us": first_us,
            "warmup_runs": warmup_runs,
            "peak_rss_bytes": peak_rss_bytes,
            **({} if log is None else row_of_log(log)),
        }
        with self._transaction(writes=True) as connection:
            update_run(connection, run_id, {name: value for name, value in noted.items() if value is not None})

    def end(self, run: Run) -> None:
        """Store a run that is over: its status, error, flags, notes, log and ops, and the statistics of its samples.

        Samples and readings that were not appended yet are, those that were stay; of the numbers ``note`` takes, None
        leaves what is there. Ending it again replaces what was said before.
        """
        known = {name: value for name, value in row_of_numbers(run).items() if value is not None}
        with self._transaction(writes=True) as connection:
            update_run(connection, run.id, {**row_of_end(run), **known})
            append_rest(connection, run)
            replace_ops(connection, run.id, run.ops.ops if run.ops else ())
            store_statistics(connection, run.id)

    def run(self, run_id: str) -> Run:
        """A run with all that is stored of it, also while it is measured. Raises LibraryError for an unknown id."""
        with self._transaction(writes=False) as connection:
            return read_run(connection, run_id)

    def history(self, sha256: str | None = None, limit: int | None = None) -> tuple[RunSummary, ...]:
        """Runs without their samples, newest first: those of one model by its SHA-256, or of all."""
        return self.listing(sha256, limit).runs

    def listing(self, sha256: str | None = None, limit: int | None = None) -> Listing:
        """The history, and the ids of the runs that are left out because their rows make no sense."""
        with self._transaction(writes=False) as connection:
            return read_listing(connection, sha256, limit)

    def ids(self, beginning: str) -> tuple[str, ...]:
        """The ids of runs that begin so, also of those that make no sense; only one where it is the whole id."""
        with self._transaction(writes=False) as connection:
            return find_ids(connection, beginning)

    def delete(self, run_id: str) -> None:
        """Remove a run and all that belongs to it. Raises LibraryError for one that a living process measures."""
        with self._transaction(writes=True) as connection:
            row = find_run(connection, run_id)
            if row["status"] == Status.RUNNING and lives(_writer_of(row)):
                raise LibraryError(f"run {run_id} is still being measured: cancel it first")
            connection.execute("DELETE FROM runs WHERE id = ?", (run_id,))

    def mark_interrupted(self) -> tuple[str, ...]:
        """Call interrupted what is running by its status but whose process is gone; the ids of these runs.

        Their samples stay, and get their statistics. Should a living process be taken for dead, because the machine's
        clock was set meanwhile, it sets that right when it ends its run.
        """
        with self._transaction(writes=False) as connection:
            running = connection.execute("SELECT * FROM runs WHERE status = 'running'").fetchall()
        gone = [row["id"] for row in running if not lives(_writer_of(row))]
        if not gone:
            return ()
        with self._transaction(writes=True) as connection:
            return tuple(run_id for run_id in gone if _interrupt(connection, run_id))

    def silence(self, model_path: str, lints: Iterable[str]) -> None:
        """Keep lints quiet for the model at an absolute path, until ``unsilence``."""
        with self._transaction(writes=True) as connection:
            silence_lints(connection, model_path, lints, time.time())

    def unsilence(self, model_path: str, lints: Iterable[str]) -> None:
        """Tell of lints again."""
        with self._transaction(writes=True) as connection:
            unsilence_lints(connection, model_path, lints)

    def silenced(self, model_path: str) -> frozenset[str]:
        """The lints that are silenced for the model at an absolute path."""
        with self._transaction(writes=False) as connection:
            return read_silenced(connection, model_path)

    def keep_compile(self, model_sha256: str, stored: StoredCompile) -> None:
        """Store what a real compiler made of a model."""
        with self._transaction(writes=True) as connection:
            store_compile(connection, model_sha256, stored)

    def compiles(self, model_sha256: str) -> tuple[StoredCompile, ...]:
        """What each real compiler made of a model when it was last asked; what makes no sense is left out."""
        with self._transaction(writes=False) as connection:
            return read_compiles(connection, model_sha256)

    @cached_property
    def _writer(self) -> Writer:
        return this_process()

    @contextlib.contextmanager
    def _transaction(self, writes: bool) -> Iterator[sqlite3.Connection]:
        with self._turn, as_sentences(self.path), transaction(self._connection, writes):
            yield self._connection


def _writer_of(row: sqlite3.Row) -> Writer:
    return Writer(row["writer_pid"], row["writer_started"])


def _interrupt(connection: sqlite3.Connection, run_id: str) -> bool:
    """Whether it was done: another process may have ended, marked or deleted the run meanwhile."""
    query = "UPDATE runs SET status = ? WHERE id = ? AND status = ?"
    done = connection.execute(query, (Status.INTERRUPTED.value, run_id, Status.RUNNING.value)).rowcount
    if done:
        with contextlib.suppress(LibraryError):  # samples that make no sense have no statistics
            store_statistics(connection, run_id)
    return bool(done)
