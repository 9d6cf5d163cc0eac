"""Which of two sets of names belong together: equal ones, or those that a constant affix makes equal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Set
from dataclasses import dataclass, field

LONGEST_AFFIX = 24
MOST_WAYS = 16
"""Affixes that pair as many names, of which all are tried: more mean that the names say nothing."""
DIGITS = "0123456789"


@dataclass(frozen=True, slots=True)
class Rule:
    """What to drop of the names on one side, at their end or start."""

    of_inputs: bool
    at_end: bool
    affix: str

    def rest(self, name: str) -> str:
        """The name without the affix; empty where it doesn't have it."""
        if self.at_end:
            return name.removesuffix(self.affix) if name.endswith(self.affix) else ""
        return name.removeprefix(self.affix) if name.startswith(self.affix) else ""


@dataclass(frozen=True, slots=True)
class NameMatch:
    """Each input's ground truth, by name; ``ambiguous`` where nothing was matched as several ways fit as well."""

    partners: Mapping[str, str] = field(default_factory=dict)
    ambiguous: bool = False


def match_names(inputs: Set[str], truths: Set[str]) -> NameMatch:
    """Pairs of equal names, or those equal after one prefix or suffix is dropped on one side, whichever are more.

    The affix is found from the names: the one that pairs most of them, and more than half of the side with fewer.
    Where two affixes pair as many in different ways, none is taken. Where no names are equal either way, what all names
    of a side have in common before and behind their numbers is dropped on both: "LR_1" belongs to "HR_1".
    """
    equal = {name: name for name in inputs if name in truths}
    fewer = min(len(inputs), len(truths))
    if len(equal) == fewer:
        return NameMatch(equal)
    counts = _affixes(inputs, truths, of_inputs=True) + _affixes(truths, inputs, of_inputs=False)
    most = max(counts.values(), default=0)
    if not equal and not most:
        return _without_common_parts(inputs, truths)
    if len(equal) >= most or 2 * most <= fewer:
        return NameMatch(equal)
    tied = sum(count == most for count in counts.values())
    if tied > MOST_WAYS:
        return NameMatch(ambiguous=True)
    ways = [_partners(rule, inputs, truths) for rule, count in counts.items() if count == most]
    if any(way != ways[0] for way in ways):
        return NameMatch(ambiguous=True)
    return NameMatch(ways[0])


def _without_common_parts(inputs: Set[str], truths: Set[str]) -> NameMatch:
    numbers, true_numbers = _numbers(inputs), _numbers(truths)
    partners = {numbers[rest]: true_numbers[rest] for rest in numbers if rest in true_numbers}
    return NameMatch(partners if 2 * len(partners) > min(len(inputs), len(truths)) else {})


def _numbers(names: Set[str]) -> dict[str, str]:
    """The names by what is left of each without the common parts; those of which that is no number are left out."""
    start, end = _common_parts(names)
    rests = {name.removeprefix(start).removesuffix(end): name for name in names}
    return {rest: name for rest, name in rests.items() if rest[:1] in DIGITS and rest[-1:] in DIGITS and rest}


def _common_parts(names: Set[str]) -> tuple[str, str]:
    """What all names begin and end with, up to their numbers; nothing of a single name, which is all in common."""
    if len(names) < 2:
        return "", ""
    start = _common_start(names).rstrip(DIGITS)
    end = _common_start({name[len(start) :][::-1] for name in names})[::-1].lstrip(DIGITS)
    return start, end


def _common_start(names: Set[str]) -> str:
    """The first and last in order differ no later than any two others."""
    first, last = min(names), max(names)
    same = (index for index, (a, b) in enumerate(zip(first, last, strict=False)) if a != b)
    return first[: next(same, min(len(first), len(last)))]


def _affixes(long: Set[str], short: Set[str], *, of_inputs: bool) -> Counter[Rule]:
    """How many of the long names each affix makes one of the short ones."""
    counts: Counter[tuple[bool, str]] = Counter()
    for name in long:
        for length in range(1, min(len(name), LONGEST_AFFIX + 1)):
            if name[:-length] in short:
                counts[True, name[-length:]] += 1
            if name[length:] in short:
                counts[False, name[:length]] += 1
    return Counter({Rule(of_inputs, at_end, affix): count for (at_end, affix), count in counts.items()})


def _partners(rule: Rule, inputs: Set[str], truths: Set[str]) -> dict[str, str]:
    long, short = (inputs, truths) if rule.of_inputs else (truths, inputs)
    pairs = [(name, rest) for name in long if (rest := rule.rest(name)) in short]
    return dict(pairs) if rule.of_inputs else {rest: name for name, rest in pairs}
