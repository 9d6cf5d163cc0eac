"""What a target makes of a model: verdicts for ops, partitions and totals, as frozen values.

An op is named by (subgraph, index). A *side* is what runs on the delegate, or what stays on the CPU.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Verdict(StrEnum):
    """What becomes of one op."""

    RUNS = "runs"
    LEFT_ON_CPU = "left_on_cpu"
    """It could run, but lies outside of what the delegate takes."""
    REFUSED = "refused"
    FAILS_AT_START = "fails_at_start"
    """Accepted and then not built: nothing of the model runs on the delegate."""
    CANDIDATE = "candidate"
    """Offered to the vendor's compiler, which decides."""
    UNKNOWN = "unknown"


class TargetVerdict(StrEnum):
    """What becomes of a whole model."""

    FULL = "full"
    PARTIAL = "partial"
    NONE = "none"
    FAILS_AT_START = "fails_at_start"
    CANDIDATE = "candidate"
    UNKNOWN = "unknown"
    WRONG_OUTPUT = "wrong_output"
    """It runs whole, and its outputs differ from the CPU's."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a rule says of an op: the condition that failed in words ("" where none did), and who says so.

    ``source`` is the place the rule was read from. ``unit`` is the engine inside the accelerator that would run it.
    """

    verdict: Verdict
    reason: str
    source: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Proof:
    """What a real compile said of an op. ``by`` names it: "LiteRT 2.3.0's WebGPU accelerator on SwiftShader"."""

    verdict: Verdict
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class OpReport:
    """One op on one target. The real compile wins where it and the rule differ."""

    subgraph: int
    index: int
    type: str
    rule: Judgement
    proof: Proof | None = None

    @property
    def verdict(self) -> Verdict:
        return self.rule.verdict if self.proof is None else self.proof.verdict

    @property
    def reason(self) -> str:
        """Why: in the rule's words where rule and compile agree, as a compile seldom says which condition failed."""
        if self.proof is None or (not self.disagrees and self.rule.reason):
            return self.rule.reason
        return self.proof.reason

    @property
    def disagrees(self) -> bool:
        """Whether rule and real compile say different things."""
        return self.proof is not None and self.proof.verdict != self.rule.verdict


@dataclass(frozen=True, slots=True)
class Partition:
    """Ops of one subgraph the delegate would run as one. ``taken`` says that it does. Unknown MACs are None."""

    subgraph: int
    ops: tuple[int, ...]
    macs: int | None
    weight_bytes: int
    taken: bool


@dataclass(frozen=True, slots=True)
class Side:
    """Totals of the ops on one side; ``macs`` is None where no op's could be counted."""

    ops: int
    macs: int | None
    weight_bytes: int


@dataclass(frozen=True, slots=True)
class Boundary:
    """The tensors one side makes and the other reads, as (subgraph, tensor), each once; None for unknown sizes."""

    tensors: tuple[tuple[int, int], ...]
    bytes: int | None


@dataclass(frozen=True, slots=True)
class TargetReport:
    """A model on a target. ``ops`` are those of every subgraph, in file order.

    ``proved_by`` names the real compile behind the proofs, "" for none, and ``note`` what it had to say beside;
    ``failure`` says why a proof that was asked for couldn't be had. ``largest_difference`` is between the delegate's
    outputs and the CPU's, over the largest magnitude of the CPU's; None where nothing was compared.
    """

    target: str
    name: str
    verdict: TargetVerdict
    summary: str
    partitions: tuple[Partition, ...]
    delegated: Side
    rest: Side
    boundary: Boundary
    ops: tuple[OpReport, ...]
    provenance: str
    """Who says so: "from the source of … @ …", "proved by running …", "candidate: …"."""
    proved_by: str = ""
    note: str = ""
    failure: str = ""
    largest_difference: float | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One piece of advice: what stands in the model, and what to do about it.

    ``op`` is None where it is about the whole model (or subgraph). ``rewrite`` names a rewrite that mends it, "" for
    none. ``places`` are all ops it is about, the first of them (subgraph, op). ``target`` is the id of the target
    that it keeps the model off, "" for advice that holds for all.
    """

    id: str
    subgraph: int
    op: int | None
    message: str
    advice: str
    source: str
    rewrite: str = ""
    places: tuple[tuple[int, int], ...] = field(default=())
    target: str = ""


@dataclass(frozen=True, slots=True)
class Compiled:
    """What a real compile made of a model: ``ops`` by (subgraph, op) of the file.

    ``largest_difference`` is between the delegate's outputs and the CPU's on the same inputs, over the largest
    magnitude of the CPU's; None where nothing could be compared. ``note`` is what else a person should know.
    """

    by: str
    ops: Mapping[tuple[int, int], Proof]
    largest_difference: float | None = None
    note: str = ""
