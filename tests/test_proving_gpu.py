"""The GPU's second opinion, on whatever adapter there is: who refuses what, who dies, and whose outputs are wrong."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from lent_child import LentChild
from models import build_if, build_int16x8, build_multi_signature, read_bytes
from proving_models import (
    build_bare_swap,
    build_custom_after,
    build_half_weights,
    build_ops,
    build_reshapes,
    build_squared_matrix,
    build_swap,
)
from stand_ins import gone, wait_until

from maistudio.errors import RuntimeMissingError
from maistudio.runtime.child import last
from maistudio.runtime.children import Children
from maistudio.runtime.proving import prove_steps
from maistudio.runtime.session import Session
from maistudio.targets.values import Compiled, Verdict
from maistudio.timing.values import Configuration, Engine

RECORDED = "ML Drift GPU (LiteRT 2.3.0, SwiftShader)"
NEARLY = 1e-5
FAR_OFF = 0.1
LONG_CHAIN = 10_000
"""Ops that a software adapter's compiler takes some 12 s for."""

Prove = Callable[[bytes], Compiled]


@pytest.fixture(scope="module", autouse=True)
def gpu() -> None:
    """Skips without a GPU that LiteRT can use."""
    with suppress(RuntimeMissingError):
        Session.open(build_ops("ABS"), Configuration(Engine.GPU)).close()
        return
    pytest.skip("LiteRT finds no GPU on this machine")


@pytest.fixture(scope="module")
def children() -> Iterator[Children]:
    with LentChild() as lent:
        yield lent


@pytest.fixture
def prove(children: Children, tmp_path: Path) -> Prove:
    def proved(content: bytes) -> Compiled:
        path = tmp_path / "model.tflite"
        path.write_bytes(content)
        return last(prove_steps(path, "litert-gpu", children=children))

    return proved


def verdicts(compiled: Compiled) -> list[Verdict]:
    return [compiled.ops[place].verdict for place in sorted(compiled.ops)]


def test_a_model_that_runs_whole_computes_what_the_cpu_does(prove: Prove) -> None:
    compiled = prove(build_ops("ABS", "TANH"))
    assert verdicts(compiled) == [Verdict.RUNS] * 2
    assert compiled.largest_difference is not None
    assert compiled.largest_difference < NEARLY


def test_the_label_names_version_and_adapter(prove: Prove) -> None:
    compiled = prove(build_ops("ABS"))
    assert compiled.by.startswith("LiteRT ")
    assert "'s GPU accelerator (WebGPU, " in compiled.by
    assert (", a software adapter" in compiled.by) == ("SwiftShader" in compiled.by or "llvmpipe" in compiled.by)
    assert compiled.ops[0, 0].by == compiled.by


def test_what_is_refused_and_what_lies_outside_of_the_partition_are_told_apart(prove: Prove) -> None:
    compiled = prove(build_ops("ABS", "ZEROS_LIKE", "EXP", "NEG"))
    assert verdicts(compiled) == [Verdict.LEFT_ON_CPU, Verdict.REFUSED, Verdict.RUNS, Verdict.RUNS]
    assert compiled.ops[0, 1].reason == "Operation is not supported"
    assert compiled.ops[0, 0].reason == "outside of the partition taken, which has 2 ops"


def test_ops_of_one_type_are_asked_alone(prove: Prove) -> None:
    compiled = prove(build_reshapes())
    assert verdicts(compiled) == [Verdict.RUNS, Verdict.REFUSED, Verdict.REFUSED]
    assert compiled.ops[0, 1].reason == "Tensor dimensions must be less than 5. reshaped 1"


def test_the_parts_on_the_gpu_are_compared_too(prove: Prove) -> None:
    difference = prove(build_ops("ABS", "EXP", "LOCAL_RESPONSE_NORMALIZATION")).largest_difference
    assert difference is not None
    assert difference < NEARLY


def test_folded_weights_run_with_their_reader(prove: Prove) -> None:
    compiled = prove(build_half_weights("RELU", "ZEROS_LIKE"))
    assert verdicts(compiled) == [Verdict.RUNS] * 3 + [Verdict.REFUSED]


def test_a_compiler_that_dies_of_an_op_fails_at_start(prove: Prove) -> None:
    compiled = prove(build_squared_matrix("ABS"))
    assert verdicts(compiled) == [Verdict.RUNS, Verdict.FAILS_AT_START]
    assert "the compiler dies of it: !IsInput" in compiled.ops[0, 1].reason
    assert compiled.largest_difference is None


def test_a_label_is_whole_though_the_compiler_died(prove: Prove) -> None:
    assert "(WebGPU, " in prove(build_squared_matrix()).by


def test_what_is_accepted_and_not_built_fails_at_start(prove: Prove) -> None:
    compiled = prove(build_bare_swap())
    assert verdicts(compiled) == [Verdict.FAILS_AT_START, Verdict.FAILS_AT_START, Verdict.REFUSED]
    assert "Output id not found" in compiled.ops[0, 0].reason


def test_a_reordering_that_the_gpu_loses_is_a_difference(prove: Prove) -> None:
    compiled = prove(build_swap())
    assert verdicts(compiled) == [Verdict.RUNS] * 4
    assert compiled.largest_difference is not None
    assert compiled.largest_difference > FAR_OFF


def test_a_custom_op_is_unknown_and_the_others_are_asked_alone(prove: Prove) -> None:
    compiled = prove(build_custom_after("ABS"))
    assert verdicts(compiled) == [Verdict.RUNS, Verdict.UNKNOWN]
    assert "its op MyOp is custom" in compiled.ops[0, 1].reason


def test_what_cannot_be_compiled_as_a_whole_says_so_and_is_not_compared(prove: Prove) -> None:
    note = prove(build_custom_after("ABS")).note
    assert "it can't be compiled as a whole (its op MyOp is custom" in note
    assert "compared" not in note


def test_an_op_that_calls_a_subgraph_is_cut_with_it(prove: Prove) -> None:
    compiled = prove(build_if())
    assert verdicts(compiled) == [Verdict.REFUSED]


def test_a_type_the_gpu_has_not_is_told(prove: Prove) -> None:
    assert "Tensor type" in prove(build_int16x8()).ops[0, 0].reason


def test_only_the_main_subgraph_is_proved(prove: Prove) -> None:
    assert verdicts(prove(build_multi_signature())) == [Verdict.RUNS]


def test_the_op_to_blame_is_told_from_those_beside_it(prove: Prove) -> None:
    found = verdicts(prove(build_squared_matrix("ABS", "ZEROS_LIKE", "EXP", "NEG")))
    assert found == [Verdict.LEFT_ON_CPU, Verdict.REFUSED, Verdict.RUNS, Verdict.RUNS, Verdict.FAILS_AT_START]


@pytest.fixture(scope="module")
def long_compile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that is still being compiled long after a test has looked."""
    path = tmp_path_factory.mktemp("long") / "chain.tflite"
    path.write_bytes(build_ops(*["ABS", "NEG"] * (LONG_CHAIN // 2)))
    return path


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child that native code keeps busy")
@pytest.mark.parametrize("seconds", [0.0, 0.1, 0.3, 0.6, 1.0, 2.0])
@pytest.mark.parametrize(
    ("number", "status"),
    [(signal.SIGKILL, -signal.SIGKILL), (signal.SIGTERM, -signal.SIGTERM), (signal.SIGINT, 130)],
    ids=["killed", "terminated", "interrupted"],
)
def test_a_program_that_ends_in_mid_proof_leaves_neither_process_nor_file(
    number: signal.Signals, status: int, seconds: float, long_compile: Path, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "maistudio", "check", str(long_compile), "--target", "litert-gpu", "--prove"]
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    environment = {**os.environ, "TMPDIR": str(temporary), "MAISTUDIO_LIBRARY": str(tmp_path / "library")}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as program:
        try:
            watched = psutil.Process(program.pid)
            wait_until(lambda: bool(watched.children()), 30)
            time.sleep(seconds)
            (child,) = [each.pid for each in watched.children(recursive=True)]
            program.send_signal(number)
            assert program.wait(2) == status
            wait_until(lambda: gone(child), 2)
        finally:
            program.kill()
    assert not list(temporary.iterdir())


@pytest.mark.slow
def test_the_delegate_cases_are_as_recorded(models_folder: Path, children: Children) -> None:
    folder = models_folder / "delegate-cases"
    recorded = json.loads((folder / "delegate-cases.json").read_text("utf-8"))
    wrong = {}
    for name, answers in recorded.items():
        path = folder / f"{name}.tflite"
        compiled = last(prove_steps(path, "litert-gpu", children=children))
        found, wanted = sum(verdict is Verdict.RUNS for verdict in verdicts(compiled)), _on_gpu(answers[RECORDED], path)
        if wanted is not None and found != wanted:
            wrong[name] = (found, wanted)
    assert not wrong
    assert len(recorded) == 41


def _on_gpu(answer: str, path: Path) -> int | None:
    """How many ops the record has on the GPU; None where it broke off."""
    if answer == "all GPU":
        return len(read_bytes(path.read_bytes()).subgraphs[0].ops)
    if "[No GPU" in answer:
        return 0
    counts = answer.rpartition("[")[2]
    return int(counts.split(" GPU")[0]) if " GPU" in counts else None


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "wrong"), [("split_simple_f32", True), ("split_batch_f32", True), ("batch4_f32", True), ("sr_f32", False)]
)
def test_wrong_outputs_lie_far_from_right_ones(
    real_file: Callable[[str], Path], children: Children, name: str, wrong: bool
) -> None:
    path = real_file(f"delegate-cases/{name}.tflite")
    difference = last(prove_steps(path, "litert-gpu", children=children)).largest_difference
    assert difference is not None
    assert (difference > FAR_OFF) if wrong else (difference < NEARLY)
