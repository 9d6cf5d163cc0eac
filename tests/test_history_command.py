"""`maistudio history`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from timed_models import small_net
from timed_runs import begun_run, measured_run

from maistudio.__main__ import main
from maistudio.jobs.open import hash_file
from maistudio.jobs.progress import finish
from maistudio.library.library import open_library
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
