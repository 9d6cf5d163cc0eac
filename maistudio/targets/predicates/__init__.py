"""Conditions that truly need code, by the names target files call them: one small function each.

A predicate answers "" where it holds, else says what is wrong with the op. It gets the table under ``with``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import IntFlag

from maistudio.targets.facts import OpFacts
from maistudio.targets.predicates import cpu, gpu, vendor

Predicate = Callable[[OpFacts, Mapping[str, object]], str]
FAMILIES = (cpu, gpu, vendor)


class Reads(IntFlag):
    """What decides beside an op's type, version, options and the kinds of its tensors."""

    OP = 0
    FINE = 1
    """Scales, zero points and the values of small constants."""
    AROUND = 2
    """The ops that make its inputs or read its outputs."""


def predicate_named(name: str) -> Predicate | None:
    return next((family.PREDICATES[name] for family in FAMILIES if name in family.PREDICATES), None)


def reads_of(name: str) -> Reads:
    """What a predicate looks at."""
    reads = Reads.OP
    for family in FAMILIES:
        if name in family.LOOKS_AROUND:
            reads |= Reads.AROUND
        if name in family.READS_VALUES or name in family.READS_SCALES:
            reads |= Reads.FINE
    return reads
