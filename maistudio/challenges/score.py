"""The challenges' score, 2^(2·PSNR) / (C · runtime), its inverses, and the place it would have taken."""

from __future__ import annotations

from dataclasses import dataclass
from math import log2

from maistudio.challenges.challenge import Challenge, Entry, Standing, Track
from maistudio.errors import UsageError

LARGEST_PSNR = 200.0
SMALLEST_RUNTIME, LARGEST_RUNTIME = 1e-6, 1e12
"""In ms. Within these bounds no score overflows or vanishes."""


@dataclass(frozen=True, slots=True)
class Interval:
    """From ``low`` to ``high``, both included."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class NextPlace:
    """The entry one place above, and what reaches its score.

    Either this PSNR (dB) at your runtime, or this runtime (in the challenge's unit) at your PSNR.
    """

    team: str
    score: float
    psnr_needed: float
    runtime_needed: float


@dataclass(frozen=True, slots=True)
class Place:
    """The rank a score would have taken, ``of`` the ranked entries and this one.

    ``next`` is None at the top; ``level_with`` names the entries of the very same score, which share the rank.
    """

    rank: int
    of: int
    next: NextPlace | None
    level_with: tuple[str, ...] = ()


def score(constant: float, psnr: float, runtime: float) -> float:
    """2^(2·PSNR) / (C · runtime), section 2.5 of the reports.

    PSNR in dB, runtime in ms as the challenge counts it. Raises UsageError as ``check`` does.
    """
    check(psnr, runtime)
    return float(2.0 ** (2 * psnr) / (constant * runtime))


def check(psnr: float, runtime: float) -> None:
    """Raises UsageError for a PSNR not within ±LARGEST_PSNR, or a runtime below SMALLEST or above LARGEST_RUNTIME."""
    if not abs(psnr) <= LARGEST_PSNR:
        raise UsageError(f"a PSNR of {psnr:g} dB has no score: give one from -{LARGEST_PSNR:g} to {LARGEST_PSNR:g} dB")
    if not SMALLEST_RUNTIME <= runtime <= LARGEST_RUNTIME:
        bounds = f"from {SMALLEST_RUNTIME:g} to {LARGEST_RUNTIME:g} ms"
        raise UsageError(f"a runtime of {runtime:g} ms has no score: give one {bounds}")


def psnr_for(constant: float, wanted: float, runtime: float) -> float:
    """The PSNR in dB that gives the score ``wanted`` at this runtime. ``wanted`` is above 0."""
    return (log2(wanted) + log2(constant) + log2(runtime)) / 2


def runtime_for(constant: float, wanted: float, psnr: float) -> float:
    """The runtime in ms that gives the score ``wanted`` at this PSNR. ``wanted`` is above 0."""
    return float(2.0 ** (2 * psnr) / (constant * wanted))


def score_interval(constant: float, psnr: Interval, runtime: Interval) -> Interval:
    """The scores of all PSNRs and runtimes in the intervals. Raises UsageError as ``score`` does."""
    return Interval(score(constant, psnr.low, runtime.high), score(constant, psnr.high, runtime.low))


def recomputed(challenge: Challenge, entry: Entry) -> float | None:
    """An entry's score from its printed PSNR and runtime, None where one of them is missing."""
    psnr, runtime = entry.value("psnr"), entry.runtime_used
    return None if psnr is None or runtime is None else score(challenge.constant, psnr, runtime)


def place(challenge: Challenge, psnr: float, runtime: float) -> Place:
    """The rank among the ranked entries, each with its score recomputed from its printed PSNR and runtime.

    Like stands against like this way: a printed score was rounded from a PSNR with more digits than are printed. It
    counts only where one of the two is missing. Equal scores share a rank. Raises UsageError as ``score`` does.
    """
    own = score(challenge.constant, psnr, runtime)
    others = [
        (found, entry)
        for entry in challenge.scored.entries
        if entry.standing is Standing.RANKED and (found := _known_score(challenge, entry)) is not None
    ]
    above = [(found, entry) for found, entry in others if found > own]
    following = min(above, key=lambda pair: pair[0], default=None)
    level = tuple(entry.team for found, entry in others if found == own)
    return Place(len(above) + 1, len(others) + 1, following and _next(challenge, *following, psnr, runtime), level)


def _known_score(challenge: Challenge, entry: Entry) -> float | None:
    found = recomputed(challenge, entry)
    return entry.value("score") if found is None else found


def _next(challenge: Challenge, wanted: float, entry: Entry, psnr: float, runtime: float) -> NextPlace:
    constant = challenge.constant
    return NextPlace(entry.team, wanted, psnr_for(constant, wanted, runtime), runtime_for(constant, wanted, psnr))


def ranks(challenge: Challenge, track: Track) -> tuple[int | None, ...]:
    """Each row's rank by what the track is ranked by, as printed; None for rows outside the ranking.

    Where no scores were printed, the recomputed ones rank. Of equal scores the one printed first is ahead, since the
    report's table is its ranking; equal opinions share a rank, since their table is only a list.
    """
    printed = track.ranked_by in track.columns
    values = [
        (entry.value(track.ranked_by) if printed else recomputed(challenge, entry))
        if entry.standing is Standing.RANKED
        else None
        for entry in track.entries
    ]
    order = sorted(
        (row for row, value in enumerate(values) if value is not None), key=lambda row: values[row] or 0.0, reverse=True
    )
    found: list[int | None] = [None] * len(values)
    for place_in_order, row in enumerate(order):
        before = order[place_in_order - 1] if place_in_order else row
        shares = track.ranked_by == "mos" and place_in_order and values[before] == values[row]
        found[row] = found[before] if shares else place_in_order + 1
    return tuple(found)
