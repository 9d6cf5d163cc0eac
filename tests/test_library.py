"""The library keeps what is put into it, tells it back, and says in a sentence what is wrong with its file."""

from __future__ import annotations

import errno
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from timed_runs import SHA256, begun_run, measured_run

from maistudio.errors import LibraryError
from maistudio.library.library import Library, open_library
from maistudio.library.migrations import Migration, roll_back, shipped_migrations
from maistudio.library.place import library_folder
from maistudio.library.sentences import as_sentences
from maistudio.library.summary import Listing
from maistudio.library.writers import Writer, this_process
from maistudio.timing.statistics import statistics_of
from maistudio.timing.values import Configuration, ModelIdentity, Run, Samples, Status

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with open_library(tmp_path) as opened:
        yield opened


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A library with one measured run, closed."""
    with open_library(tmp_path) as opened:
        opened.begin(measured_run())
        opened.end(measured_run())
    return opened.path


def stored(library: Library, run: Run) -> Run:
    library.begin(run)
    library.end(run)
    return library.run(run.id)


def change(path: Path, sql: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(sql)


def value(path: Path, sql: str) -> object:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchone()[0]


def as_of_an_earlier_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is begun from here on was begun by a process that had this one's id before."""
    earlier = Writer(os.getpid(), this_process().started - 100)
    monkeypatch.setattr("maistudio.library.library.this_process", lambda: earlier)


# What is put in comes back


def test_a_run_comes_back_as_it_was(library: Library) -> None:
    assert stored(library, measured_run()) == measured_run()


def test_a_run_of_which_nothing_is_known_comes_back_as_it_was(library: Library) -> None:
    library.begin(begun_run())
    assert library.run("1f") == begun_run()


def test_what_a_run_has_when_it_begins_is_stored(library: Library) -> None:
    run = begun_run(samples=Samples((1.0,), (2.0,)), states=measured_run().states)
    library.begin(run)
    assert library.run("1f") == run


def test_whether_it_ran_on_battery_comes_back_as_yes_or_no(library: Library) -> None:
    assert stored(library, measured_run()).states[0].on_battery is False


def test_a_run_outlives_the_library(path: Path) -> None:
    with Library.open(path) as again:
        assert again.run("1f") == measured_run()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(NUMBERS, NUMBERS), max_size=20))
def test_samples_come_back_bit_for_bit(library: Library, pairs: list[tuple[float, float]]) -> None:
    run_id = os.urandom(16).hex()
    library.begin(begun_run(run_id))
    library.append_samples(run_id, [wall for wall, _ in pairs], [cpu for _, cpu in pairs])
    found = library.run(run_id).samples
    assert repr(found) == repr(Samples(tuple(wall for wall, _ in pairs), tuple(cpu for _, cpu in pairs)))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters()))
def test_text_of_any_kind_comes_back(library: Library, text: str) -> None:
    """Paths and names may be no UTF-8: then they hold lone surrogates."""
    run = measured_run(
        os.urandom(16).hex(),
        model=ModelIdentity(text, text, SHA256, 1),
        configuration=Configuration(shapes={text: (1, 2)}, signature=text),
        error=text,
        log=text,
    )
    assert stored(library, run) == run


def test_batches_come_back_in_order(library: Library) -> None:
    library.begin(begun_run())
    for batch in range(12):
        library.append_samples("1f", [batch + 0.25, batch + 0.5], [1.0, 2.0])
    assert library.run("1f").samples.wall_us == tuple(batch + part for batch in range(12) for part in (0.25, 0.5))


def test_readings_come_back_in_order(library: Library) -> None:
    states = measured_run().states
    library.begin(begun_run())
    for state in states:
        library.append_state("1f", state)
    assert library.run("1f").states == states


def test_what_was_noted_is_there_while_the_run_goes_on(library: Library) -> None:
    library.begin(begun_run())
    library.note("1f", runtime_version="2.3.0", init_us=5.0, warmup_runs=2)
    library.note("1f", first_us=7.0, peak_rss_bytes=9, log="loaded")
    noted = begun_run(runtime_version="2.3.0", init_us=5.0, warmup_runs=2, first_us=7.0, peak_rss_bytes=9, log="loaded")
    assert library.run("1f") == noted


def test_the_end_adds_what_was_not_appended_and_repeats_nothing(library: Library) -> None:
    run = measured_run()
    library.begin(begun_run())
    library.append_samples("1f", run.samples.wall_us[:2], run.samples.cpu_us[:2])
    library.append_state("1f", run.states[0])
    library.end(run)
    assert (library.run("1f").samples, library.run("1f").states) == (run.samples, run.states)


def test_the_end_leaves_samples_it_was_not_given(library: Library) -> None:
    library.begin(begun_run())
    library.append_samples("1f", [3.0], [2.0])
    library.end(begun_run(status=Status.CANCELLED))
    assert library.run("1f").samples == Samples((3.0,), (2.0,))


def test_the_end_leaves_what_was_noted(library: Library) -> None:
    library.begin(begun_run())
    library.note("1f", init_us=5.0)
    library.end(begun_run(status=Status.FAILED, error="it died"))
    found = library.run("1f")
    assert (found.status, found.error, found.init_us) == (Status.FAILED, "it died", 5.0)


def test_a_second_end_replaces_the_first(library: Library) -> None:
    stored(library, measured_run())
    ops = measured_run().ops
    assert ops is not None
    again = measured_run(status=Status.CANCELLED, flags=(), ops=replace(ops, ops=ops.ops[:1]))
    library.end(again)
    assert library.run("1f") == again


def test_samples_of_different_number_are_not_stored(library: Library) -> None:
    library.begin(begun_run())
    with pytest.raises(ValueError, match="2 wall times and 1 CPU times are not of the same runs"):
        library.append_samples("1f", [1.0, 2.0], [1.0])
    assert library.run("1f").samples == Samples()


def test_an_id_is_used_once(library: Library) -> None:
    library.begin(begun_run())
    with pytest.raises(LibraryError, match="UNIQUE constraint failed"):
        library.begin(begun_run(preset="normal"))
    assert library.run("1f").preset == "quick"


@pytest.mark.parametrize(
    "act",
    [
        lambda library: library.run("2f"),
        lambda library: library.append_samples("2f", [1.0], [1.0]),
        lambda library: library.append_state("2f", measured_run().states[0]),
        lambda library: library.note("2f", init_us=1.0),
        lambda library: library.end(measured_run("2f")),
        lambda library: library.delete("2f"),
    ],
    ids=["run", "append_samples", "append_state", "note", "end", "delete"],
)
def test_a_run_that_is_not_there_is_told(library: Library, act: Callable[[Library], object]) -> None:
    with pytest.raises(LibraryError, match="there is no run 2f in the library: look into its history"):
        act(library)


def test_a_number_beyond_64_bits_is_told(library: Library) -> None:
    with pytest.raises(LibraryError, match="a number is too large for the library"):
        library.begin(begun_run(peak_rss_bytes=1 << 63))


def test_threads_share_a_library(library: Library) -> None:
    def measure(run_id: str) -> None:
        library.begin(begun_run(run_id))
        for sample in range(30):
            library.append_samples(run_id, [float(sample)], [1.0])
        library.end(replace(begun_run(run_id), status=Status.DONE))

    threads = [threading.Thread(target=measure, args=(f"{number}",)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {len(library.run(f"{number}").samples.wall_us) for number in range(6)} == {30}


# The history


def test_a_history_lists_the_newest_first(library: Library) -> None:
    for run_id, started in (("a", 5.0), ("b", 9.0), ("c", 7.0)):
        stored(library, measured_run(run_id, started=started))
    assert [summary.id for summary in library.history()] == ["b", "c", "a"]


def test_a_history_may_be_of_one_model(library: Library) -> None:
    stored(library, measured_run("a"))
    stored(library, measured_run("b", model=ModelIdentity("abpn.tflite", "/models/abpn.tflite", "77", 1)))
    assert [summary.id for summary in library.history("77")] == ["b"]


def test_a_history_may_be_cut_short(library: Library) -> None:
    for number in range(5):
        stored(library, measured_run(f"{number}", started=float(number)))
    assert [summary.id for summary in library.history(SHA256, limit=2)] == ["4", "3"]


def test_a_summary_says_what_the_run_does(library: Library) -> None:
    run = stored(library, measured_run(error="an error"))
    (summary,) = library.history()
    names = [name for name in summary.__slots__ if name not in ("statistics", "has_ops")]
    assert [getattr(summary, name) for name in names] == [getattr(run, name) for name in names]


def test_a_summary_has_the_statistics_of_all_samples(library: Library) -> None:
    library.begin(begun_run())
    library.append_samples("1f", [10.0, 14.0], [9.0, 9.0])
    library.append_samples("1f", [11.0], [9.0])
    library.end(begun_run(status=Status.DONE))
    assert library.history()[0].statistics == statistics_of([10.0, 14.0, 11.0])


@pytest.mark.parametrize(("run", "has_ops"), [(measured_run(), True), (measured_run(ops=None), False)])
def test_a_summary_says_whether_there_are_ops(library: Library, run: Run, has_ops: bool) -> None:
    stored(library, run)
    assert library.history()[0].has_ops is has_ops


def test_a_run_that_goes_on_has_no_statistics_yet(library: Library) -> None:
    library.begin(begun_run())
    library.append_samples("1f", [10.0], [9.0])
    (summary,) = library.history()
    assert (summary.status, summary.statistics) == (Status.RUNNING, None)


def test_a_run_without_samples_has_no_statistics(library: Library) -> None:
    stored(library, begun_run(status=Status.FAILED))
    assert library.history()[0].statistics is None


def test_a_deleted_run_is_gone_with_all_that_belongs_to_it(path: Path) -> None:
    with Library.open(path) as library:
        library.delete("1f")
        assert library.history() == ()
    assert [value(path, f"SELECT COUNT(*) FROM {table}") for table in ("samples", "states", "ops")] == [0, 0, 0]


def test_a_run_that_is_being_measured_is_not_deleted(library: Library) -> None:
    library.begin(begun_run())
    with pytest.raises(LibraryError, match="run 1f is still being measured: cancel it first"):
        library.delete("1f")


def test_a_run_whose_process_is_gone_can_be_deleted(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    as_of_an_earlier_process(monkeypatch)
    library.begin(begun_run())
    library.delete("1f")
    assert library.history() == ()


# Runs whose process is gone


def test_a_run_of_a_living_process_is_not_interrupted(library: Library) -> None:
    library.begin(begun_run())
    assert library.mark_interrupted() == ()
    assert library.run("1f").status is Status.RUNNING


def test_a_process_that_was_given_the_id_again_is_another(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    as_of_an_earlier_process(monkeypatch)
    library.begin(begun_run())
    assert library.mark_interrupted() == ("1f",)
    assert library.run("1f").status is Status.INTERRUPTED


def test_an_interrupted_run_has_statistics(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    as_of_an_earlier_process(monkeypatch)
    library.begin(begun_run())
    library.append_samples("1f", [10.0, 12.0], [9.0, 9.0])
    library.mark_interrupted()
    assert library.history()[0].statistics == statistics_of([10.0, 12.0])


def test_what_is_over_is_not_interrupted(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    as_of_an_earlier_process(monkeypatch)
    stored(library, measured_run())
    assert library.mark_interrupted() == ()


def test_a_process_taken_for_dead_sets_it_right_at_its_end(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    as_of_an_earlier_process(monkeypatch)
    library.begin(begun_run())
    library.mark_interrupted()
    library.append_samples("1f", [10.0], [9.0])
    library.end(begun_run(status=Status.DONE))
    found = library.run("1f")
    assert (found.status, found.samples.wall_us) == (Status.DONE, (10.0,))


# The place


def test_the_variable_names_the_folder(tmp_path: Path) -> None:
    assert library_folder({"MAISTUDIO_LIBRARY": str(tmp_path / "here")}) == tmp_path / "here"


def test_the_variable_may_name_a_folder_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert library_folder({"MAISTUDIO_LIBRARY": "here"}) == tmp_path / "here"


@pytest.mark.skipif(os.name != "posix" or os.uname().sysname != "Linux", reason="the place on Linux")
def test_by_default_it_lies_with_the_users_data() -> None:
    assert library_folder({"MAISTUDIO_LIBRARY": ""}) == Path(os.environ["XDG_DATA_HOME"]) / "maistudio"


def test_a_variable_that_names_no_user_is_told() -> None:
    with pytest.raises(LibraryError, match="MAISTUDIO_LIBRARY=~nouser/x: there is no such place"):
        library_folder({"MAISTUDIO_LIBRARY": "~nouser/x"})


def test_a_user_without_a_home_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platformdirs.user_data_path", lambda *_, **__: Path("~/.local/share/maistudio"))
    with pytest.raises(LibraryError, match="your home folder is not known: set MAISTUDIO_LIBRARY"):
        library_folder({})


def test_the_folder_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAISTUDIO_LIBRARY", str(tmp_path / "a" / "b"))
    open_library().close()
    assert (tmp_path / "a" / "b" / "library.db").is_file()


# A file that can't be used


def refused(path: Path, busy_seconds: float = 0.1) -> str:
    """The sentence for opening the library at ``path`` and listing its runs."""
    with pytest.raises(LibraryError) as caught, Library.open(path, busy_seconds=busy_seconds) as opened:
        opened.run("1f")
    sentence = str(caught.value)
    assert sentence.startswith(str(path))
    return sentence.removeprefix(f"{path}: ")


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "library.db"
    path.write_bytes(b"not a database" * 100)
    assert refused(path).startswith("not a library of MAI Studio, nor any SQLite database: move it away")
    assert path.read_bytes() == b"not a database" * 100


def test_a_database_of_another_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "library.db"
    change(path, "CREATE TABLE theirs (x)")
    before = path.read_bytes()
    assert refused(path) == "a database of another program, not a library of MAI Studio: move it away"
    assert path.read_bytes() == before


def test_a_library_of_a_newer_version_is_refused_and_left_alone(path: Path) -> None:
    change(path, "PRAGMA user_version = 7")
    before = path.read_bytes()
    newest = len(shipped_migrations())
    assert refused(path) == (
        f"a newer MAI Studio wrote this library (schema 7, and this one knows {newest}): update MAI Studio"
    )
    assert path.read_bytes() == before


def test_a_damaged_library_is_told(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[4096:] = b"\xa5" * (len(data) - 4096)
    path.write_bytes(data)
    assert refused(path) == "the library is damaged: move it away, and a new one is made"


def test_a_locked_library_is_told(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        assert refused(path).startswith("another program keeps the library locked: close other windows")


def test_a_library_opens_while_another_process_writes(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with Library.open(path, busy_seconds=0) as library:
            assert library.run("1f") == measured_run()


def test_a_new_library_waits_for_another_process_that_makes_it(tmp_path: Path) -> None:
    path = tmp_path / "library.db"
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    done = threading.Timer(0.2, other.close)
    done.start()
    with Library.open(path) as library:
        assert library.history() == ()
    done.join()


def test_a_folder_in_its_place_is_told(tmp_path: Path) -> None:
    (tmp_path / "library.db").mkdir()
    assert refused(tmp_path / "library.db").startswith("the library can't be opened there: make its folder readable")


def test_a_file_in_the_place_of_its_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LibraryError, match=r"file: no folder for the library \(File exists\): make one, or name"):
        open_library(tmp_path / "file")


def test_a_full_disk_is_told_and_what_was_there_stays(library: Library) -> None:
    library.begin(begun_run())
    pages = library._connection.execute("PRAGMA page_count").fetchone()[0]
    library._connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(LibraryError, match="the disk is full: free some space"):
        library.append_samples("1f", [1.0] * 100_000, [1.0] * 100_000)
    assert library.run("1f") == begun_run()


def test_a_closed_library_is_told(library: Library) -> None:
    library.close()
    with pytest.raises(LibraryError, match=r"the library can't be used .*closed database"):
        library.history()


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE runs SET shapes = '{'",
        "UPDATE runs SET shapes = '[1]'",
        "UPDATE runs SET engine = 'steam'",
        "UPDATE runs SET flags = '[[1]]'",
        "UPDATE samples SET wall_us = x'00'",
        "UPDATE samples SET wall_us = x'0000000000000000'",
        "UPDATE samples SET cpu_us = 'text'",
        "UPDATE samples SET wall_us = x'000000000000F87F', cpu_us = x'000000000000F07F'",
        "UPDATE ops SET indices = 'x'",
        "UPDATE ops SET us = 'x'",
        "UPDATE runs SET ops_explained = 9e999",
        "UPDATE runs SET notes = '[1]'",
        "UPDATE states SET available_bytes = 'x'",
        f"UPDATE runs SET notes = '{'[' * 100_000}'",
    ],
)
def test_a_row_that_makes_no_sense_is_told(path: Path, sql: str) -> None:
    change(path, sql)
    with Library.open(path) as library, pytest.raises(LibraryError, match="run 1f in the library makes no sense"):
        library.run("1f")


@pytest.mark.parametrize(
    "sql",
    [
        "engine = 'steam'",
        "started = 1e300",
        "started = -1",
        "started = 'yesterday'",
        "model_bytes = 'x'",
        "threads = -1",
        "init_us = 9e999",
        "median_us = NULL",
        "sample_count = 1.5",
        "flags = '[[1, 2]]'",
        'shapes = \'{"x": "ab"}\'',
        "preset = x'FF'",
    ],
)
def test_a_row_that_makes_no_sense_is_left_out_of_the_history_alone(path: Path, sql: str) -> None:
    with Library.open(path) as library:
        stored(library, measured_run("2e", started=1.0))
        change(path, f"UPDATE runs SET {sql} WHERE id = '1f'")
        found = library.listing()
    assert ([run.id for run in found.runs], found.unreadable) == (["2e"], ("1f",))


def test_text_that_is_no_utf_8_spoils_no_history(path: Path) -> None:
    change(path, "UPDATE runs SET machine_cpu = CAST(x'41FF' AS TEXT)")
    with Library.open(path) as library:
        assert library.history()[0].machine.cpu == "A\N{REPLACEMENT CHARACTER}"


def test_a_limit_does_not_count_what_makes_no_sense(path: Path) -> None:
    with Library.open(path) as library:
        stored(library, measured_run("2e", started=1.0))
        change(path, "UPDATE runs SET started = 1e300 WHERE id = '1f'")
        assert [run.id for run in library.history(limit=1)] == ["2e"]


@pytest.mark.parametrize("pid", ["-7", "1e300", "'me'", "99999999999"])
def test_a_run_of_no_possible_process_is_interrupted(library: Library, pid: str) -> None:
    library.begin(begun_run())
    change(library.path, f"UPDATE runs SET writer_pid = {pid}")
    assert library.mark_interrupted() == ("1f",)


def test_a_run_whose_samples_make_no_sense_is_interrupted(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    as_of_an_earlier_process(monkeypatch)
    library.begin(begun_run())
    library.append_samples("1f", [1.0], [1.0])
    change(library.path, "UPDATE samples SET wall_us = x'00'")
    assert library.mark_interrupted() == ("1f",)


def test_a_run_that_makes_no_sense_can_be_deleted(path: Path) -> None:
    change(path, "UPDATE runs SET engine = 'steam', started = 1e300, writer_pid = -1, status = 'running'")
    with Library.open(path) as library:
        library.delete("1f")
        assert library.listing() == Listing((), ())


def test_ids_are_found_by_their_beginning(library: Library) -> None:
    for run_id in ("ab", "abc", "b%"):
        library.begin(begun_run(run_id))
    assert [library.ids(beginning) for beginning in ("a", "ab", "abc", "%", "b")] == [
        ("ab", "abc"),
        ("ab",),
        ("abc",),
        (),
        ("b%",),
    ]


# A disk that is full


def test_a_disk_that_is_full_is_told_where_sqlite_calls_it_failing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(**_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("tempfile.TemporaryFile", no_room)
    failing = sqlite3.OperationalError("disk I/O error")
    failing.sqlite_errorcode = sqlite3.SQLITE_IOERR_SHMSIZE
    with pytest.raises(LibraryError, match="the disk is full: free some space"), as_sentences(tmp_path / "library.db"):
        raise failing


def test_a_folder_for_which_there_is_no_room_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "mkdir", no_room)
    with pytest.raises(LibraryError, match="the disk is full: free some space"):
        open_library(tmp_path / "new")


def test_a_transaction_that_sqlite_ended_is_not_ended_again() -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        roll_back(connection)
        assert not connection.in_transaction


# Schema versions

NEXT = Migration(
    len(shipped_migrations()) + 1,
    "CREATE TABLE notes (text TEXT); -- a remark; with a semicolon\nINSERT INTO notes VALUES ('a;b');\n",
)


def test_shipped_migrations_count_from_one() -> None:
    assert [migration.version for migration in shipped_migrations()] == list(range(1, len(shipped_migrations()) + 1))


def test_a_new_library_is_of_the_newest_version_and_in_wal_mode(path: Path) -> None:
    assert value(path, "PRAGMA user_version") == len(shipped_migrations())
    assert value(path, "PRAGMA journal_mode") == "wal"


def test_a_new_library_has_no_copy_of_an_old_one(path: Path) -> None:
    assert [file.name for file in path.parent.iterdir()] == ["library.db"]


def test_commits_wait_for_no_disk(library: Library) -> None:
    normal = 1
    assert library._connection.execute("PRAGMA synchronous").fetchone()[0] == normal


def test_a_migration_keeps_what_is_there(path: Path) -> None:
    with Library.open(path, (*shipped_migrations(), NEXT)) as library:
        assert library.run("1f") == measured_run()
    assert value(path, "PRAGMA user_version") == NEXT.version
    assert value(path, "SELECT text FROM notes") == "a;b"


def test_a_copy_is_left_before_a_migration(path: Path) -> None:
    Library.open(path, (*shipped_migrations(), NEXT)).close()
    with Library.open(path.with_name(f"library.db.before-{NEXT.version}")) as before:
        assert before.run("1f") == measured_run()


def test_a_migration_that_fails_leaves_all_as_it_was(path: Path) -> None:
    broken = Migration(NEXT.version + 1, "CREATE TABLE more (x);\nCREATE TABLE runs (x);\n")
    with pytest.raises(LibraryError, match="table runs already exists"):
        Library.open(path, (*shipped_migrations(), NEXT, broken))
    assert value(path, "PRAGMA user_version") == len(shipped_migrations())
    assert value(path, "SELECT COUNT(*) FROM sqlite_master WHERE name IN ('notes', 'more')") == 0


def test_a_copy_that_can_not_be_made_stops_the_migration(path: Path) -> None:
    path.with_name(f"library.db.before-{NEXT.version}").mkdir()
    with pytest.raises(LibraryError, match=r"the library can't be copied there \(Is a directory\)"):
        Library.open(path, (*shipped_migrations(), NEXT))
    assert value(path, "PRAGMA user_version") == len(shipped_migrations())


def test_a_migration_is_applied_once(path: Path) -> None:
    for _ in range(2):
        Library.open(path, (*shipped_migrations(), NEXT)).close()
    assert value(path, "SELECT COUNT(*) FROM notes") == 1
