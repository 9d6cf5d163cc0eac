"""A target as its file states it: what it is, its rules, and which partitions it takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from maistudio.targets.conditions import Condition
from maistudio.targets.facts import GraphFacts
from maistudio.targets.folding import Fold
from maistudio.targets.predicates import Reads
from maistudio.targets.values import Verdict

SAYS = ("source", "documents", "candidate")
CUSTOM = "CUSTOM"
"""The rule for custom ops that no rule names."""


@dataclass(frozen=True, slots=True)
class Unit:
    """An engine inside the accelerator, and the condition under which it runs an op; None for always."""

    name: str
    when: Condition | None


@dataclass(frozen=True, slots=True)
class Rule:
    """What becomes of an op: the conditions by the verdict for an op that fails one, in the order they are asked.

    ``verdict`` is that of an op that meets all of them, ``because`` the reason for it, "" for none needed. ``note``
    is told whatever the verdict is. ``units`` are asked in order; an op that none of them runs is refused.
    ``reads`` is what of an op decides.

    ``shared`` and ``own`` are the places of the conditions that ops of a kind share, and of those that look closer.
    """

    source: str
    conditions: tuple[tuple[Verdict, Condition], ...]
    verdict: Verdict
    because: str
    note: str
    units: tuple[Unit, ...]
    reads: Reads
    fine: bool = field(init=False)
    around: bool = field(init=False)
    shared: tuple[int, ...] = field(init=False)
    own: tuple[int, ...] = field(init=False)

    def __post_init__(self) -> None:
        places = range(len(self.conditions))
        shared = tuple(place for place in places if not self.conditions[place][1].reads)
        for name, value in (
            ("fine", bool(self.reads & Reads.FINE)),
            ("around", bool(self.reads & Reads.AROUND)),
            ("shared", shared),
            ("own", tuple(place for place in places if place not in shared)),
        ):
            object.__setattr__(self, name, value)


@dataclass(frozen=True, slots=True)
class GraphCondition:
    """A condition on a whole subgraph, without which every op of it is refused."""

    test: Callable[[GraphFacts], str]
    because: str
    source: str


@dataclass(frozen=True, slots=True)
class Partitioning:
    """Which partitions run on the device: all of at least ``smallest`` ops, or the ``most`` largest of these.

    ``smallest_unless_whole`` says that a smaller one is taken all the same where it is the whole graph.
    ``takes_folded`` says that folded ops are counted and taken as others are.
    """

    most: int | None
    smallest: int
    smallest_unless_whole: bool
    folds: frozenset[Fold]
    takes_folded: bool
    source: str


def taken(groups: Sequence[tuple[int, ...]], partitioning: Partitioning, whole: int) -> frozenset[int]:
    """Which of the groups, by place, run on the device: the largest ones where not all do.

    ``whole`` is how many ops there are to take.
    """
    least = partitioning.smallest
    if partitioning.smallest_unless_whole and len(groups) == 1 and len(groups[0]) == whole:
        least = 1
    large = [place for place, group in enumerate(groups) if len(group) >= least]
    if partitioning.most is not None and len(large) > partitioning.most:
        large.sort(key=lambda place: -len(groups[place]))
    return frozenset(large[: partitioning.most])


@dataclass(frozen=True, slots=True)
class Target:
    """A delegate: engine, version and backend. ``device`` is what sentences call it: "GPU".

    ``says`` is "source" (the delegate's own code), "documents" or "candidate" (the vendor's compiler decides);
    ``source`` is what the rules' sources are places in. ``prover`` names the real compile that can be asked, "" for
    none. ``rules`` are by op type.
    """

    id: str
    name: str
    engine: str
    version: str
    backend: str
    device: str
    says: str
    source: str
    notes: tuple[str, ...]
    prover: str
    rules: Mapping[str, Rule]
    unlisted: Rule
    graph: tuple[GraphCondition, ...]
    partitioning: Partitioning

    def rule_for(self, op_type: str, custom: bool) -> Rule:
        """The rule of an op: by its type or custom code, else for custom ops in general, else for unlisted ones."""
        found = self.rules.get(op_type)
        if found is None and custom:
            found = self.rules.get(CUSTOM)
        return found or self.unlisted

    @property
    def provenance(self) -> str:
        """Who says so, as a label: "from the source of google-ai-edge/LiteRT @ f674577"."""
        return {
            "source": f"from the source of {self.source.replace(' ', ' @ ', 1)}",
            "documents": f"from documents: {self.source}",
            "candidate": f"candidate: the vendor's compiler decides; listed in {self.source}",
        }[self.says]
