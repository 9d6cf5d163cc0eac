"""``maistudio inspect`` as people and programs see it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from maistudio.__main__ import main
from maistudio.cli.inspect import LINE_LIMIT
from maistudio.resources import sample_models
from maistudio.tflite.draft import ModelDraft


def inspect(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = main(["inspect", *arguments])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def inspect_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    status, out, _ = inspect(capsys, *arguments, "--json")
    assert status == 0
    summary: dict[str, Any] = json.loads(out)
    return summary


@pytest.fixture
def sample() -> str:
    return str(sample_models()[0])


def test_json_has_the_keys_that_programs_rely_on(capsys: pytest.CaptureFixture[str], sample: str) -> None:
    summary = inspect_json(capsys, sample)
    assert list(summary) == [
        "file", "size_bytes", "sha256", "schema_version", "description", "subgraphs", "ops", "ops_by_type", "params",
        "macs", "macs_at_shape", "weight_bytes", "weight_bytes_by_type", "activation_peak_bytes", "quantization",
        "inputs", "outputs", "signatures", "metadata", "associated_files", "problems",
    ]  # fmt: skip
    assert set(summary["inputs"][0]) == {"name", "shape", "shape_signature", "dtype", "scale", "zero_point"}
    assert set(summary["activation_peak_bytes"]) == {"live_set", "arena"}
    assert set(summary["quantization"]) == {"kind", "detail"}


def test_ops_lists_every_op_of_every_subgraph(capsys: pytest.CaptureFixture[str], sample: str) -> None:
    summary = inspect_json(capsys, sample, "--ops")
    assert len(summary["op_list"]) == summary["ops"]
    assert {"subgraph", "index", "type", "inputs", "outputs", "options", "macs", "bytes"} <= set(summary["op_list"][0])


def test_text_names_the_file_and_its_parameters(capsys: pytest.CaptureFixture[str], sample: str) -> None:
    status, out, _ = inspect(capsys, sample)
    assert status == 0
    assert f"File          {sample}" in out
    assert "Parameters    42,5" in out


def test_a_refused_file_gives_one_sentence_and_status_2(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "page.tflite"
    path.write_text("<html></html>")
    status, out, err = inspect(capsys, str(path))
    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    assert "web page" in err


def test_a_shape_that_does_not_fit_gives_one_sentence_and_status_2(
    capsys: pytest.CaptureFixture[str], sample: str
) -> None:
    status, out, err = inspect(capsys, sample, "--shape", "nonsense=1x2x3x4")
    assert (status, out) == (2, "")
    assert "nonsense" in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("text", ["image", "image=", "image=axb", "=1x2"])
def test_a_shape_that_is_not_written_right_is_refused(
    capsys: pytest.CaptureFixture[str], sample: str, text: str
) -> None:
    status, _, err = inspect(capsys, sample, "--shape", text)
    assert status == 2
    assert "NAME=1x360x640x3" in err


def test_control_characters_of_names_do_not_reach_the_terminal(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    draft = ModelDraft("\x1b[31mred")
    graph = draft.subgraph()
    graph.output(graph.input("\x1b]0;title\x07", "FLOAT32", [1]))
    path = tmp_path / "odd.tflite"
    path.write_bytes(draft.to_bytes())
    status, out, _ = inspect(capsys, str(path))
    assert status == 0
    assert "\x1b" not in out
    assert "\x07" not in out


def test_a_closed_pipe_is_no_error(sample: str) -> None:
    reader = f"{sys.executable} -m maistudio inspect {sample} --json --ops | head -c 10"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", reader], capture_output=True, text=True, check=False)
    assert done.stderr == ""


@pytest.fixture
def open_shape_model(tmp_path: Path) -> str:
    """A convolution whose height and width are left open in the file."""
    draft = ModelDraft()
    graph = draft.subgraph()
    image = graph.input("image", "FLOAT32", [1, 1, 1, 3], shape_signature=[1, -1, -1, 3])
    weights = graph.constant("weights", "FLOAT32", [4, 1, 1, 3], [0.5] * 12)
    out = graph.tensor("out", "FLOAT32", [1, 1, 1, 4], shape_signature=[1, -1, -1, 4])
    graph.op("CONV_2D", [image, weights, -1], [out], {"padding": "SAME", "stride_w": 1, "stride_h": 1})
    graph.output(out)
    path = tmp_path / "open.tflite"
    path.write_bytes(draft.to_bytes())
    return str(path)


def test_shapes_asked_for_hold_for_inputs_outputs_and_macs(
    capsys: pytest.CaptureFixture[str], open_shape_model: str
) -> None:
    summary = inspect_json(capsys, open_shape_model, "--shape", "image=1x10x20x3")
    assert summary["inputs"][0]["shape"] == [1, 10, 20, 3]
    assert summary["outputs"][0]["shape"] == [1, 10, 20, 4]
    assert summary["macs"] == 10 * 20 * 4 * 3
    assert summary["macs_at_shape"] == {"image": [1, 10, 20, 3]}


def test_without_shapes_the_file_s_own_are_told(capsys: pytest.CaptureFixture[str], open_shape_model: str) -> None:
    summary = inspect_json(capsys, open_shape_model)
    assert summary["inputs"][0]["shape"] == [1, 1, 1, 3]
    assert summary["inputs"][0]["shape_signature"] == [1, -1, -1, 3]


def test_text_leaves_unknown_sizes_open(capsys: pytest.CaptureFixture[str], open_shape_model: str) -> None:
    _, out, _ = inspect(capsys, open_shape_model)
    assert "1×?×?×3" in next(line for line in out.splitlines() if line.startswith("Inputs"))


def test_text_calls_the_sizes_of_open_dimensions_a_placeholder(
    capsys: pytest.CaptureFixture[str], open_shape_model: str
) -> None:
    _, out, _ = inspect(capsys, open_shape_model)
    assert ", a placeholder" in next(line for line in out.splitlines() if line.startswith("MACs"))


def test_text_at_shapes_asked_for_is_at_no_placeholder(
    capsys: pytest.CaptureFixture[str], open_shape_model: str
) -> None:
    _, out, _ = inspect(capsys, open_shape_model, "--shape", "image=1x8x8x3")
    assert "placeholder" not in out


def test_text_says_how_to_ask_for_another_shape(capsys: pytest.CaptureFixture[str], open_shape_model: str) -> None:
    _, out, _ = inspect(capsys, open_shape_model)
    assert "the file leaves dimensions open; set them: --shape image=1xNxNx3" in out


@pytest.mark.parametrize("redirection", [">/dev/full", ">&-"])
def test_output_that_cannot_be_written_gives_one_sentence_and_status_2(sample: str, redirection: str) -> None:
    command = f"{sys.executable} -m maistudio inspect {sample} {redirection}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("maistudio: the output")


def test_an_output_without_the_characters_needed_gets_others(sample: str) -> None:
    command = [sys.executable, "-m", "maistudio", "inspect", sample]
    done = subprocess.run(command, capture_output=True, env={"PYTHONIOENCODING": "ascii"}, check=False)
    assert done.returncode == 0
    assert b"1?360?640?3" in done.stdout


def test_a_path_cannot_steer_the_terminal_or_break_the_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    status, _, err = inspect(capsys, "no\x1b[31m\nsuch.tflite")
    assert status == 2
    assert err.count("\n") == 1
    assert "\x1b" not in err


def test_a_sentence_about_an_endless_name_is_short(capsys: pytest.CaptureFixture[str], sample: str) -> None:
    _, _, err = inspect(capsys, sample, "--shape", "x" * 50_000 + "=1x2")
    assert len(err) < 1200


def test_an_input_given_two_shapes_is_refused(capsys: pytest.CaptureFixture[str], open_shape_model: str) -> None:
    status, out, err = inspect(capsys, open_shape_model, "--shape", "image=1x8x8x3", "--shape", "image=1x9x9x3")
    assert (status, out) == (2, "")
    assert "image has a shape already" in err


@pytest.mark.parametrize("size", ["1_0", "+8", "-8", "8.0", "٨"])
def test_a_size_is_written_in_decimal_digits_only(
    capsys: pytest.CaptureFixture[str], open_shape_model: str, size: str
) -> None:
    status, _, err = inspect(capsys, open_shape_model, "--shape", f"image=1,{size},8,3")
    assert status == 2
    assert "NAME=1x360x640x3" in err


def test_a_shape_may_have_spaces_between_its_sizes(capsys: pytest.CaptureFixture[str], open_shape_model: str) -> None:
    assert inspect_json(capsys, open_shape_model, "--shape", "image=1, 8, 9, 3")["inputs"][0]["shape"] == [1, 8, 9, 3]


LONG = "x" * 50_000


@pytest.fixture
def wordy_model(tmp_path: Path) -> str:
    """A model whose every text is longer than anybody reads."""
    draft = ModelDraft(LONG)
    graph = draft.subgraph(LONG)
    source = graph.input(f"in{LONG}", "FLOAT32", [1])
    graph.output(graph.tensor(f"out{LONG}", "FLOAT32", [1]))
    graph.custom_op(LONG, [source], [1], b"")
    draft.signature(LONG, {LONG: source}, {LONG: 1})
    draft.metadata(LONG, LONG[:4000].encode())
    path = tmp_path / "wordy.tflite"
    path.write_bytes(draft.to_bytes())
    return str(path)


def test_every_line_of_the_text_is_short(capsys: pytest.CaptureFixture[str], wordy_model: str) -> None:
    _, out, _ = inspect(capsys, wordy_model, "--ops")
    assert [line[:40] for line in out.splitlines() if len(line) > LINE_LIMIT] == []


def test_a_cut_line_keeps_its_start_and_its_end(capsys: pytest.CaptureFixture[str], wordy_model: str) -> None:
    _, out, _ = inspect(capsys, wordy_model)
    (line,) = [line for line in out.splitlines() if line.startswith("Signatures")]
    assert line.endswith(", subgraph 0")


def test_json_is_never_cut(capsys: pytest.CaptureFixture[str], wordy_model: str) -> None:
    assert inspect_json(capsys, wordy_model)["description"] == LONG
