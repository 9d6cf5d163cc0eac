"""Stands in for what checks models: made-up targets with verdicts by op type, and jobs that can be held up."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from maistudio.errors import MaiStudioError
from maistudio.gui.targets.items import items_of
from maistudio.gui.targets.matrix import matrix_of
from maistudio.gui.targets.reading import Checked, Known, KnownTarget, Rewritten
from maistudio.jobs.open import OpenedModel
from maistudio.jobs.progress import Job, Progress
from maistudio.jobs.rewrite import PossibleRewrite
from maistudio.targets.values import (
    Boundary,
    Finding,
    Judgement,
    OpReport,
    Partition,
    Proof,
    Side,
    TargetReport,
    TargetVerdict,
    Verdict,
)
from maistudio.tflite.model import Model

PATIENCE_SECONDS = 30
SOURCE = "builder.cc:12"

TARGETS = (
    KnownTarget("tflite-gpu-2021", "TFLite GPU delegate, 2021", "GPU", "TensorFlow 2.5"),
    KnownTarget("tflite-gpu-opencl", "TFLite GPU delegate, OpenCL", "GPU", "LiteRT 2.3"),
    KnownTarget("tflite-gpu-opengl", "TFLite GPU delegate, OpenGL", "GPU", "LiteRT 2.3"),
    KnownTarget("litert-gpu", "LiteRT GPU", "GPU", "LiteRT 2.3", "litert-gpu"),
    KnownTarget("nnapi-30", "NNAPI, Android 11", "NNAPI"),
    KnownTarget("xnnpack", "XNNPACK", "CPU", "LiteRT 2.3", "xnnpack"),
    KnownTarget("samsung-enn", "Samsung ENN", "NPU and DSP"),
    KnownTarget("synaptics-vs680", "Synaptics VS680", "NPU and DSP"),
)
CHALLENGES = {"Video super-resolution 2021": ("tflite-gpu-2021",), "Denoising 2021": ("samsung-enn", "tflite-gpu-2021")}

Rules = Mapping[str, tuple[Verdict, str]]
"""What a target makes of op types; all others run."""


class FakeDesk:
    """Has the methods of ``Desk``. Checks end when ``let_go`` is set, proofs when ``let_proofs_go`` is; they are first.

    ``rules`` are by target, ``proofs`` what real compiles say of op types. ``refusal`` makes checks fail.
    """

    def __init__(self, targets: Sequence[KnownTarget] = TARGETS) -> None:
        self.targets = tuple(targets)
        self.faults: tuple[str, ...] = ()
        self.rules: dict[str, Rules] = {"tflite-gpu-2021": {"CONV_2D": (Verdict.REFUSED, "too wide")}}
        self.proofs: dict[str, Rules] = {}
        self.findings: tuple[Finding, ...] = ()
        self.silenced: set[str] = set()
        self.refusal = ""
        self.failures: dict[str, str] = {}
        self.rewritable = 2
        self.difference: float | None = 0.0
        self.let_go, self.let_proofs_go = threading.Event(), threading.Event()
        self.let_go.set()
        self.let_proofs_go.set()
        self.checks: list[tuple[str, ...]] = []
        self.proved: list[tuple[str, ...]] = []
        self.rewrites: list[tuple[str, str, Path, bool]] = []
        self.stopped: list[str] = []
        self.threads: set[str] = set()

    def known(self) -> Job[Known]:
        yield Progress("Reading")
        return Known(self.targets, self.faults, CHALLENGES)

    def check(
        self, opened: OpenedModel, asked: Sequence[str], kept: Mapping[str, TargetReport], sha256: str = ""
    ) -> Job[Checked]:
        self.checks.append(tuple(asked))
        self.threads.add(threading.current_thread().name)
        yield from self._held("check", self.let_go)
        if self.refusal:
            raise MaiStudioError(self.refusal)
        made = {each.id: report_of(opened.model, each, self.rules.get(each.id, {})) for each in self.targets}
        reports = tuple(kept.get(target) or made[target] for target in asked if target in made)
        items = items_of(reports, self.findings, self.silenced)
        return Checked(tuple(asked), reports, self.findings, matrix_of(opened.model, reports), items)

    def prove(self, opened: OpenedModel, asked: Sequence[str]) -> Job[tuple[TargetReport, ...]]:
        self.proved.append(tuple(asked))
        yield from self._held("prove", self.let_proofs_go)
        by_id = {each.id: each for each in self.targets}
        return tuple(
            report_of(
                opened.model,
                by_id[target],
                self.rules.get(target, {}),
                self.proofs.get(target),
                failure=self.failures.get(target, ""),
            )
            for target in asked
        )

    def look(self, opened: OpenedModel, target: str, rewrite: str) -> Job[PossibleRewrite | None]:
        yield Progress("Looking")
        return PossibleRewrite(rewrite, "Take it apart", "Does it otherwise.", self.rewritable, 1)

    def rewrite(self, opened: OpenedModel, target: str, rewrite: str, output: Path, force: bool) -> Job[Rewritten]:
        self.rewrites.append((target, rewrite, output, force))
        yield from self._held("rewrite", self.let_go)
        refusal = "" if self.difference is not None and self.difference < 1e-5 else "its output differs by a lot"
        return Rewritten(
            output, "SPLIT became 2 SLICE", "it runs whole", self.difference, refusal, force or not refusal
        )

    def silence(self, path: Path, finding: str, quiet: bool) -> Job[frozenset[str]]:
        yield Progress("Remembering")
        (self.silenced.add if quiet else self.silenced.discard)(finding)
        return frozenset(self.silenced)

    def _held(self, what: str, gate: threading.Event) -> Job[None]:
        try:
            yield Progress("working", 0.25)
            while not gate.wait(0.005):
                yield Progress("working", 0.5)
        except GeneratorExit:
            self.stopped.append(what)
            raise


def report_of(
    model: Model, target: KnownTarget, rules: Rules, proofs: Rules | None = None, failure: str = ""
) -> TargetReport:
    """A target that takes every op its rules don't name; what runs makes one partition in each subgraph."""
    ops = tuple(
        OpReport(graph.index, op.index, op.type, _rule(rules, op.type), _proof(proofs, op.type))
        for graph in model.subgraphs
        for op in graph.ops
    )
    runs = [op for op in ops if op.verdict is Verdict.RUNS]
    verdicts = {op.verdict for op in ops}
    verdict = (
        TargetVerdict.FAILS_AT_START
        if Verdict.FAILS_AT_START in verdicts
        else TargetVerdict.FULL
        if len(runs) == len(ops)
        else TargetVerdict.PARTIAL
        if runs
        else TargetVerdict.NONE
    )
    parts = tuple(
        Partition(graph.index, held, 1000 * len(held), 100, True)
        for graph in model.subgraphs
        if (held := tuple(op.index for op in runs if op.subgraph == graph.index))
    )
    left = len(ops) - len(runs)
    return TargetReport(
        target.id,
        target.name,
        verdict,
        f"{len(runs)} of {len(ops)} ops on the {target.family}",
        parts,
        Side(len(runs), 1000 * len(runs), 100),
        Side(left, 1000 * left, 0),
        Boundary(((0, 0),) if left else (), 2048 if left else 0),
        ops,
        "proved by running a compiler" if proofs is not None else "from the source of engine @ abc",
        "a compiler" if proofs is not None else "",
        failure=failure,
    )


def _rule(rules: Rules, op_type: str) -> Judgement:
    verdict, reason = rules.get(op_type, (Verdict.RUNS, ""))
    return Judgement(verdict, reason, SOURCE)


def _proof(proofs: Rules | None, op_type: str) -> Proof | None:
    if proofs is None:
        return None
    verdict, reason = proofs.get(op_type, (Verdict.RUNS, ""))
    return Proof(verdict, reason, "a compiler")


def advice(
    lint: str = "float-interface", rewrite: str = "", places: Sequence[tuple[int, int]] = ((0, 0),), target: str = ""
) -> Finding:
    """A piece of advice about these ops."""
    first = places[0] if places else (0, None)
    return Finding(
        lint, first[0], first[1], f"{lint} is there", "Do without", "a paper", rewrite, tuple(places), target
    )
