"""Several processes share a library, and what one of them stored outlives it, however it ends."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from timed_runs import begun_run

from maistudio.library.library import Library, open_library, open_to_read
from maistudio.timing.statistics import statistics_of
from maistudio.timing.values import Status

TESTS = Path(__file__).parent
PREAMBLE = f"""
import sys, time
from pathlib import Path
sys.path[:0] = [{str(TESTS)!r}, {str(TESTS.parent)!r}]
from timed_runs import begun_run, measured_run
from maistudio.library.library import Library, open_library
from maistudio.library.migrations import Migration, shipped_migrations
from maistudio.timing.values import Status
folder = Path(sys.argv[1])
name = sys.argv[2]
def wait_for_the_others():
    print("ready", flush=True)
    sys.stdin.readline()
"""
MEASURES_FOR_EVER = """
library = open_library(folder)
library.begin(begun_run(name))
batch = 0
while True:
    library.append_samples(name, [100.0 * batch + run for run in range(10)], [1.0] * 10)
    batch += 1
    print(batch, flush=True)
"""
WAITS_WITH_A_RUN = """
library = open_library(folder)
library.begin(begun_run(name))
library.append_samples(name, [10.0, 12.0, 11.0], [1.0] * 3)
print("begun", flush=True)
time.sleep(60)
"""
MEASURES_FORTY = """
wait_for_the_others()
library = open_library(folder)
library.begin(begun_run(name))
for run in range(40):
    library.append_samples(name, [float(run)], [1.0])
library.end(begun_run(name, status=Status.DONE))
library.close()
"""
MIGRATES = """
sql = "CREATE TABLE notes (text TEXT);\\nINSERT INTO notes VALUES ('once');\\n"
later = Migration(len(shipped_migrations()) + 1, sql)
wait_for_the_others()
library = Library.open(folder / "library.db", (*shipped_migrations(), later))
library.begin(begun_run(name))
library.close()
"""
OPENS = """
import os, psutil
known = shipped_migrations()
if hasattr(os, "getuid") and os.getuid() == 0:
    os.setuid(65534)  # no file mode stops root
try:
    Library.open(folder / "library.db", known).begin(begun_run(name))
except Exception as error:
    print(type(error).__name__, error)
"""
LIMITED = """
import resource, signal
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
"""
READS = """
import os
from maistudio.library.library import open_to_read
if hasattr(os, "getuid") and os.getuid() == 0:
    os.setuid(65534)
with open_to_read(folder) as library:
    print(*sorted(run.id for run in library.history()))
"""


def start(code: str, folder: Path, name: str = "1f") -> subprocess.Popen[str]:
    arguments = [sys.executable, "-c", PREAMBLE + code, str(folder), name]
    pipe = subprocess.PIPE
    return subprocess.Popen(arguments, stdin=pipe, stdout=pipe, stderr=pipe, text=True)


def said(process: subprocess.Popen[str]) -> str:
    """What a process printed until it ended, and that nothing went wrong in it."""
    out, err = process.communicate(timeout=60)
    assert err == ""
    assert process.returncode == 0
    return out.strip()


def together(code: str, folder: Path, names: list[str]) -> list[str]:
    """What went wrong in processes that do the same at the same moment."""
    processes = [start(code, folder, name) for name in names]
    for process in processes:
        assert process.stdout is not None
        process.stdout.readline()
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    return [err for process in processes if (err := process.communicate(timeout=60)[1])]


@contextmanager
def measuring(code: str, folder: Path, name: str = "1f") -> Iterator[subprocess.Popen[str]]:
    """A process that has begun to measure; killed at the end."""
    with start(code, folder, name) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        try:
            yield process
        finally:
            process.kill()


def test_what_was_appended_outlives_a_killed_process(tmp_path: Path) -> None:
    with measuring(MEASURES_FOR_EVER, tmp_path) as process:
        time.sleep(0.2)
        process.send_signal(signal.SIGKILL)
        out, _ = process.communicate()
    committed = int(out.split("\n")[-2])
    with open_library(tmp_path) as library:
        wall_us = library.run("1f").samples.wall_us
    assert committed > 5
    assert len(wall_us) >= 10 * committed
    assert wall_us == tuple(100.0 * (i // 10) + i % 10 for i in range(len(wall_us)))


def test_a_run_of_a_killed_process_is_interrupted_with_its_samples(tmp_path: Path) -> None:
    with measuring(WAITS_WITH_A_RUN, tmp_path) as process:
        process.kill()
        process.wait()
    with open_library(tmp_path) as library:
        assert library.mark_interrupted() == ("1f",)
        (summary,) = library.history()
        assert (summary.status, summary.statistics) == (Status.INTERRUPTED, statistics_of([10.0, 12.0, 11.0]))
        assert library.run("1f").samples.wall_us == (10.0, 12.0, 11.0)


@pytest.mark.skipif(os.name != "posix", reason="only POSIX keeps the dead until they are waited for")
def test_a_dead_process_that_nobody_waited_for_is_dead(tmp_path: Path) -> None:
    with measuring(WAITS_WITH_A_RUN, tmp_path) as process, open_library(tmp_path) as library:
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert library.mark_interrupted() == ("1f",)


def test_a_run_of_another_living_process_goes_on(tmp_path: Path) -> None:
    with measuring(WAITS_WITH_A_RUN, tmp_path), open_library(tmp_path) as library:
        assert library.mark_interrupted() == ()
        assert library.run("1f") == begun_run(samples=library.run("1f").samples)


def test_a_run_is_seen_growing_from_another_process(tmp_path: Path) -> None:
    with measuring(MEASURES_FOR_EVER, tmp_path), open_library(tmp_path) as library:
        before = len(library.run("1f").samples.wall_us)
        until = time.monotonic() + 10
        while len(library.run("1f").samples.wall_us) == before and time.monotonic() < until:
            time.sleep(0.01)
        assert len(library.run("1f").samples.wall_us) > before


def test_processes_that_open_a_new_library_at_once_all_write_to_it(tmp_path: Path) -> None:
    names = [f"{number}" for number in range(6)]
    assert together(MEASURES_FORTY, tmp_path, names) == []
    with open_library(tmp_path) as library:
        assert {summary.id: summary.status for summary in library.history()} == dict.fromkeys(names, Status.DONE)
        assert {library.run(name).samples.wall_us for name in names} == {tuple(map(float, range(40)))}


def test_processes_that_migrate_at_once_do_it_once(tmp_path: Path) -> None:
    with open_library(tmp_path) as library:
        library.begin(begun_run("before"))
    names = [f"{number}" for number in range(4)]
    assert together(MIGRATES, tmp_path, names) == []
    with closing(sqlite3.connect(tmp_path / "library.db")) as connection:
        assert connection.execute("SELECT COUNT(*) FROM notes").fetchone() == (1,)
        assert {row[0] for row in connection.execute("SELECT id FROM runs")} == {"before", *names}
    (copy,) = tmp_path.glob("*.before-*")
    with Library.open(copy) as before:
        assert [summary.id for summary in before.history()] == ["before"]


@contextmanager
def folder_for_all() -> Iterator[Path]:
    """A folder that every user may enter, unlike pytest's."""
    folder = Path(tempfile.mkdtemp(prefix="maistudio-library-"))
    try:
        folder.chmod(0o777)
        yield folder
    finally:
        folder.chmod(0o777)
        shutil.rmtree(folder)


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
def test_a_library_that_may_not_be_written_is_told() -> None:
    with folder_for_all() as folder:
        with open_library(folder) as library:
            path = library.path
        path.chmod(0o444)
        assert said(start(OPENS, folder)) == (
            f"UnwritableError {path}: the library can't be written: make it and its folder writable, "
            "or name another folder in MAISTUDIO_LIBRARY"
        )


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
def test_a_folder_that_may_not_be_written_is_told() -> None:
    with folder_for_all() as folder:
        folder.chmod(0o555)
        assert said(start(OPENS, folder)).startswith(
            f"UnwritableError {folder / 'library.db'}: the library can't be opened there: make its folder readable"
        )


@pytest.mark.skipif(os.name != "posix", reason="limits are POSIX")
def test_a_file_that_may_not_grow_is_told() -> None:
    with folder_for_all() as folder:
        assert said(start(LIMITED + OPENS, folder)).startswith(
            f"UnwritableError {folder / 'library.db'}: files may not grow here: raise the limit on their size"
        )


@pytest.mark.skipif(os.name != "posix", reason="limits are POSIX")
def test_a_library_is_read_where_no_file_may_grow(tmp_path: Path) -> None:
    with open_library(tmp_path) as library:
        library.begin(begun_run())
    assert said(start(LIMITED + READS.replace("getuid() == 0", "getuid() < 0"), tmp_path)) == "1f"


@pytest.mark.skipif(os.name != "posix", reason="limits are POSIX")
def test_what_a_killed_process_left_in_the_log_is_read_where_no_file_may_grow(tmp_path: Path) -> None:
    with measuring(WAITS_WITH_A_RUN, tmp_path) as process:
        process.kill()
        process.wait()
    (tmp_path / "library.db-shm").unlink()
    assert said(start(LIMITED + READS.replace("getuid() == 0", "getuid() < 0"), tmp_path)) == "1f"


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
def test_a_library_in_a_folder_that_may_not_be_written_is_read() -> None:
    with folder_for_all() as folder:
        with open_library(folder) as library:
            library.begin(begun_run())
        library.path.chmod(0o444)
        folder.chmod(0o555)
        assert said(start(READS, folder)) == "1f"


def test_a_library_that_can_be_written_is_read_as_it_is(tmp_path: Path) -> None:
    with open_to_read(tmp_path) as library:
        library.begin(begun_run())
        assert [run.id for run in library.history()] == ["1f"]


@pytest.mark.slow
def test_no_moment_to_die_damages_the_library(tmp_path: Path) -> None:
    luck = random.Random(11)
    for number in range(25):
        with measuring(MEASURES_FOR_EVER, tmp_path, f"{number}") as process:
            time.sleep(luck.uniform(0, 0.02))
            process.kill()
            out, _ = process.communicate()
        with open_library(tmp_path) as library:
            committed = max([1, *map(int, out.split("\n")[:-1])])
            assert len(library.run(f"{number}").samples.wall_us) >= 10 * committed
            assert library.mark_interrupted() == (f"{number}",)
    with closing(sqlite3.connect(tmp_path / "library.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
