"""Repeated structure: where a sequence of ops says the same thing several times in a row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

LONGEST_PERIOD = 512
TRIED = 12
"""How many places where a token comes again are tried as the next repetition."""
CUTS_TRIED = 8
LEAST = 12
"""A run is worth folding from this many items on."""


@dataclass(frozen=True, slots=True)
class Run:
    """``times`` repetitions of ``period`` items, the first at ``start``."""

    start: int
    period: int
    times: int

    @property
    def stop(self) -> int:
        return self.start + self.period * self.times


def runs(tokens: list[int], crossing: Sequence[int], loose: Callable[[int, int], int | None]) -> list[Run]:
    """Runs of repetitions in ``tokens``, from left to right and without overlap.

    ``crossing[n]`` says how many tensors pass from before item n to it or beyond: a run starts where few do, so that
    a repetition is one block of the network rather than half of two. ``loose`` says how many tensors join items
    ``start`` to ``stop`` to the rest, None where that is too many for a block of the network.
    """
    places: dict[int, list[int]] = {}
    for place, token in enumerate(tokens):
        places.setdefault(token, []).append(place)
    upcoming = dict.fromkeys(places, 0)
    found: list[Run] = []
    at, count = 0, len(tokens)
    while at < count - 1:
        same = places[tokens[at]]
        first = upcoming[tokens[at]]
        while same[first] <= at and first < len(same) - 1:
            first += 1
        upcoming[tokens[at]] = first
        best = _longest(tokens, at, same[first : first + TRIED])
        if best is None:
            at += 1
            continue
        run = _placed(best, crossing, tokens, loose)
        if run is None:
            at += 1
            continue
        found.append(run)
        at = run.stop
    return found


def _longest(tokens: list[int], at: int, again: Sequence[int]) -> Run | None:
    """The run from ``at`` that covers most, of periods that end where the first token comes again."""
    best: Run | None = None
    for place in again:
        period = place - at
        if period < 2 or period > LONGEST_PERIOD or place + period > len(tokens):
            continue
        if tokens[at : at + period].count(tokens[at]) == period:  # a row of the same, which has no blocks
            continue
        if tokens[at + 1] != tokens[place + 1] or tokens[at : at + period] != tokens[place : place + period]:
            continue
        times = 2
        while tokens[at + times * period : at + (times + 1) * period] == tokens[at : at + period]:
            times += 1
        run = Run(at, period, times)
        if run.stop - at >= LEAST and (best is None or run.stop > best.stop):
            best = run
    return best


def _placed(
    run: Run, crossing: Sequence[int], tokens: Sequence[int], loose: Callable[[int, int], int | None]
) -> Run | None:
    """The same repetitions cut where few tensors pass and each is a block; None where there is no such place."""
    end = run.stop
    while end < len(tokens) and tokens[end] == tokens[end - run.period]:
        end += 1
    choices: list[tuple[int, Run]] = []
    for start in range(run.start, run.start + run.period):
        times = (end - start) // run.period
        if times >= max(2, run.times - 1):
            passing = max(crossing[start + n * run.period] for n in range(1, min(times, 4)))
            choices.append((passing, Run(start, run.period, times)))
    choices.sort(key=lambda choice: (choice[0], choice[1].start))
    likely = [run, *(choice for _, choice in choices[:CUTS_TRIED])]
    joined = [loose(choice.start + choice.period, choice.start + 2 * choice.period) for choice in likely]
    rated = [(ends, number) for number, ends in enumerate(joined) if ends is not None]
    return likely[min(rated)[1]] if rated else None
