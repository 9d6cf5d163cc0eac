"""`maistudio zoo list`, `zoo table` and `zoo build`, as a person types them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from maistudio.__main__ import main
from maistudio.challenges.catalogue import shipped_challenges
from maistudio.jobs import build as build_module
from maistudio.jobs.kept_networks import BuiltFile
from maistudio.jobs.progress import Job, Progress
from maistudio.zoo.forms import Order

CHALLENGES = shipped_challenges()
VIDEO = "mai2021-video-super-resolution"


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["zoo", *arguments]) == 0
    return capsys.readouterr().out


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["zoo", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    return captured.err


def test_the_list_has_every_row_of_all_reports(capsys: pytest.CaptureFixture[str]) -> None:
    out = printed(capsys, "list")
    for challenge in CHALLENGES:
        lines = out[out.index(challenge.title) :].splitlines()[2:]
        for entry, line in zip(challenge.scored.entries, lines, strict=False):
            assert entry.team in line


def test_the_table_has_every_row_of_all_reports(capsys: pytest.CaptureFixture[str]) -> None:
    out = printed(capsys, "table")
    for challenge in CHALLENGES:
        lines = out[out.index(challenge.title) :].splitlines()[2:]
        for entry, line in zip(challenge.scored.entries, lines, strict=False):
            assert line.startswith(entry.team)


def test_the_table_says_why_a_size_is_far_off(capsys: pytest.CaptureFixture[str]) -> None:
    out = printed(capsys, "table", "--challenge", "mai2021-quantized-super-resolution")
    (row,) = (line for line in out.splitlines() if line.startswith("Aselsan Research"))
    assert " *" in row
    assert "* Aselsan Research: " in out


def test_the_table_has_what_was_built_beside_what_was_reported(capsys: pytest.CaptureFixture[str]) -> None:
    out = printed(capsys, "table", "--challenge", "mai2021-quantized-super-resolution")
    (row,) = (line for line in out.splitlines() if line.startswith("MCG"))
    assert {"abpn", "int8", "53", "42,539", "9.76", "998", "36.89", "29.87"} <= set(row.split())


def test_a_row_that_is_not_described_says_so_in_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    out = printed(capsys, "table", "--challenge", "mai2021-quantized-super-resolution")
    (row,) = (line for line in out.splitlines() if line.startswith("221B"))
    assert "the report does not describe it" in row


def test_the_table_can_be_markdown(capsys: pytest.CaptureFixture[str]) -> None:
    out = printed(capsys, "table", "--challenge", VIDEO, "--markdown")
    assert "| Team | Name |" in out


def test_rows_as_json_have_names_status_provenance_and_what_was_reported(capsys: pytest.CaptureFixture[str]) -> None:
    rows: list[dict[str, Any]] = json.loads(printed(capsys, "list", "--challenge", VIDEO, "--json"))
    first = rows[0]
    assert (first["name"], first["team"], first["challenge"], first["status"]) == ("diggers", "Diggers", VIDEO, "built")
    assert first["provenance"] == "F"
    assert (first["reported"]["size_kb"], first["reported"]["accelerator_ms"]) == (230, 199)


def test_json_without_a_challenge_has_all_rows(capsys: pytest.CaptureFixture[str]) -> None:
    rows = json.loads(printed(capsys, "list", "--json"))
    in_table = [row for row in rows if row["in_table"]]
    assert len(in_table) == sum(len(challenge.scored.entries) for challenge in CHALLENGES)


def test_another_challenge_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert "no challenge mai2030: choose one of" in refused(capsys, "list", "--challenge", "mai2030")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["build", "abpn"], "the following arguments are required: -o/--output"),
        (["build", "resnet", "-o", "x.tflite"], "the zoo has no network resnet"),
        (["build", "abpn", "--shape", "1x2", "--int8", "--fp16", "-o", "x.tflite"], "not allowed with argument"),
        (["build", "abpn", "--shape", "big", "-o", "x.tflite"], "--shape big: write it as 1x360x640x3"),
        (["build", "abpn", "--shape", "1x8x8x4", "-o", "x.tflite"], "takes one input of 3 channels: write 1xHxWx3"),
        (["build", "abpn", "--shape", "2x8x8x3", "-o", "x.tflite"], "takes one input of 3 channels"),
        (["build", "abpn", "--shape", "0x8", "-o", "x.tflite"], "0×8 is no size to build for"),
        (["build", "noahtcv", "--shape", "33x33", "-o", "x.tflite"], "must be multiples of"),
        (["build", "abpn", "-o", "nowhere/x.tflite"], "there is no such folder"),
        (["build", "abpn", "-o", "."], "this is a folder"),
        (["build", "abpn", "-o", ".", "--twins"], "this is a folder"),
        (["build", "abpn", "-o", "", "--twins"], "this is a folder"),
        (["build", "abpn", "--shape", f"{'9' * 5000}x8", "-o", "x.tflite"], "write it as 1x360x640x3"),
        ([], "the following arguments are required"),
        (["paint"], "invalid choice: 'paint'"),
    ],
)
def test_what_can_not_be_built_is_told_in_a_sentence(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    arguments: Sequence[str],
    sentence: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert sentence in refused(capsys, *arguments)


def test_without_tensorflow_it_says_what_to_install(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("maistudio.zoo.tensorflow_here.NAMES", ("no-such-tensorflow",))
    assert "pip install" in refused(capsys, "build", "abpn", "-o", str(tmp_path / "x.tflite"))


@pytest.fixture
def orders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Order]:
    """What was ordered of a builder that needs no TensorFlow."""
    ordered: list[Order] = []

    def pretend(asked: Sequence[Order], cache: Path) -> Job[tuple[BuiltFile, ...]]:
        yield Progress("pretending", 0.5)
        ordered.extend(asked)
        files = []
        for order in asked:
            path = tmp_path / order.file_name
            path.write_bytes(order.file_name.encode())
            files.append(BuiltFile(order, path, 7, "9.9"))
        return tuple(files)

    monkeypatch.setattr(build_module, "build_all", pretend)
    return ordered


def test_a_form_and_a_shape_are_ordered(
    orders: list[Order], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    out = tmp_path / "out.tflite"
    told = printed(capsys, "build", "evsrnet", "--fp16", "--shape", "1x90x64x30", "-o", str(out))
    assert [(order.name, order.form, order.height, order.width) for order in orders] == [("evsrnet", "fp16", 90, 64)]
    assert out.read_bytes() == b"evsrnet-untrained-fp16-90x64.tflite"
    assert "evsrnet, fp16, 1×90×64×30" in told
    assert "not trained" in told


def test_an_open_size_is_ordered(orders: list[Order], capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    told = printed(capsys, "build", "abpn", "--shape", "open", "-o", str(tmp_path / "out.tflite"))
    assert orders[0].dynamic
    assert "1×?×?×3" in told


def test_twins_are_written_beside(orders: list[Order], capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    folder = tmp_path / "entry"
    folder.mkdir()
    printed(capsys, "build", "abpn", "--twins", "-o", str(folder / "model.tflite"))
    assert {path.name: path.read_text() for path in folder.iterdir()} == {
        "model.tflite": "abpn-untrained-int8-360x640.tflite",
        "model_none.tflite": "abpn-untrained-int8-dynamic.tflite",
        "model_none_float.tflite": "abpn-untrained-fp32-dynamic.tflite",
    }


def test_what_was_built_is_told_as_json(
    orders: list[Order], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (values,) = json.loads(printed(capsys, "build", "abpn", "--json", "-o", str(tmp_path / "out.tflite")))
    assert (values["name"], values["form"], values["input"]) == ("abpn", "int8", [1, 360, 640, 3])
    assert (values["parameters"], values["trained"]) == (7, False)


def test_a_file_of_ones_own_is_not_replaced_unasked(
    orders: list[Order], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    mine = tmp_path / "mine.tflite"
    mine.write_bytes(b"trained for weeks")
    assert "there is a file of this name" in refused(capsys, "build", "abpn", "-o", str(mine))
    assert mine.read_bytes() == b"trained for weeks"


def test_a_file_is_replaced_when_asked(orders: list[Order], capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    mine = tmp_path / "mine.tflite"
    mine.write_bytes(b"old")
    printed(capsys, "build", "abpn", "--overwrite", "-o", str(mine))
    assert mine.read_bytes() == b"abpn-untrained-int8-360x640.tflite"
