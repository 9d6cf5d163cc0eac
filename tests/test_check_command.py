"""`maistudio check MODEL…` and `maistudio targets`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from models import conv
from target_files import chain, write_target

from maistudio.__main__ import main
from maistudio.jobs.compiles import kept_compiles
from maistudio.jobs.open import open_model
from maistudio.jobs.progress import finish
from maistudio.tflite.draft import ModelDraft

VERDICTS = {"runs", "left_on_cpu", "refused", "fails_at_start", "candidate", "unknown"}
RELU = '[[rule]]\nops = ["RELU"]\nsource = "a.cc:1"\n'
TANH = '[[rule]]\nops = ["TANH"]\nsource = "a.cc:2"\nverdict = "candidate"\nbecause = "it decides"\n'


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own, with a target of its own that runs RELU, and TANH as a candidate."""
    monkeypatch.setenv("MAISTUDIO_LIBRARY", str(tmp_path / "library"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    folder = tmp_path / "config" / "maistudio" / "targets"
    folder.mkdir(parents=True)
    write_target(folder, RELU + TANH, name="mine")
    return tmp_path


def split_net() -> bytes:
    """1×8×8×4 → conv → SPLIT in two → conv each → CONCATENATION: as of the 2021 video challenge."""
    model = ModelDraft()
    graph = model.subgraph()
    image = graph.input("image", "FLOAT32", (1, 8, 8, 4))
    features = conv(graph, image, (1, 8, 8, 8), "stem", "RELU")
    axis = graph.constant("axis", "INT32", (), [3])
    halves = [graph.tensor(f"half{place}", "FLOAT32", (1, 8, 8, 4)) for place in range(2)]
    graph.op("SPLIT", [axis, features], halves, {"num_splits": 2})
    made = [conv(graph, half, (1, 8, 8, 4), f"branch{place}") for place, half in enumerate(halves)]
    out = graph.tensor("out", "FLOAT32", (1, 8, 8, 8))
    graph.op("CONCATENATION", made, [out], {"axis": 3})
    graph.output(out)
    return model.to_bytes()


def wide_kernel_net() -> bytes:
    """One 5×5 convolution."""
    model = ModelDraft()
    graph = model.subgraph()
    image = graph.input("image", "FLOAT32", (1, 8, 8, 4))
    weights = graph.constant("weights", "FLOAT32", (4, 5, 5, 4), [0.5] * 400)
    bias = graph.constant("bias", "FLOAT32", (4,), [0.0] * 4)
    out = graph.tensor("out", "FLOAT32", (1, 8, 8, 4))
    graph.op("CONV_2D", [image, weights, bias], [out], {"padding": "SAME", "stride_w": 1, "stride_h": 1})
    graph.output(out)
    return model.to_bytes()


@pytest.fixture
def model(tmp_path: Path) -> str:
    path = tmp_path / "split.tflite"
    path.write_bytes(split_net())
    return str(path)


@pytest.fixture
def relus(tmp_path: Path) -> str:
    path = tmp_path / "relus.tflite"
    path.write_bytes(chain(["RELU", "RELU"]))
    return str(path)


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Any:
    """What a command prints, or what it complains of where it is refused."""

    def run(*arguments: str, status: int = 0) -> str:
        assert main(arguments) == status
        captured = capsys.readouterr()
        return captured.err if status == 2 else captured.out

    return run


def test_the_split_of_2021_is_refused_then_runs_then_fails_at_start(told: Any, model: str) -> None:
    ids = ("tflite-gpu-2021", "tflite-gpu-opencl", "tflite-gpu-opengl")
    found = json.loads(told("check", model, "--json", *(part for each in ids for part in ("--target", each))))
    split = {each["id"]: each["ops"][1] for each in found["targets"]}
    assert [split[each]["verdict"] for each in ids] == ["refused", "runs", "fails_at_start"]
    assert [each["verdict"] for each in found["targets"]] == ["partial", "full", "fails_at_start"]
    assert "no OpenGL shader for SPLIT" in split["tflite-gpu-opengl"]["rule"]["reason"]


def test_json_has_what_programs_ask_for(told: Any, model: str) -> None:
    found = json.loads(told("check", model, "--target", "tflite-gpu-2021", "--json"))
    assert {"file", "targets", "lints"} <= set(found)
    target = found["targets"][0]
    assert {"id", "name", "verdict", "summary", "partitions", "delegated", "boundary_bytes", "ops"} <= set(target)
    assert {"ops", "macs", "taken"} <= set(target["partitions"][0])
    assert {"ops", "of", "macs_share"} <= set(target["delegated"])
    op = target["ops"][0]
    assert {"subgraph", "index", "type", "verdict", "rule", "proof"} <= set(op)
    assert set(op["rule"]) >= {"verdict", "reason", "source"}
    assert op["proof"] is None
    assert {"id", "subgraph", "op", "message", "advice", "source"} <= set(found["lints"][0])


def test_every_verdict_on_every_target_has_a_source(told: Any, model: str) -> None:
    found = json.loads(told("check", model, "--json"))
    assert len(found["targets"]) >= 19
    for target in found["targets"]:
        for op in target["ops"]:
            assert op["verdict"] in VERDICTS
            assert op["rule"]["source"], (target["id"], op["type"])
            assert op["rule"]["reason"] or op["rule"]["verdict"] == "runs", (target["id"], op["type"])


def test_without_a_target_each_one_is_a_line(told: Any, relus: str) -> None:
    lines = told("check", relus).splitlines()
    assert lines[0] == relus
    assert any(line.split()[:3] == ["mine", "runs", "whole"] for line in lines)


def test_a_target_tells_which_ops_and_why(told: Any, model: str) -> None:
    text = told("check", model, "--target", "tflite-gpu-opengl")
    assert "fails at start: SPLIT at op 1" in text
    assert "there is no OpenGL shader for SPLIT" in text
    assert "left on the CPU: CONV_2D at ops 0, 2, 3; CONCATENATION at op 4" in text
    assert text.index("fails at start: SPLIT") < text.index("left on the CPU")


def test_every_op_is_listed_when_asked_for(told: Any, relus: str) -> None:
    text = told("check", relus, "--target", "mine", "--ops")
    assert "runs: RELU at op 0" in text
    assert "runs: RELU at op 1" in text


def test_the_targets_of_a_challenge_are_checked(told: Any, relus: str) -> None:
    found = json.loads(told("check", relus, "--challenge", "mai2021-quantized-super-resolution", "--json"))
    assert [each["id"] for each in found["targets"]] == ["synaptics-vs680", "nnapi-29"]


@pytest.mark.parametrize(("types", "status"), [(["RELU"], 0), (["TANH"], 0), (["RELU", "SIN"], 1), (["SIN"], 1)])
def test_a_build_fails_on_what_is_neither_full_nor_a_candidate(
    told: Any, tmp_path: Path, types: list[str], status: int
) -> None:
    path = tmp_path / "chain.tflite"
    path.write_bytes(chain(types))
    told("check", str(path), "--target", "mine", "--fail-on", "partial", status=status)
    told("check", str(path), "--target", "mine")


def test_advice_can_be_silenced_for_a_model_and_told_again(told: Any, tmp_path: Path) -> None:
    path = tmp_path / "wide.tflite"
    path.write_bytes(wide_kernel_net())

    def tells(*more: str) -> bool:
        found = json.loads(told("check", str(path), "--json", "--target", "mine", *more))
        return "large-kernels" in {each["id"] for each in found["lints"]}

    assert tells()
    assert not tells("--silence", "large-kernels")
    assert not tells()
    assert "1 silenced" in told("check", str(path), "--target", "mine")
    assert tells("--unsilence", "large-kernels")


def test_unknown_advice_cant_be_silenced(told: Any, model: str) -> None:
    assert "nonsense" in told("check", model, "--silence", "nonsense", status=2)


def test_a_shape_can_be_asked_for(told: Any, tmp_path: Path) -> None:
    model = ModelDraft()
    graph = model.subgraph()
    source = graph.input("in", "FLOAT32", (1, 4), shape_signature=[-1, 4])
    out = graph.tensor("out", "FLOAT32", (1, 4), shape_signature=[-1, 4])
    graph.op("RELU", [source], [out])
    graph.output(out)
    path = tmp_path / "open.tflite"
    path.write_bytes(model.to_bytes())
    assert json.loads(told("check", str(path), "--shape", "in=5x4", "--target", "mine", "--json"))["targets"]
    assert "no input is called" in told("check", str(path), "--shape", "nope=5x4", status=2)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--target", "gpu"), "there is no target gpu: choose one of"),
        (("--challenge", "mai1999"), "there is no challenge mai1999"),
        (("--fail-on", "luck"), "invalid choice: 'luck'"),
    ],
)
def test_a_wrong_request_is_one_sentence(told: Any, model: str, arguments: tuple[str, ...], words: str) -> None:
    complaint = told("check", model, *arguments, status=2)
    assert words in complaint
    assert complaint.count("\n") == 1


def test_a_file_that_is_no_model_is_one_sentence(told: Any, tmp_path: Path) -> None:
    path = tmp_path / "notes.tflite"
    path.write_bytes(b"not a model")
    assert str(path) in told("check", str(path), status=2)


def test_a_faulty_target_file_of_the_users_costs_only_itself(told: Any, home: Path, relus: str) -> None:
    write_target(home / "config" / "maistudio" / "targets", "[[rule]\n", name="broken")
    assert "mine" in told("check", relus)
    assert "broken.toml, line" in told("targets", status=2)


def test_targets_are_listed(told: Any) -> None:
    assert any(line.startswith("tflite-gpu-2021 ") for line in told("targets").splitlines())
    rows = json.loads(told("targets", "--json"))
    assert {"id", "name", "engine", "version", "backend", "source", "notes"} <= set(rows[0])
    assert "mine" in {row["id"] for row in rows}


def test_xnnpack_is_proved_by_running_it(told: Any, relus: str) -> None:
    found = json.loads(told("check", relus, "--target", "xnnpack", "--prove", "--json"))["targets"][0]
    assert [op["proof"]["verdict"] for op in found["ops"]] == ["runs", "runs"]
    assert found["provenance"].startswith("proved by running LiteRT")


def test_a_compilers_answer_is_stored_and_rules_alone_answer_all_the_same(told: Any, relus: str) -> None:
    told("check", relus, "--target", "xnnpack", "--prove")
    (kept,) = finish(kept_compiles(finish(open_model(relus)))).values()
    assert kept.by.startswith("LiteRT")
    assert json.loads(told("check", relus, "--target", "xnnpack", "--json"))["targets"][0]["proof"] is None


@pytest.fixture
def damaged_library(home: Path) -> str:
    """Where a library should be there is noise."""
    (home / "library").mkdir()
    (home / "library" / "library.db").write_bytes(b"noise" * 1000)
    return "library.db"


def test_rules_answer_beside_a_damaged_library(
    relus: str, damaged_library: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", relus, "--target", "mine"]) == 0
    printed = capsys.readouterr()
    assert "mine: runs whole" in printed.out
    assert damaged_library in printed.err


def test_an_answer_that_can_not_be_stored_is_told_all_the_same(told: Any, relus: str, damaged_library: str) -> None:
    printed = told("check", relus, "--target", "xnnpack", "--prove")
    assert "proved by running LiteRT" in printed
    assert "this could not be stored: " in printed


def test_a_compiler_that_is_not_here_is_told_and_the_rule_stands(
    told: Any, relus: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    found = json.loads(told("check", relus, "--target", "qualcomm-qnn", "--prove", "--json"))["targets"][0]
    assert found["verdict"] == "candidate"
    assert found["proof"]["failure"]
    assert found["ops"][0]["proof"] is None
