"""`maistudio history`."""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from timed_models import small_net
from timed_runs import begun_run, measured_run

from maistudio.__main__ import main
from maistudio.errors import LibraryError
from maistudio.jobs.open import hash_file
from maistudio.jobs.progress import finish
from maistudio.library.library import Library, open_library
from maistudio.timing.values import ModelIdentity, Status


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A library with two runs: of another model, and, later, of the small one."""
    monkeypatch.setenv("MAISTUDIO_LIBRARY", str(tmp_path / "library"))
    model = small_net(tmp_path)
    identity = ModelIdentity(model.name, str(model), finish(hash_file(model)), 1)
    with open_library() as opened:
        for run in (measured_run("abc1", started=1.0), measured_run("abd2", started=2.0, model=identity)):
            opened.begin(run)
            opened.end(run)
    return tmp_path


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Any:
    def run(*arguments: str, status: int = 0) -> str:
        assert main(["history", *arguments]) == status
        captured = capsys.readouterr()
        return captured.out if status == 0 else captured.err

    return run


def test_an_empty_library_says_how_to_fill_it(told: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAISTUDIO_LIBRARY", str(tmp_path))
    assert told() == "Nothing was timed yet: maistudio profile MODEL does.\n"


@pytest.mark.usefixtures("library")
def test_the_latest_comes_first(told: Any) -> None:
    _, first, second = told().splitlines()
    assert "model.tflite" in first
    assert "abpn.tflite" in second


def test_a_model_is_known_by_its_content(told: Any, library: Path) -> None:
    renamed = library / "another name.tflite"
    renamed.write_bytes((library / "model.tflite").read_bytes())
    assert [each["id"] for each in json.loads(told(str(renamed), "--json"))] == ["abd2"]


@pytest.mark.usefixtures("library")
def test_the_limit_keeps_the_latest(told: Any) -> None:
    assert [each["id"] for each in json.loads(told("--json", "--limit", "1"))] == ["abd2"]


@pytest.mark.usefixtures("library")
def test_a_run_is_found_by_the_beginning_of_its_id(told: Any) -> None:
    assert json.loads(told("--run", "abd", "--json"))["id"] == "abd2"


@pytest.mark.usefixtures("library")
def test_a_run_is_reported_as_when_it_was_timed(told: Any) -> None:
    assert "Median        0.01100 ms (0.01000 to 0.01250, 95 %)" in told("--run", "abc1").splitlines()


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ("ab", "--run ab: 2 timings have ids that begin so"),
        ("f", "--run f: no timing has an id that begins so"),
        ("", "--run : no timing has"),
    ],
)
def test_an_id_of_none_or_several_is_refused(told: Any, wanted: str, words: str) -> None:
    assert words in told("--run", wanted, status=2)


@pytest.mark.usefixtures("library")
def test_an_id_beside_a_model_is_refused(told: Any) -> None:
    assert "an id needs no model" in told("model.tflite", "--run", "ab", status=2)


@pytest.mark.usefixtures("library")
def test_a_run_without_samples_says_how_it_ended(told: Any) -> None:
    with open_library() as opened:
        opened.begin(begun_run("e5", error="its op MyOp is custom"))
        opened.end(begun_run("e5", status=Status.FAILED, error="its op MyOp is custom"))
    lines = told("--run", "e5").splitlines()
    assert "Ended         failed: its op MyOp is custom" in lines
    assert not [line for line in lines if line.startswith("Median")]


@pytest.mark.usefixtures("library")
def test_a_run_shows_what_native_code_printed_harmlessly(told: Any) -> None:
    with open_library() as opened:
        opened.begin(begun_run("e5"))
        opened.end(begun_run("e5", status=Status.DONE, log="INFO: created\n\x1b[2J\n"))
    assert told("--run", "e5").splitlines()[-3:] == ["What native code printed:", "INFO: created", "\\x1b[2J"]


@pytest.mark.usefixtures("library")
def test_a_missing_file_is_one_sentence(told: Any) -> None:
    assert told("nowhere.tflite", status=2).count("\n") == 1


def spoil(folder: Path, sql: str) -> None:
    with closing(sqlite3.connect(folder / "library" / "library.db")) as connection, connection:
        connection.execute(f"UPDATE runs SET {sql} WHERE id = 'abc1'")


def test_a_timing_that_cannot_be_read_hides_no_other(library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spoil(library, "started = 1e300")
    assert main(["history", "--json"]) == 0
    told = capsys.readouterr()
    assert [each["id"] for each in json.loads(told.out)] == ["abd2"]
    assert told.err == (
        "maistudio: 1 timing can't be read (abc1): it is left out; maistudio history --delete ID removes one\n"
    )


def test_another_run_is_shown_beside_one_that_cannot_be_read(told: Any, library: Path) -> None:
    spoil(library, "engine = 'steam'")
    assert json.loads(told("--run", "abd", "--json"))["id"] == "abd2"


def test_many_timings_that_cannot_be_read_are_one_line(told: Any, library: Path, capsys: Any) -> None:
    with open_library() as opened:
        for number in range(4):
            opened.begin(measured_run(f"x{number}"))
    with closing(sqlite3.connect(library / "library" / "library.db")) as connection, connection:
        connection.execute("UPDATE runs SET engine = 'steam'")
    main(["history"])
    told_of = capsys.readouterr()
    assert told_of.out == ""
    assert told_of.err.startswith("maistudio: 6 timings can't be read (x0, x1, x2 and 3 more): they are left out")
    assert told_of.err.count("\n") == 1


@pytest.mark.usefixtures("library")
def test_a_timing_is_deleted_by_the_beginning_of_its_id(told: Any) -> None:
    said = told("--delete", "abd")
    assert said.startswith("Deleted the timing abd2 of 1970-01-01 ")
    assert said.endswith(", model.tflite, builtin, 4 threads.\n")
    assert [each["id"] for each in json.loads(told("--json"))] == ["abc1"]


def test_a_timing_that_cannot_be_read_is_deleted(told: Any, library: Path) -> None:
    spoil(library, "engine = 'steam', writer_pid = -1, status = 'running'")
    assert told("--delete", "abc") == "Deleted the timing abc1 that could not be read.\n"
    with open_library() as opened:
        assert opened.listing().unreadable == ()


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["ab"], "--delete ab: 2 timings have ids that begin so"),
        ([""], "--delete : no timing has"),
        (["abd", "model.tflite"], "--delete: an id needs no model"),
        (["abd", "--json"], "--delete: it prints no JSON"),
        (["abd", "--run", "abd"], "not allowed with"),
    ],
)
def test_what_does_not_name_one_timing_deletes_none(told: Any, arguments: list[str], words: str) -> None:
    assert words in told("--delete", *arguments, status=2)
    assert len(json.loads(told("--json"))) == 2


@pytest.mark.usefixtures("library")
def test_a_history_is_read_where_nothing_can_be_written(told: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: Library) -> None:
        raise LibraryError("the disk is full")

    monkeypatch.setattr(Library, "mark_interrupted", full)
    assert len(json.loads(told("--json"))) == 2


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with names are POSIX")
def test_a_pipe_or_a_device_is_no_model(told: Any, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero")):
        assert "this is a device or pipe, not a file" in told(str(path), status=2)
