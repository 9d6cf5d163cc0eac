"""What Vela puts on the CPU is found by the names of what ops make, with its reasons."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from models import build_multi_signature, read_bytes
from proving_models import build_ops

from maistudio.errors import ModelRunError, RuntimeMissingError
from maistudio.runtime.bounds import Bounds
from maistudio.runtime.child import last
from maistudio.runtime.proving import prove_steps
from maistudio.runtime.vela import Report, proofs, report_of
from maistudio.targets.values import Compiled, Verdict

# Printed by Vela 5.2.0 for sr_int8.tflite and cast_f32_u8.tflite of the delegate cases, shortened.
REPORT = """\
TfLiteReader: Built-in options type 'DepthToSpaceOptions' is not yet implemented and will be ignored.

Warning (supported operators) operator: DEPTH_TO_SPACE, ofm: 'PartitionedCall:0'
Reason: Unsupported opType

Warning (supported operators) operator: RELU, ofm: 'Relu;add;Conv2D1'
Reason: Operation has tensor with unsupported DataType Float32 (Relu;add;Conv2D1_act)
Feature-map dataTypes must be one of {"INT16", "INT32", "INT64", "INT8", "UINT8"}

Network summary for sr_int8
Accelerator configuration               Ethos_U55_128

CPU operators = 3 (60.0%)
   CPU: Passthrough = Relu;add;Conv2D1 (outputs [1, 32, 32, 16])
   CPU: Passthrough = PartitionedCall:0 (outputs [1, 64, 64, 3])
   CPU: Passthrough = odd (outputs [1]) (outputs [1, 64, 64, 3])
NPU operators = 2 (40.0%)
   NPU: Conv2D = add_1;Conv2D_11 (outputs [1, 32, 32, 12])
"""
# Printed by Vela 5.2.0 for argmax.tflite of the delegate cases, with exit status 1.
STOPPED = """\
Traceback (most recent call last):
  File "vela.py", line 137, in process_regor
RuntimeError: Compilation failed: Error: ARGMAX 'PartitionedCall:0' Does not have valid TFLite Semantics.
 - IFM has to be 8bit
   IFM type=FLOAT32,
Failed to parse TFLite file
"""


def test_reasons_are_told_by_what_ops_make() -> None:
    assert report_of(REPORT).warned == {
        "PartitionedCall:0": "Unsupported opType",
        "Relu;add;Conv2D1": "Operation has tensor with unsupported DataType Float32 (Relu;add;Conv2D1_act) Feature-map "
        'dataTypes must be one of {"INT16", "INT32", "INT64", "INT8", "UINT8"}',
    }


def test_what_lies_on_the_cpu_is_told_whatever_its_name() -> None:
    assert report_of(REPORT).on_cpu == {"Relu;add;Conv2D1", "PartitionedCall:0", "odd (outputs [1])"}


def test_where_vela_stopped_is_told() -> None:
    name, why = report_of(STOPPED).stopped or ("", "")
    assert name == "PartitionedCall:0"
    assert why == "Does not have valid TFLite Semantics. - IFM has to be 8bit IFM type=FLOAT32,"


def test_a_report_that_went_well_stopped_nowhere() -> None:
    assert report_of(REPORT).stopped is None


def verdicts(report: Report, *types: str, same_names: bool = False) -> list[Verdict]:
    content = build_ops(*types)
    if same_names:
        content = content.replace(b"after ABS 2", b"after ABS 1")
    return [proof.verdict for proof in proofs(read_bytes(content), report, "Vela").values()]


def report(warned: tuple[str, ...] = (), on_cpu: tuple[str, ...] = (), stopped: str = "") -> Report:
    return Report(dict.fromkeys(warned, "no"), frozenset(on_cpu), (stopped, "no") if stopped else None)


def test_an_op_that_is_not_named_runs() -> None:
    assert verdicts(report(), "ABS", "EXP") == [Verdict.RUNS] * 2


def test_an_op_with_a_reason_is_refused() -> None:
    assert verdicts(report(("after EXP 2",), ("after EXP 2",)), "ABS", "EXP") == [Verdict.RUNS, Verdict.REFUSED]


def test_an_op_on_the_cpu_without_a_reason_is_left_there() -> None:
    assert verdicts(report(on_cpu=("after EXP 2",)), "ABS", "EXP") == [Verdict.RUNS, Verdict.LEFT_ON_CPU]


def test_an_op_that_vela_stops_at_fails_at_start_and_the_rest_is_unknown() -> None:
    assert verdicts(report(stopped="after EXP 2"), "ABS", "EXP") == [Verdict.UNKNOWN, Verdict.FAILS_AT_START]


def test_ops_that_make_tensors_of_one_name_cannot_be_told_apart() -> None:
    found = verdicts(report(("after ABS 1",)), "ABS", "ABS", "EXP", same_names=True)
    assert found == [Verdict.UNKNOWN, Verdict.UNKNOWN, Verdict.RUNS]


def test_only_the_main_subgraph_is_proved() -> None:
    assert {subgraph for subgraph, _ in proofs(read_bytes(build_multi_signature()), report(), "Vela")} == {0}


Prove = Callable[[str, int], Compiled]


@pytest.fixture
def proved_by(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Prove:
    """Asks a program that prints some words and ends with a status, in Vela's place."""

    def prove(words: str, status: int) -> Compiled:
        (tmp_path / "words").write_text(words, "utf-8")
        program = tmp_path / "vela"
        program.write_text(
            f'#!/bin/sh\n[ "$1" = --version ] && echo 9.9 && exit\ncat "{tmp_path}/words"\nexit {status}\n', "utf-8"
        )
        program.chmod(stat.S_IRWXU)
        monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
        path = tmp_path / "model.tflite"
        path.write_bytes(build_ops("ABS", "EXP"))
        return last(prove_steps(path, "vela:ethos-u65-256"))

    return prove


def test_the_label_names_version_and_accelerator(proved_by: Prove) -> None:
    assert proved_by("", 0).by == "Vela 9.9 for ethos-u65-256"


def test_a_program_that_stops_at_an_op_of_the_file_says_so_of_the_op(proved_by: Prove) -> None:
    compiled = proved_by(STOPPED.replace("PartitionedCall:0", "after EXP 2"), 1)
    assert compiled.ops[0, 1].verdict is Verdict.FAILS_AT_START


def test_a_program_that_stops_at_no_op_of_the_file_is_one_sentence(proved_by: Prove) -> None:
    with pytest.raises(
        ModelRunError, match=r"model\.tflite: Vela can't compile it \('PartitionedCall:0': Does not have"
    ):
        proved_by(STOPPED, 1)


def test_a_program_that_dies_is_told_by_its_last_words(proved_by: Prove) -> None:
    with pytest.raises(ModelRunError, match=r"Vela can't compile it \(it hurts\): check the file"):
        proved_by("\nit hurts\n\n", 3)


def test_without_vela_it_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    with pytest.raises(RuntimeMissingError, match="isn't on this machine: pip install ethos-u-vela"):
        last(prove_steps(tmp_path / "model.tflite", "vela"))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("sr_int8", [Verdict.RUNS, Verdict.RUNS, Verdict.REFUSED]),
        ("split_simple_int8", [Verdict.RUNS] * 4 + [Verdict.REFUSED]),
        ("cast_f32_u8", [Verdict.REFUSED] * 3),
        ("argmax", [Verdict.UNKNOWN, Verdict.FAILS_AT_START]),
    ],
)
def test_vela_itself_says_so(real_file: Callable[[str], Path], name: str, wanted: list[Verdict]) -> None:
    path = real_file(f"delegate-cases/{name}.tflite")
    if shutil.which("vela") is None:
        pytest.skip("Vela isn't installed: pip install ethos-u-vela")
    compiled = last(prove_steps(path, "vela", Bounds(wall_seconds=60)))
    assert [proof.verdict for proof in compiled.ops.values()] == wanted
