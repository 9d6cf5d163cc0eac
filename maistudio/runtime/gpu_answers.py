"""What LiteRT's GPU accelerator prints while it compiles, read: the adapter, which ops it refuses and why.

The words are those of ai-edge-litert 2.3.0. It names each type of op it refuses with the reason, once, and counts: so
many ops on the GPU, so many on the CPU.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from maistudio.runtime.refusals import refusal
from maistudio.targets.values import Verdict

ADAPTER = re.compile(r"Selected adapter: (?P<name>.*?), arch=.*?backend=(?P<api>\w+), adapterType=(?P<kind>.*)")
REFUSED = "Following operations are not supported by GPU delegate:"
COUNTS = re.compile(r"^(?:(?P<gpu>\d+)|No) operations will run on the GPU, and (?:the remaining|all) (?P<cpu>\d+)")
REASON = re.compile(r"^(?P<type>[^\s:]+): ?(?P<reason>.*)$")
LOG_LINE = re.compile(r"^([IWEF]\d{4} |(INFO|WARNING|ERROR): )")
STOPPED_BEFORE = re.compile("unresolved custom op|Select TensorFlow op|Didn't find op for builtin opcode")
UNPREPARED = re.compile(
    r"Node number \d+ \(\S+\) failed to prepare|Failed to load model from buffer|inconsistent model"
)
"""With these LiteRT itself can't take the model, whatever the GPU thinks of it."""
DYNAMIC = re.compile(
    r"supports static-sized tensors with a graph that has dynamic-sized tensors \(tensor#(?P<tensor>\d+)"
)
INVALID = re.compile(r"Validation error: (?P<what>.*)")
"""WebGPU refuses a shader or a buffer: LiteRT goes on all the same, with zeros for what it should have computed."""
NOT_BUILT = re.compile(r"Failed to create \S+: (?P<what>.*)")
CHECK = re.compile(r"Check failed: (?P<what>.*)")
ERROR = re.compile(r"^(?:ERROR: |E\d{4} [^\]]*\] )(?:\[[^\]]*\] ?)?(?P<what>.*)")
OF_NO_USE = re.compile(r"^$|Failed to initialize kernel|Restored original execution plan|^Following operations")


@dataclass(frozen=True, slots=True)
class Adapter:
    """What drives the GPU: ``software`` says that it is a CPU after all."""

    name: str
    api: str
    software: bool


@dataclass(frozen=True, slots=True)
class Refusals:
    """Reasons by op type, and how many ops of the graph run where."""

    reasons: Mapping[str, tuple[str, ...]]
    on_gpu: int
    on_cpu: int

    @property
    def ops(self) -> int:
        return self.on_gpu + self.on_cpu


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of an op, and why."""

    verdict: Verdict
    reason: str = ""


RUNS = Fate(Verdict.RUNS)


def adapter_of(words: str) -> Adapter | None:
    """The adapter that was chosen; None where the words don't say."""
    found = ADAPTER.search(words)
    if found is None:
        return None
    return Adapter(found["name"].strip(), found["api"], "software" in found["kind"].lower())


def refusals_of(words: str) -> tuple[Refusals, ...]:
    """What is refused, for each graph of which some op is."""
    found, reasons, inside = [], {}, False  # type: list[Refusals], dict[str, tuple[str, ...]], bool
    for line in words.splitlines():
        counts = COUNTS.match(line)
        if line.endswith(REFUSED):
            reasons, inside = {}, True
        elif inside and counts:
            found.append(Refusals(reasons, int(counts["gpu"] or 0), int(counts["cpu"])))
            inside = False
        elif inside and not LOG_LINE.match(line):
            named = REASON.match(line)
            if named:
                reason = named["reason"].strip().removesuffix(".")
                reasons[named["type"]] = (*reasons.get(named["type"], ()), *([reason] if reason else []))
    return tuple(found)


def failure_of(words: str) -> str:
    """Why the GPU couldn't be given what it had accepted, in LiteRT's words; "" where they tell nothing."""
    for pattern in (NOT_BUILT, CHECK):
        found = pattern.search(words)
        if found:
            return found["what"].strip().removesuffix(".")
    errors = (ERROR.match(line) for line in words.splitlines())
    told = [found["what"].strip() for found in errors if found and not OF_NO_USE.search(found["what"])]
    return told[0].removesuffix(".") if told else ""


def fault_of(words: str) -> str:
    """What WebGPU finds wrong with the shaders LiteRT made, in its words; "" for nothing."""
    found = INVALID.search(words)
    return found["what"].strip() if found else ""


def refused_whole(words: str) -> str:
    """Why the delegate takes nothing of a graph, whatever its ops; "" where it doesn't refuse it so."""
    found = DYNAMIC.search(words)
    return f"it takes no graph whose sizes aren't known before it runs (tensor {found['tensor']})" if found else ""


def stopped_before(words: str) -> str:
    """Why LiteRT stopped before the GPU was asked; "" where it didn't."""
    if STOPPED_BEFORE.search(words):
        return refusal(RuntimeError(" ".join(line for line in words.splitlines() if line.startswith("ERROR: "))))
    return f"LiteRT can't take it: {failure_of(words)}" if UNPREPARED.search(words) else ""


def fate_alone(op_type: str, full: bool, words: str) -> Fate:
    """What becomes of an op compiled alone."""
    if full:
        return RUNS
    for refusals in refusals_of(words):
        if op_type in refusals.reasons:
            return Fate(Verdict.REFUSED, "; ".join(refusals.reasons[op_type]) or "the GPU refuses it without a reason")
    whole = refused_whole(words)
    if whole:
        return Fate(Verdict.REFUSED, whole)
    before = stopped_before(words)
    if before:
        return Fate(Verdict.UNKNOWN, before)
    failure = failure_of(words)
    if failure:
        return Fate(Verdict.FAILS_AT_START, f"the GPU accepts it and can't build it: {failure}")
    return Fate(Verdict.UNKNOWN, "compiled alone it is not taken, and LiteRT doesn't say why")
