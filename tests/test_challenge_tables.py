"""The published tables: each value against a transcription made independently from the reports, each score recomputed.

tests/transcriptions/ was typed from the reports by somebody who had not seen resources/challenges.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import pytest

from maistudio.challenges.catalogue import shipped_challenges
from maistudio.challenges.challenge import Challenge, Entry, Standing, Track
from maistudio.challenges.columns import COLUMNS
from maistudio.challenges.score import ranks, recomputed

TRANSCRIPTIONS = Path(__file__).resolve().parent / "transcriptions"
SHORT = {"size_kb": "size", "size_mb": "size", "cpu_ms": "cpu", "accelerator_ms": "accelerator"}
CHALLENGES = {challenge.id: challenge for challenge in shipped_challenges()}
TRACKS = {
    f"{challenge.id}{'' if track.id == 'score' else f'-{track.id}'}": (challenge, track)
    for challenge in CHALLENGES.values()
    for track in challenge.tracks
}


@dataclass(frozen=True)
class Scored:
    challenge: Challenge
    entry: Entry


SCORED = [
    Scored(challenge, entry)
    for challenge in CHALLENGES.values()
    for entry in challenge.scored.entries
    if entry.value("score") is not None
]


def transcription(name: str) -> tuple[list[str], list[list[str]]]:
    with (TRANSCRIPTIONS / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
        columns, *rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
    return columns, rows


def test_every_transcription_has_its_table() -> None:
    assert {file.stem for file in TRANSCRIPTIONS.glob("*.tsv")} == set(TRACKS)


@pytest.mark.parametrize("name", TRACKS)
def test_a_table_has_the_columns_of_the_report_in_its_order(name: str) -> None:
    columns, _ = transcription(name)
    _, track = TRACKS[name]
    assert [SHORT.get(column, column) for column in track.columns] == columns


@pytest.mark.parametrize("name", TRACKS)
def test_every_cell_is_the_reports(name: str) -> None:
    _, rows = transcription(name)
    _, track = TRACKS[name]
    assert [[entry.text(column) for column in track.columns] for entry in track.entries] == rows


@pytest.mark.parametrize("name", TRACKS)
def test_a_cell_is_a_number_exactly_where_the_report_prints_one(name: str) -> None:
    _, rows = transcription(name)
    _, track = TRACKS[name]
    for entry, row in zip(track.entries, rows, strict=True):
        for column, printed in zip(track.columns, row, strict=True):
            is_number = COLUMNS[column].kind == "number" and printed.replace(".", "").isdecimal()
            assert entry.value(column) == (float(printed) if is_number else None), (entry.team, column)


def test_all_61_scores_are_there() -> None:
    assert len(SCORED) == 61


@pytest.mark.parametrize("scored", SCORED, ids=lambda scored: f"{scored.challenge.id}: {scored.entry.team}")
def test_a_printed_score_is_reproduced_within_its_rounding(scored: Scored) -> None:
    """PSNR was rounded to two decimals before it was printed, the score after it was computed."""
    computed = recomputed(scored.challenge, scored.entry)
    printed = scored.entry.value("score")
    assert computed is not None
    assert printed is not None
    rounding_of_psnr = 2 ** (2 * 0.005)
    assert computed / rounding_of_psnr - 0.005 <= printed <= computed * rounding_of_psnr + 0.005


@pytest.mark.parametrize("challenge", CHALLENGES.values(), ids=lambda challenge: challenge.id)
def test_another_power_of_two_as_constant_would_not_fit(challenge: Challenge) -> None:
    """The constant is recovered, not printed: half and twice of it must miss the tables by far."""
    entry = challenge.scored.entries[0]
    computed, printed = recomputed(challenge, entry), entry.value("score")
    assert computed is not None
    assert printed is not None
    assert 0.97 < computed / printed < 1.03


@pytest.mark.parametrize("challenge", CHALLENGES.values(), ids=lambda challenge: challenge.id)
def test_ranked_rows_stand_in_the_order_of_their_ranks(challenge: Challenge) -> None:
    given = [rank for rank in ranks(challenge, challenge.scored) if rank is not None]
    assert given == list(range(1, len(given) + 1))


@pytest.mark.parametrize(
    ("name", "ranked"),
    [
        ("mai2021-video-super-resolution", 4),
        ("mai2021-quantized-super-resolution", 9),
        ("mai2022-quantized-super-resolution", 24),
        ("mai2021-denoising", 6),
        ("mai2022-learned-isp", 11),
    ],
)
def test_only_what_competed_and_was_scored_is_ranked(name: str, ranked: int) -> None:
    challenge, track = CHALLENGES[name], CHALLENGES[name].scored
    assert sum(entry.standing is Standing.RANKED for entry in track.entries) == ranked
    assert all(
        rank is None for rank, entry in zip(ranks(challenge, track), track.entries, strict=True) if _outside(entry)
    )


def _outside(entry: Entry) -> bool:
    return entry.standing is not Standing.RANKED


def baselines(track: Track) -> list[str]:
    return [entry.team for entry in track.entries if entry.standing is Standing.BASELINE]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("mai2021-video-super-resolution", ["Bicubic Upscaling"]),
        ("mai2021-quantized-super-resolution", ["A+ regression", "Bicubic Upscaling"]),
        ("mai2022-quantized-super-resolution", ["ABPN", "A+ regression", "Bicubic Upscaling"]),
        ("mai2021-denoising", []),
        ("mai2022-learned-isp", ["MicroISP 1.0", "MicroISP 0.5", "PyNET-V2 Mobile"]),
    ],
)
def test_baselines_are_marked(name: str, expected: list[str]) -> None:
    assert baselines(CHALLENGES[name].scored) == expected


def entry_of(name: str, team: str) -> Entry:
    return next(entry for entry in CHALLENGES[name].scored.entries if entry.team == team)


def test_the_row_without_a_gpu_figure_is_scored_by_its_cpu_runtime() -> None:
    noah = entry_of("mai2021-video-super-resolution", "Noah_TerminalVision")
    assert (noah.value("accelerator_ms"), noah.runtime_used) == (None, 448)
    assert "scored by CPU" in noah.note


def test_the_late_row_says_so() -> None:
    late = entry_of("mai2021-quantized-super-resolution", "MCG")
    assert (late.standing, late.note) == (Standing.UNRANKED, "submitted after the deadline")


def test_a_row_that_ran_nowhere_has_no_runtime() -> None:
    assert entry_of("mai2022-learned-isp", "CHannel Team").runtime_used is None


def test_every_opinion_belongs_to_a_row_of_the_scored_table() -> None:
    challenge = CHALLENGES["mai2022-learned-isp"]
    opinions = next(track for track in challenge.tracks if track.id == "mos")
    scored = {_model(entry) for entry in challenge.scored.entries}
    assert all(_model(entry) in scored for entry in opinions.entries)


def _model(entry: Entry) -> tuple[object, ...]:
    return entry.team.casefold(), entry.size_kb, entry.value("psnr"), entry.value("ssim")
