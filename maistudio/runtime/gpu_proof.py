"""The second opinion of LiteRT's GPU accelerator: compiled whole, then op by op where needed, then run and compared."""

from __future__ import annotations

import re
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from maistudio.errors import MaiStudioError, ModelRunError
from maistudio.runtime.asking import CompilerDiedError, ask_steps
from maistudio.runtime.bounds import Bounds
from maistudio.runtime.children import Children
from maistudio.runtime.comparing import largest_difference_steps
from maistudio.runtime.gpu_answers import (
    Adapter,
    Fate,
    adapter_of,
    failure_of,
    fate_alone,
    fault_of,
    refused_whole,
    stopped_before,
)
from maistudio.runtime.gpu_fates import fates, refusals_of_main, to_ask_alone
from maistudio.runtime.model_file import read_for_proof
from maistudio.runtime.protocol import Message
from maistudio.targets.values import Compiled, Proof, Verdict
from maistudio.tflite.model import Model

PROVER = "gpu"
MOST_DEATHS = 8
"""Ops compiled alone that may end their process; then the rest stays unknown: each costs a second or so."""
CUT_NAME = re.compile(r"\btensor_(\d+)\b")


@dataclass(frozen=True, slots=True)
class Whole:
    """What came of compiling the whole model. ``death`` is the sentence of a compiler that died."""

    full: bool
    words: str
    version: str
    death: str = ""


def gpu_steps(path: Path, bounds: Bounds, children: Children) -> Generator[str, None, Compiled]:
    """As ``prove_steps``, for the main subgraph. Where all or a part of it runs there, the outputs are compared."""
    yield "asking the GPU"
    model = read_for_proof(path)
    whole = yield from _whole_steps(path, bounds, children)
    by = _name(whole.version, adapter_of(whole.words))
    found, note = yield from _fates_steps(path, model, whole, bounds, children)
    proofs = {(0, index): Proof(fate.verdict, fate.reason, by) for index, fate in sorted(found.items())}
    difference, why_not = None, ""
    if not note and any(proof.verdict is Verdict.RUNS for proof in proofs.values()) and not _fails(proofs):
        difference, why_not = yield from _difference_steps(path, bounds, children)
    fault = fault_of(whole.words) if whole.full else ""
    notes = (note, f"LiteRT goes on over a fault that WebGPU finds: {fault}" if fault else "", why_not)
    return Compiled(by, proofs, difference, "; ".join(filter(None, notes)))


def _whole_steps(path: Path, bounds: Bounds, children: Children) -> Generator[str, None, Whole]:
    try:
        answer, version = yield from ask_steps(path, PROVER, {}, bounds, children)
    except CompilerDiedError as error:
        return Whole(False, error.log, error.version, failure_of(error.log) or str(error).removeprefix(f"{path}: "))
    return Whole(answer.get("full") is True, str(answer.get("words", "")), version)


def _fates_steps(
    path: Path, model: Model, whole: Whole, bounds: Bounds, children: Children
) -> Generator[str, None, tuple[dict[int, Fate], str]]:
    """What becomes of each op, and what else there is to know."""
    ops = model.subgraphs[0].ops
    if whole.full:
        return {op.index: Fate(Verdict.RUNS) for op in ops}, ""
    refused = refused_whole(whole.words)
    if refused and not whole.death:
        return {op.index: Fate(Verdict.REFUSED, refused) for op in ops}, ""
    refusals = refusals_of_main(model, whole.words)
    before = stopped_before(whole.words)
    failure = whole.death or ("" if before else _failure(whole.words))
    asked = to_ask_alone(model, refusals, bool(failure))
    alone = yield from _alone_steps(path, model, asked, bounds, children)
    why = failure or before
    note = f"it can't be compiled as a whole ({why}), so its ops were asked alone" if why else ""
    return fates(model, refusals, alone, failure), note


def _failure(words: str) -> str:
    """Why what the GPU accepts couldn't be built; being partial is no failure."""
    return "" if "Some ops are not accelerated" in words else failure_of(words)


@dataclass(slots=True)
class Asked:
    """What compiles of single ops told so far, by their likeness, and the op at work."""

    outcomes: dict[str, Mapping[str, object]] = field(default_factory=dict)
    likeness: dict[int, str] = field(default_factory=dict)
    names: dict[int, list[str]] = field(default_factory=dict)
    at_work: int | None = None

    def begin(self) -> None:
        """A new process begins."""
        self.at_work = None

    def hear(self, message: Message) -> None:
        if "op" in message:
            self.at_work = int(message["op"])
            self.likeness[self.at_work] = str(message["likeness"])
            self.names[self.at_work] = list(map(str, message["names"]))
        elif "likeness" in message:
            self.outcomes[str(message["likeness"])] = message


def _alone_steps(
    path: Path, model: Model, ops: list[int], bounds: Bounds, children: Children
) -> Generator[str, None, dict[int, Fate]]:
    asked, deaths, left = Asked(), 0, ops
    while left and deaths < MOST_DEATHS:
        request = {"ops": left, "known": list(asked.outcomes)}
        asked.begin()
        try:
            yield from ask_steps(path, PROVER, request, bounds, children, asked.hear)
            break
        except ModelRunError as error:
            deaths += 1
            if asked.at_work is None:  # not of an op
                raise
            why = failure_of(error.log) or str(error).removeprefix(f"{path}: ")
            crashed = isinstance(error, CompilerDiedError)
            asked.outcomes[asked.likeness[asked.at_work]] = {"death" if crashed else "stop": why}
        left = left[left.index(asked.at_work) :]
    return {index: _fate(model, index, asked) for index in ops}


def _fate(model: Model, index: int, asked: Asked) -> Fate:
    outcome = asked.outcomes.get(asked.likeness.get(index, ""))
    if outcome is None:
        return Fate(Verdict.UNKNOWN, f"not tried alone, after {MOST_DEATHS} others the compiler died of")
    if "death" in outcome:
        return Fate(Verdict.FAILS_AT_START, f"the compiler dies of it: {outcome['death']}")
    if "stop" in outcome:
        return Fate(Verdict.UNKNOWN, str(outcome["stop"]))
    names = asked.names[index]

    def original(found: re.Match[str]) -> str:
        place = int(found[1])
        return names[place] if place < len(names) else found[0]

    words = CUT_NAME.sub(original, str(outcome.get("words", "")))
    return fate_alone(model.subgraphs[0].ops[index].type, outcome.get("full") is True, words)


def _fails(proofs: Mapping[tuple[int, int], Proof]) -> bool:
    return any(proof.verdict is Verdict.FAILS_AT_START for proof in proofs.values())


def _difference_steps(path: Path, bounds: Bounds, children: Children) -> Generator[str, None, tuple[float | None, str]]:
    """The largest difference, or None and why there is none."""
    try:
        return (yield from largest_difference_steps(path, bounds, children)), ""
    except MaiStudioError as error:
        return None, f"its outputs weren't compared with the CPU's: {str(error).removeprefix(f'{path}: ')}"


def _name(version: str, adapter: Adapter | None) -> str:
    accelerator = f"LiteRT {version}'s GPU accelerator"
    if adapter is None:
        return accelerator
    on = f"{accelerator} (WebGPU, {adapter.api}) on {adapter.name}"
    return f"{on}, a software adapter" if adapter.software else on
