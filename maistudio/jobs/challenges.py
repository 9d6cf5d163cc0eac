"""What a person asks of the challenges: which there are, a score with its place, a leaderboard."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeAlias

from maistudio.challenges.catalogue import Catalogue
from maistudio.challenges.challenge import Challenge, Entry, Standing, Track
from maistudio.challenges.columns import COLUMNS
from maistudio.challenges.score import Interval, place, ranks, recomputed, score, score_interval
from maistudio.jobs.text_tables import TextTable

RECOMPUTED = "Recomputed"

_Column: TypeAlias = tuple[str, bool, Callable[[Entry], str]]
"""A heading, whether numbers stand below it, and an entry's text."""


def challenge_rows(catalogue: Catalogue) -> list[dict[str, Any]]:
    """What ``maistudio challenges --json`` prints, a row for each challenge."""
    return [
        {
            "id": challenge.id,
            "title": challenge.title,
            "year": challenge.year,
            "task": challenge.task,
            "scale": challenge.scale,
            "constant": whole_if_exact(challenge.constant),
            "constant_text": challenge.constant_text,
            "runtime_column": challenge.runtime_label,
            "device": challenge.device.name,
            "accelerator": challenge.device.accelerator_name,
            "delegate": challenge.device.delegate,
            "input": list(challenge.model.input),
            "output": list(challenge.model.output),
            "packing": challenge.model.packing,
            "convention": challenge.convention.id,
            "targets": list(challenge.targets),
            "datasets": [layout.title for layout in challenge.layouts],
            "tracks": [track.id for track in challenge.tracks],
            "report": challenge.report,
        }
        for challenge in catalogue.challenges
    ]


def whole_if_exact(number: float) -> float | int:
    """``number`` as an integer where it is one, so that JSON shows all its digits."""
    return int(number) if number.is_integer() else number


def score_answer(challenge: Challenge, psnr: float, runtime: float) -> dict[str, Any]:
    """What ``maistudio score --json`` prints. PSNR in dB, runtime in ms as the challenge counts it.

    Raises UsageError for numbers that have no score.
    """
    taken = place(challenge, psnr, runtime)
    return {
        "challenge": challenge.id,
        "psnr": psnr,
        "runtime_ms": runtime,
        "score": score(challenge.constant, psnr, runtime),
        "rank": taken.rank,
        "of": taken.of,
        "next": taken.next
        and {
            "team": taken.next.team,
            "score": taken.next.score,
            "psnr_needed": taken.next.psnr_needed,
            "runtime_ms_needed": taken.next.runtime_needed,
        },
    }


def margin_answer(challenge: Challenge, psnr: Interval, runtime: Interval) -> dict[str, Any]:
    """What ``maistudio score --json`` adds for margins: the scores and ranks that PSNR and runtime may mean.

    Raises UsageError for intervals that reach numbers without a score.
    """
    scores = score_interval(challenge.constant, psnr, runtime)
    return {
        "score_low": scores.low,
        "score_high": scores.high,
        "rank_best": place(challenge, psnr.high, runtime.low).rank,
        "rank_worst": place(challenge, psnr.low, runtime.high).rank,
    }


def leaderboard_rows(challenge: Challenge, track: Track) -> list[dict[str, Any]]:
    """What ``maistudio leaderboard --json`` prints: the rows of a track, unknown values None.

    A model's opinion score is in its row, whichever track printed it.
    """
    opinions = _opinions(challenge)
    return [
        {
            "rank": rank,
            "team": entry.team,
            "author": entry.text("author"),
            "framework": _words(entry, "framework"),
            "size_kb": _number(entry.size_kb),
            "psnr": entry.value("psnr"),
            "ssim": entry.value("ssim"),
            "psnr_drop": entry.value("psnr_drop"),
            "ssim_drop": entry.value("ssim_drop"),
            "cpu_ms": _number(entry.value("cpu_ms")),
            "accelerator_ms": _number(entry.value("accelerator_ms")),
            "runtime_used_ms": _number(entry.runtime_used),
            "speed_up": entry.value("speed_up"),
            "score": entry.value("score"),
            "score_recomputed": recomputed(challenge, entry),
            "mos": opinions.get(_model(entry)),
            "baseline": entry.standing is Standing.BASELINE,
            "note": entry.note,
        }
        for rank, entry in zip(ranks(challenge, track), track.entries, strict=True)
    ]


def leaderboard_table(challenge: Challenge, track: Track) -> TextTable:
    """A published table as the report prints it, with ranks before it and recomputed scores and notes after it."""
    published: list[_Column] = [
        (_heading(challenge, column), COLUMNS[column].kind == "number", partial(Entry.text, column=column))
        for column in track.columns
    ]
    if track.ranked_by == "score":
        published.append((RECOMPUTED, True, lambda entry: _recomputed_text(challenge, entry)))
    if any(entry.note for entry in track.entries):
        published.append(("Note", False, _note))
    rows = (
        ("" if rank is None else str(rank), *(text(entry) for _, _, text in published))
        for rank, entry in zip(ranks(challenge, track), track.entries, strict=True)
    )
    return TextTable(
        headings=("Rank", *(heading for heading, _, _ in published)),
        numbers=(True, *(number for _, number, _ in published)),
        rows=tuple(rows),
    )


def _note(entry: Entry) -> str:
    return entry.note or ("baseline" if entry.standing is Standing.BASELINE else "")


def _heading(challenge: Challenge, column: str) -> str:
    if column in ("cpu_ms", "accelerator_ms"):
        return f"{challenge.runtime_name(column)}, {challenge.runtime_unit}"
    return COLUMNS[column].heading


def _recomputed_text(challenge: Challenge, entry: Entry) -> str:
    """With two decimals, as the reports print most scores."""
    number = recomputed(challenge, entry)
    return "" if number is None else f"{number:.2f}"


def _words(entry: Entry, column: str) -> str:
    """A cell's words; a dash stands for none."""
    text = entry.text(column)
    return "" if text == "-" else text


def _number(value: float | None) -> float | int | None:
    return None if value is None else whole_if_exact(value)


def _opinions(challenge: Challenge) -> dict[tuple[object, ...], float]:
    """The mean opinion scores of all tracks, by model."""
    rated = (entry for track in challenge.tracks for entry in track.entries)
    return {_model(entry): mos for entry in rated if (mos := entry.value("mos")) is not None}


def _model(entry: Entry) -> tuple[object, ...]:
    """What tells models apart in all tables of a report: team, size, PSNR and SSIM."""
    return entry.team.casefold(), entry.size_kb, entry.value("psnr"), entry.value("ssim")
