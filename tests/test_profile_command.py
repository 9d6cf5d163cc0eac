"""`maistudio profile MODEL…`."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from timed_models import add_net, custom_net, small_net, written

from maistudio.__main__ import main
from maistudio.cli.profile import chosen_engines, chosen_limits, chosen_threads, followed
from maistudio.errors import UsageError
from maistudio.jobs.plan import PlanProgress
from maistudio.jobs.profile import Live, note_of_other_runs
from maistudio.timing.presets import PRESETS
from maistudio.timing.values import Engine

QUICKLY = ("--runs", "5", "--seconds", "0")
KEYS = (
    *("model", "device", "engine", "threads", "runs", "samples_us", "median_us", "ci95_us", "p90_us", "min_us"),
    *("first_us", "init_us", "peak_rss_bytes", "flags", "ops", "explained"),
)


@pytest.fixture(autouse=True)
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MAISTUDIO_LIBRARY", str(tmp_path / "library"))
    return tmp_path / "library"


@pytest.fixture
def model(tmp_path: Path) -> str:
    return str(small_net(tmp_path))


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Any:
    """What a command prints, or with another status what it complains of."""

    def run(*arguments: str, status: int = 0) -> str:
        assert main(["profile", *arguments]) == status
        captured = capsys.readouterr()
        return captured.out if status == 0 else captured.err

    return run


def test_one_configuration_is_one_object(told: Any, model: str) -> None:
    found = json.loads(told(model, *QUICKLY, "--json"))
    assert set(KEYS) <= set(found)
    assert (found["engine"], found["threads"], found["runs"]) == ("xnnpack", 1, len(found["samples_us"]))
    assert found["runs"] >= 5
    low, high = found["ci95_us"]
    assert found["min_us"] <= low <= found["median_us"] <= high
    assert found["ops"] == []
    assert found["explained"] is None


def test_several_configurations_are_a_list_in_the_order_asked_for(told: Any, model: str) -> None:
    found = json.loads(told(model, *QUICKLY, "--json", "--threads", "2,1", "--engine", "builtin,xnnpack"))
    assert [(each["engine"], each["threads"]) for each in found] == [
        ("builtin", 2),
        ("builtin", 1),
        ("xnnpack", 2),
        ("xnnpack", 1),
    ]


def test_a_model_among_others_that_cannot_run_has_its_sentence_and_costs_the_status(
    tmp_path: Path, model: str, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = str(written(tmp_path, custom_net("MyOp"), "broken.tflite"))
    assert main(["profile", broken, model, *QUICKLY, "--json"]) == 2
    captured = capsys.readouterr()
    first, second = json.loads(captured.out)
    assert first["error"].startswith("its op MyOp is custom")
    assert second["runs"] >= 5
    assert captured.err.startswith(f"maistudio: {broken}: its op MyOp is custom")
    assert captured.err.count("\n") == 1


def test_a_model_alone_that_cannot_run_prints_its_sentence_only(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = str(written(tmp_path, custom_net("MyOp"), "broken.tflite"))
    assert main(["profile", broken, "--json"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1


def test_the_report_states_the_median_with_its_interval(told: Any, model: str) -> None:
    lines = {line[:14].strip(): line[14:] for line in told(model, *QUICKLY).splitlines()}
    assert lines["Model"] == model
    assert lines["Engine"].startswith("xnnpack, 1 thread, LiteRT 2.")
    assert " ms (" in lines["Median"]
    assert lines["Median"].endswith(", 95 %)")
    assert lines["Runs"].endswith("(free)")


def test_several_runs_are_a_table_with_speed_ups(told: Any, model: str) -> None:
    heading, first, second = told(model, *QUICKLY, "--threads", "1,2").splitlines()
    assert heading.split()[:5] == ["#", "Model", "Engine", "Threads", "Median"]
    assert "1.00×" in first
    assert "fastest" in first + second


def test_the_csv_has_a_row_for_each_run(told: Any, model: str) -> None:
    rows = list(csv.DictReader(io.StringIO(told(model, *QUICKLY, "--csv", "--threads", "1,2"))))
    assert [row["threads"] for row in rows] == ["1", "2"]
    assert all(float(row["median_us"]) > 0 for row in rows)


def test_the_markdown_is_a_table(told: Any, model: str) -> None:
    lines = told(model, *QUICKLY, "--markdown").splitlines()
    assert lines[1].startswith("| ---: | --- |")
    assert len(lines) == 3


def test_a_shape_is_taken(told: Any, tmp_path: Path) -> None:
    model = str(written(tmp_path, add_net((1, 1, 1, 3), (1, -1, -1, 3))))
    found = json.loads(told(model, *QUICKLY, "--json", "--shape", "x=1x20x30x3"))
    assert found["shapes"] == {"x": [1, 20, 30, 3]}


def test_what_was_run_is_in_the_library(told: Any, model: str, library: Path) -> None:
    from maistudio.library.library import open_library

    found = json.loads(told(model, *QUICKLY, "--json"))
    with open_library(library) as opened:
        assert list(opened.run(found["id"]).samples.wall_us) == found["samples_us"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--engine", "tpu"], "--engine tpu: choose one of xnnpack, builtin, reference, gpu"),
        (["--threads", "0"], "--threads 0: give a whole number from 1 to 256"),
        (["--threads", "1,x"], "--threads x: give a whole number"),
        (["--preset", "slow"], "--preset slow: choose one of quick, normal, submission"),
        (["--runs", "0"], "--runs 0: give a whole number from 1"),
        (["--seconds", "-1"], "-1 s is no time to measure for"),
        (["--seconds", "5", "--cap", "2"], "raise the cap"),
        (["--timeout", "0"], "--timeout 0: give a number above 0"),
        (["--memory", "none"], "--memory none: give a number"),
        (["--memory", "1e300"], "--memory 1e300: give a number from 0.01 to 1,000,000"),
        (["--memory", "0.001"], "--memory 0.001: give a number from 0.01"),
        (["--memory", "0.03"], "it passed the 0.03 GB of memory it may take"),
        (["--timeout", "1e300"], "--timeout 1e300: give a number from 0 to 1,000,000"),
        (["--seconds", "1e300"], "--seconds 1e300: give a number from 0 to 1,000,000"),
        (["--cap", "1e300"], "--cap 1e300: give a number from 0 to 1,000,000"),
        (["--ops", "--engine", "gpu"], "LiteRT does not time ops on the GPU"),
        (["--shape", "x"], "write it as NAME=1x360x640x3"),
        (["--signature", "serve"], "it has no signature 'serve': its signatures are 'serving_default'"),
    ],
)
def test_what_is_asked_wrongly_is_one_sentence(told: Any, model: str, arguments: list[str], words: str) -> None:
    sentence = told(model, *arguments, status=2)
    assert words in sentence
    assert sentence.count("\n") == 1


def test_no_preset_is_the_quick_one() -> None:
    assert chosen_limits(None, None, None, None) == PRESETS["quick"]


def test_a_cap_below_the_presets_seconds_shortens_them() -> None:
    limits = chosen_limits("normal", None, None, "2")
    assert (limits.runs, limits.seconds, limits.cap_seconds) == (256, 2.0, 2.0)


def test_more_seconds_than_the_presets_cap_raise_it() -> None:
    assert chosen_limits("quick", None, "100", None).cap_seconds == 100


def test_an_engine_or_a_number_of_threads_counts_once() -> None:
    assert chosen_engines("gpu, xnnpack,gpu") == (Engine.GPU, Engine.XNNPACK)
    assert chosen_threads("2, 1,2") == (2, 1)


class Terminal(io.StringIO):
    def __init__(self, person: bool) -> None:
        super().__init__()
        self.person = person

    def isatty(self) -> bool:
        return self.person


def _told_of(person: bool) -> str:
    live = _live("It takes long.")
    tell = Terminal(person)

    def job() -> Any:
        for _ in range(3):
            yield PlanProgress("measuring", 0.5, place=1, of=1, outcomes=(), live=live)
        return ()

    followed(job(), tell)
    return tell.getvalue()


def _live(warning: str) -> Live:
    from timed_runs import begun_run

    return Live("measuring", 0.5, run=begun_run(), wall_us=[1.0], cpu_us=[1.0], remaining_s=2.0, warning=warning)


def test_a_warning_is_told_once() -> None:
    assert _told_of(person=False).count("It takes long.") == 1


def test_progress_is_told_where_a_person_reads() -> None:
    assert "measuring, 1 run, 2 s left" in _told_of(person=True)
    assert "measuring" not in _told_of(person=False)


def test_a_model_that_is_refused_before_it_runs_gets_no_warning_in_a_file() -> None:
    live = replace(_live("It takes much."), wall_us=[])
    tell = Terminal(person=False)

    def job() -> Any:
        yield PlanProgress("loading", 0.5, place=1, of=1, outcomes=(), live=live)
        return ()

    followed(job(), tell)
    assert tell.getvalue() == ""


def test_a_plan_goes_on_where_nobody_can_be_told() -> None:
    def job() -> Any:
        yield PlanProgress("measuring", 0.5, place=1, of=1, outcomes=(), live=_live("It takes long."))
        return ()

    assert followed(job(), None) == ()


@pytest.mark.parametrize(
    ("profiled", "note"),
    [
        ([120.0, 120.0], []),
        ([80.0], []),
        ([], []),
        ([100.0, 150.0], ["at 0.125 ms a run, longer than the median"]),
        ([79.0], ["at 0.079 ms a run, shorter than the median"]),
    ],
)
def test_ops_that_were_timed_in_slower_or_faster_runs_are_told(profiled: list[float], note: list[str]) -> None:
    begin, end = "the ops were timed in other runs, ", ": compare their shares, not their times"
    assert list(note_of_other_runs([90.0, 100.0, 400.0], profiled)) == [f"{begin}{each}{end}" for each in note]


def test_that_the_ops_contradict_the_median_is_in_the_report(
    told: Any, model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("maistudio.jobs.profile.OTHER_RUNS", -1.0)
    lines = told(model, *QUICKLY, "--ops").splitlines()
    assert [line for line in lines if line.startswith("Note          the ops were timed in other runs, at ")]


def test_an_unknown_preset_is_refused_before_anything_is_read() -> None:
    with pytest.raises(UsageError):
        chosen_limits("fast", None, None, None)
