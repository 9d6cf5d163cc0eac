"""Arm's compiler for Ethos-U, Vela, where it is installed: which ops it puts on the CPU, and why."""

from __future__ import annotations

import re
import shutil
import sys
from collections import Counter
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from pathlib import Path

from maistudio.errors import ModelRunError, RuntimeMissingError
from maistudio.runtime.bounds import Bounds
from maistudio.runtime.model_file import read_for_proof
from maistudio.runtime.program import Ended, run_steps
from maistudio.runtime.scratch import scratch_folder
from maistudio.targets.values import Compiled, Proof, Verdict
from maistudio.tflite.model import Model, Op

ACCELERATOR = "ethos-u55-128"
WARNED = re.compile(
    r"^Warning \(supported operators\) operator: (?P<type>\S+), ofm: '(?P<name>.*)'\nReason: (?P<why>.*(?:\n.+)*)",
    re.MULTILINE,
)
ON_CPU = re.compile(r"^ +CPU: \S+ = (?P<name>.*) \(outputs \[.*\]\)$", re.MULTILINE)
STOPPED = re.compile(r"Error: (?P<type>\S+) '(?P<name>.*)' (?P<why>.*(?:\n .+)*)")
STOPPED_THERE = "Vela stopped at another op"
NO_REASON = "Vela puts it on the CPU, and gives no reason"


@dataclass(frozen=True, slots=True)
class Report:
    """What Vela printed. Ops are named by what they make; ``stopped`` is the one it gave up at, and why."""

    warned: Mapping[str, str]
    on_cpu: frozenset[str]
    stopped: tuple[str, str] | None


def vela_steps(path: Path, bounds: Bounds, accelerator: str = "") -> Generator[str, None, Compiled]:
    """As ``prove_steps``. Raises RuntimeMissingError without Vela, ModelRunError where it says nothing of any op."""
    vela, accelerator = _vela(), accelerator or ACCELERATOR
    model = read_for_proof(path)
    with scratch_folder("vela") as folder:
        version = yield from run_steps([vela, "--version"], "starting Vela", bounds, folder)
        command = [vela, "--show-cpu-operations", "--accelerator-config", accelerator, "--output-dir", str(folder)]
        stage = f"compiling it with Vela for {accelerator}"
        ended = yield from run_steps([*command, str(path.absolute())], stage, bounds, folder)
    by = f"Vela {version.words.strip()} for {accelerator}"
    report = report_of(ended.words)
    if ended.returncode and (report.stopped is None or _maker(model, report.stopped[0]) is None):
        raise ModelRunError(f"{path}: Vela can't compile it ({_last_words(ended, report)}): check the file")
    return Compiled(by, proofs(model, report, by))


def report_of(words: str) -> Report:
    """What Vela 5 printed, read."""
    stopped = STOPPED.search(words)
    return Report(
        {found["name"]: " ".join(found["why"].split()) for found in WARNED.finditer(words)},
        frozenset(found["name"] for found in ON_CPU.finditer(words)),
        (stopped["name"], " ".join(stopped["why"].split())) if stopped else None,
    )


def proofs(model: Model, report: Report, by: str) -> dict[tuple[int, int], Proof]:
    """Proofs for the main subgraph. Ops that make tensors of one name can't be told apart where one is named."""
    graph = model.subgraphs[0]
    makers = Counter(_name(model, op) for op in graph.ops)
    found = {}
    for op in graph.ops:
        name = _name(model, op)
        verdict, reason = _verdict(name, report)
        if verdict is not Verdict.RUNS and makers[name] > 1:
            verdict, reason = Verdict.UNKNOWN, f"Vela names {name!r}, which {makers[name]} ops make"
        found[0, op.index] = Proof(verdict, reason, by)
    return found


def _verdict(name: str, report: Report) -> tuple[Verdict, str]:
    if report.stopped is not None:
        if name == report.stopped[0]:
            return Verdict.FAILS_AT_START, report.stopped[1]
        return Verdict.UNKNOWN, STOPPED_THERE
    if name in report.warned:
        return Verdict.REFUSED, report.warned[name]
    return (Verdict.LEFT_ON_CPU, NO_REASON) if name in report.on_cpu else (Verdict.RUNS, "")


def _name(model: Model, op: Op) -> str:
    """What the op makes first, by its name in the file."""
    tensors = model.subgraphs[0].tensors
    return tensors[op.outputs[0]].name if op.outputs and 0 <= op.outputs[0] < len(tensors) else ""


def _maker(model: Model, name: str) -> Op | None:
    return next((op for op in model.subgraphs[0].ops if _name(model, op) == name), None)


def _last_words(ended: Ended, report: Report) -> str:
    if report.stopped is not None:
        return f"{report.stopped[0]!r}: {report.stopped[1]}"
    return ended.last_words


def _vela() -> str:
    """The program: beside this Python, or wherever programs are looked for."""
    beside = Path(sys.executable).with_name("vela")
    found = str(beside) if beside.is_file() else shutil.which("vela")
    if found is None:
        raise RuntimeMissingError("Vela, Arm's compiler for Ethos-U, isn't on this machine: pip install ethos-u-vela")
    return found
