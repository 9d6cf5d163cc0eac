"""A compiler that dies, hangs or eats ends as one sentence, and leaves nothing behind."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator, Mapping
from pathlib import Path
from typing import Any

import psutil
import pytest
from proving_models import build_ops
from stand_ins import after_request, gone, wait_until

from maistudio.errors import MaiStudioError, ModelRunError, RuntimeMissingError
from maistudio.runtime import child as child_module
from maistudio.runtime import gpu_proof
from maistudio.runtime.asking import CompilerDiedError
from maistudio.runtime.bounds import Bounds
from maistudio.runtime.child import last
from maistudio.runtime.children import Children
from maistudio.runtime.gpu_proof import MOST_DEATHS
from maistudio.runtime.program import run_steps
from maistudio.runtime.proving import prove_steps, provers_here
from maistudio.targets.values import Compiled, Verdict

MUTATIONS = 200
OTHER_VALUES = (0, 1, 0x7F, 0x80, 0xFF)
STARTS_ANOTHER = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(60)'])"
PROGRAM = f"""
import sys
from pathlib import Path
import psutil
from maistudio.runtime.bounds import Bounds
from maistudio.runtime.program import run_steps
for _ in run_steps([sys.executable, "-c", {STARTS_ANOTHER!r}], "waiting", Bounds(), Path(sys.argv[1])):
    found = psutil.Process().children(recursive=True)
    if len(found) == 2:
        print(*(each.pid for each in found), flush=True)
"""
"""Runs a program that starts another."""


@pytest.fixture
def children() -> Iterator[Children]:
    with Children() as made:
        yield made


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "model.tflite"
    path.write_bytes(build_ops("ABS", "EXP"))
    return path


def workers() -> list[psutil.Process]:
    return [each for each in psutil.Process().children(recursive=True) if each.status() != psutil.STATUS_ZOMBIE]


def test_a_compiler_that_never_answers_is_stopped(
    model: Path, children: Children, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child_module, "worker_command", lambda: after_request("time.sleep(60)"))
    with pytest.raises(ModelRunError, match=r"model\.tflite: it passed the 0\.3 s it may take while"):
        last(prove_steps(model, "xnnpack", Bounds(wall_seconds=0.3), children))
    wait_until(lambda: not workers())


def test_more_memory_than_the_bound_is_one_sentence(
    model: Path, children: Children, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child_module, "worker_command", lambda: after_request("time.sleep(60)"))
    with pytest.raises(ModelRunError, match="of memory it may take while"):
        last(prove_steps(model, "xnnpack", Bounds(memory_bytes=1_000_000), children))


@pytest.mark.parametrize("prover", ["xnnpack", "litert-gpu"])
def test_giving_up_leaves_no_process_behind(model: Path, children: Children, prover: str) -> None:
    steps = prove_steps(model, prover, children=children)
    for _ in range(3):
        next(steps)
    assert workers()
    steps.close()
    wait_until(lambda: not workers())


def test_a_proof_leaves_no_process_behind(model: Path) -> None:
    last(prove_steps(model, "xnnpack"))
    assert not workers()


def test_an_unknown_compiler_is_refused(model: Path) -> None:
    with pytest.raises(ModelRunError, match="there is no compiler 'tpu': ask for xnnpack, litert-gpu or vela"):
        last(prove_steps(model, "tpu"))


@pytest.mark.parametrize("vendor", ["qualcomm", "mediatek", "samsung", "google_tensor", "nobody"])
def test_a_vendor_whose_library_is_not_here_is_missing(model: Path, vendor: str) -> None:
    with pytest.raises(RuntimeMissingError, match=r"isn't on this machine|can't be asked|there is no compiler plugin"):
        last(prove_steps(model, f"litert-plugin:{vendor}"))


def test_a_vendor_whose_library_is_here_is_refused(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "libQnnHtp.so").touch()
    monkeypatch.setenv("LD_LIBRARY_PATH", str(tmp_path))
    with pytest.raises(ModelRunError, match=r"Qualcomm's compiler was found in .*, but MAI Studio can't drive it yet"):
        last(prove_steps(model, "litert-plugin:qualcomm"))


@pytest.mark.parametrize("prover", ["xnnpack", "litert-gpu"])
def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path, prover: str) -> None:
    with pytest.raises(ModelRunError, match=r"gone\.tflite: "):
        last(prove_steps(tmp_path / "gone.tflite", prover))


def test_each_compiler_is_there_or_says_in_a_sentence_why_not(children: Children) -> None:
    found = last(provers_here(children))
    assert found["xnnpack"] == ""
    assert {"litert-gpu", "vela", "litert-plugin:qualcomm", "litert-plugin:intel_openvino"} <= found.keys()
    assert not [why for why in found.values() if "\n" in why]


Answers = Generator[str, None, tuple[Mapping[str, Any], str]]


def scripted(monkeypatch: pytest.MonkeyPatch, alone: Callable[[int], Mapping[str, Any] | ModelRunError]) -> None:
    """The GPU's compiler dies of the whole; of an op alone comes what ``alone`` makes or raises."""

    def ask(
        path: Path, prover: str, request: Mapping[str, Any], bounds: Any, children: Any, heard: Any = None
    ) -> Answers:
        yield "compiling"
        if "ops" not in request:
            raise CompilerDiedError(f"{path}: it died", "", "2.3.0")
        for index in request["ops"]:
            heard({"op": index, "likeness": str(index), "names": []})
            if str(index) in request["known"]:
                continue
            answer = alone(index)
            if isinstance(answer, Exception):
                raise answer
            heard({"likeness": str(index), **answer})
        return {}, "2.3.0"

    monkeypatch.setattr(gpu_proof, "ask_steps", ask)


def proved(model: Path, *types: str) -> Compiled:
    model.write_bytes(build_ops(*types))
    return last(prove_steps(model, "litert-gpu"))


def test_after_many_deaths_the_rest_is_unknown(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scripted(monkeypatch, lambda index: CompilerDiedError("it died", "", "2.3.0"))
    found = [proof.verdict for proof in proved(model, *["ABS"] * (MOST_DEATHS + 2)).ops.values()]
    assert found == [Verdict.FAILS_AT_START] * MOST_DEATHS + [Verdict.UNKNOWN] * 2


def test_a_death_for_which_no_op_is_to_blame_is_everyones(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scripted(monkeypatch, lambda index: {"full": True, "words": ""})
    compiled = proved(model, "ABS", "EXP")
    assert [proof.verdict for proof in compiled.ops.values()] == [Verdict.FAILS_AT_START] * 2
    assert compiled.ops[0, 0].reason == "the GPU accepts it and can't build it: it died"


def test_an_op_that_passes_a_bound_is_unknown_and_the_next_is_asked(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped = ModelRunError(f"{model}: it passed the 9 s it may take")
    scripted(monkeypatch, lambda index: stopped if index == 0 else {"full": False, "words": "Failed to create X: no"})
    compiled = proved(model, "ABS", "EXP")
    assert [proof.verdict for proof in compiled.ops.values()] == [Verdict.UNKNOWN, Verdict.FAILS_AT_START]
    assert compiled.ops[0, 0].reason == "it passed the 9 s it may take"


def test_ops_of_one_likeness_share_their_answer(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counts = "No operations will run on the GPU, and all 1 operations"
    words = f"Following operations are not supported by GPU delegate:\nABS: too many. tensor_1\n{counts}"

    def ask(
        path: Path, prover: str, request: Mapping[str, Any], bounds: Any, children: Any, heard: Any = None
    ) -> Answers:
        yield "compiling"
        if "ops" not in request:
            raise CompilerDiedError(f"{path}: it died", "", "2.3.0")
        for index in request["ops"]:
            heard({"op": index, "likeness": "same", "names": ["in", f"made {index}"]})
        heard({"likeness": "same", "full": False, "words": words})
        return {}, "2.3.0"

    monkeypatch.setattr(gpu_proof, "ask_steps", ask)
    reasons = [proof.reason for proof in proved(model, "ABS", "ABS").ops.values()]
    assert reasons == ["too many. made 0", "too many. made 1"]


def test_a_program_that_never_ends_is_stopped(tmp_path: Path) -> None:
    endless = [sys.executable, "-c", "import time; time.sleep(60)"]
    with pytest.raises(ModelRunError, match=r"passed the 0\.3 s it may take, and was stopped"):
        last(run_steps(endless, "waiting", Bounds(wall_seconds=0.3), tmp_path))
    wait_until(lambda: not workers())


def test_a_program_that_is_given_up_takes_what_it_started_with_it(tmp_path: Path) -> None:
    steps = run_steps([sys.executable, "-c", STARTS_ANOTHER], "waiting", Bounds(), tmp_path)
    wait_until(lambda: next(steps) == "waiting" and len(workers()) == 2)
    both = [worker.pid for worker in workers()]
    steps.close()
    wait_until(lambda: all(map(gone, both)))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has the signal")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_program_does_not_outlive_the_one_that_runs_it(number: signal.Signals, tmp_path: Path) -> None:
    command = [sys.executable, "-c", PROGRAM, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as runs_it:
        assert runs_it.stdout is not None
        both = [int(pid) for pid in runs_it.stdout.readline().split()]
        runs_it.send_signal(number)
        runs_it.wait(5)
    assert len(both) == 2
    wait_until(lambda: all(map(gone, both)))


def test_nothing_of_a_program_stays_open(tmp_path: Path) -> None:
    before = psutil.Process().num_fds()
    for _ in range(3):
        assert last(run_steps([sys.executable, "-c", "print('said')"], "waiting", Bounds(), tmp_path)).words == "said\n"
    assert psutil.Process().num_fds() == before


def test_a_program_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ModelRunError, match="can't be started: No such file"):
        last(run_steps([str(tmp_path / "none")], "starting", Bounds(), tmp_path))


def mutated(content: bytes, chance: random.Random) -> bytes:
    """A few bytes changed, or the end cut off."""
    changed = bytearray(content)
    for _ in range(chance.randint(1, 4)):
        changed[chance.randrange(len(changed))] = chance.choice(OTHER_VALUES)
    return bytes(changed[: chance.randrange(len(changed))] if chance.random() < 0.1 else changed)


@pytest.mark.slow
def test_damaged_models_are_proved_or_refused_in_a_sentence(models_folder: Path, tmp_path: Path) -> None:
    chance = random.Random(5)
    whole = [path.read_bytes() for path in sorted((models_folder / "delegate-cases").glob("*.tflite"))]
    path = tmp_path / "damaged.tflite"
    proofs, refusals = 0, []
    with Children() as children:
        for _ in range(MUTATIONS):
            path.write_bytes(mutated(chance.choice(whole), chance))
            try:
                last(prove_steps(path, "xnnpack", Bounds(4 << 30, 5.0), children))
                proofs += 1
            except MaiStudioError as error:
                refusals.append(str(error))
    assert proofs
    assert refusals
    assert not [each for each in refusals if not each.startswith(f"{path}: ") or "\n" in each]
