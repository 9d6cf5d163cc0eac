"""The score, its inverses and intervals, and the place it would have taken."""

from __future__ import annotations

import math
import time
from pathlib import Path

import pytest
from challenge_files import SIXTH, sixth, write
from hypothesis import given
from hypothesis import strategies as st

from maistudio.challenges.catalogue import catalogue
from maistudio.challenges.read import read_challenge
from maistudio.challenges.score import (
    Interval,
    place,
    psnr_for,
    ranks,
    runtime_for,
    score,
    score_interval,
)
from maistudio.errors import UsageError

C = 2.0**48
psnrs = st.floats(5, 60)
runtimes = st.floats(0.01, 1e6)


def test_the_score_is_two_to_twice_the_psnr_over_constant_and_runtime() -> None:
    assert score(2.0**46, 25, 4) == 4


def test_one_half_decibel_more_doubles_the_score() -> None:
    assert score(C, 29.5, 40) == pytest.approx(2 * score(C, 29, 40))


def test_half_the_runtime_doubles_the_score() -> None:
    assert score(C, 29, 20) == pytest.approx(2 * score(C, 29, 40))


@pytest.mark.parametrize("psnr", [math.nan, math.inf, -math.inf, 200.1, -200.1])
def test_a_psnr_that_is_none_has_no_score(psnr: float) -> None:
    with pytest.raises(UsageError, match=r"a PSNR of .* dB has no score: give one from -200 to 200 dB"):
        score(C, psnr, 10)


@pytest.mark.parametrize("runtime", [math.nan, math.inf, 0.0, -1.0, 0.9e-6, 1.1e12])
def test_a_runtime_that_is_none_has_no_score(runtime: float) -> None:
    with pytest.raises(UsageError, match=r"a runtime of .* ms has no score: give one from 1e-06 to 1e\+12 ms"):
        score(C, 30, runtime)


@pytest.mark.parametrize("constant", [1e-40, 1e30])
@pytest.mark.parametrize(("psnr", "runtime"), [(200, 1e-6), (-200, 1e12)])
def test_the_farthest_psnr_and_runtime_have_a_score(constant: float, psnr: float, runtime: float) -> None:
    assert 0 < score(constant, psnr, runtime) < math.inf


@given(psnrs, runtimes)
def test_the_needed_psnr_gives_the_score_back(psnr: float, runtime: float) -> None:
    assert psnr_for(C, score(C, psnr, runtime), runtime) == pytest.approx(psnr)


@given(psnrs, runtimes)
def test_the_needed_runtime_gives_the_score_back(psnr: float, runtime: float) -> None:
    assert runtime_for(C, score(C, psnr, runtime), psnr) == pytest.approx(runtime)


@given(psnrs, st.floats(0, 2), runtimes, st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_no_psnr_and_runtime_of_the_intervals_scores_outside(
    low: float, more: float, fast: float, slower: float, at: float, when: float
) -> None:
    psnr, runtime = Interval(low, low + more), Interval(fast, fast * (1 + slower))
    found = score_interval(C, psnr, runtime)
    inside = score(C, low + at * more, fast * (1 + when * slower))
    assert found.low * (1 - 1e-12) <= inside <= found.high * (1 + 1e-12)


def test_the_interval_ends_at_the_slow_poor_and_the_fast_good_corner() -> None:
    found = score_interval(2.0**46, Interval(24, 25), Interval(2, 4))
    assert (found.low, found.high) == (1, 8)


def test_a_better_score_than_all_takes_the_first_place(tmp_path: Path) -> None:
    found = place(sixth(tmp_path), 13, 8)
    assert (found.rank, found.of, found.next) == (1, 3, None)


def test_a_row_outside_the_ranking_takes_no_place(tmp_path: Path) -> None:
    """The late row's score is 8."""
    assert place(sixth(tmp_path), 12.75, 8).rank == 1


def test_the_next_place_is_the_worst_of_those_above(tmp_path: Path) -> None:
    found = place(sixth(tmp_path), 11.5, 8).next
    assert found is not None
    assert (found.team, found.score) == ("Second", 2)


def test_what_the_next_place_needs_reaches_its_score(tmp_path: Path) -> None:
    found = place(sixth(tmp_path), 11.5, 8).next
    assert found is not None
    assert found.psnr_needed == pytest.approx(12)
    assert found.runtime_needed == pytest.approx(4)


def test_an_entry_whose_score_can_not_be_recomputed_counts_by_its_printed_one(tmp_path: Path) -> None:
    found = place(sixth(tmp_path, '["Second", 12, 8, 2.00', '["Second", "-", 8, 2.00'), 11.5, 8)
    assert (found.rank, found.of, found.next and found.next.team) == (3, 3, "Second")


def test_an_equal_score_shares_the_rank(tmp_path: Path) -> None:
    found = place(sixth(tmp_path), 12, 8)
    assert (found.rank, found.next and found.next.team) == (2, "First")


@pytest.mark.parametrize("name", ["mai2021-video-super-resolution", "mai2022-quantized-super-resolution"])
def test_a_published_rows_own_numbers_take_its_own_rank(name: str) -> None:
    challenge = catalogue(Path("nowhere")).named(name)
    for rank, entry in zip(ranks(challenge, challenge.scored), challenge.scored.entries, strict=True):
        if rank is not None:
            psnr, runtime = entry.value("psnr"), entry.runtime_used
            assert psnr is not None
            assert runtime is not None
            assert place(challenge, psnr, runtime).rank == rank


def test_many_rows_are_ranked_at_once(tmp_path: Path) -> None:
    rows = "".join(f'    ["T{n}", 12, 8, {n}, "ranked"],\n' for n in range(5000))
    text = SIXTH[: SIXTH.index("rows = [")] + f"rows = [\n{rows}]\n"
    challenge = read_challenge(write(tmp_path, text))
    start = time.perf_counter()
    assert ranks(challenge, challenge.scored) == tuple(range(5000, 0, -1))
    assert time.perf_counter() - start < 1


def test_a_score_equal_to_an_entrys_names_it(tmp_path: Path) -> None:
    assert place(sixth(tmp_path), 12, 8).level_with == ("Second",)
    assert place(sixth(tmp_path), 12.1, 8).level_with == ()


def test_without_printed_scores_the_recomputed_ones_rank(tmp_path: Path) -> None:
    text = SIXTH.replace('"score", "standing"', '"speed_up", "standing"').replace("2.00,", '"-",')
    challenge = read_challenge(write(tmp_path, text.replace("4.00,", '"-",').replace("8.00,", '"-",')))
    assert ranks(challenge, challenge.scored) == (1, None, 2, None)


def test_equal_opinions_share_a_rank() -> None:
    isp = catalogue(Path("nowhere")).named("mai2022-learned-isp")
    opinions = next(track for track in isp.tracks if track.ranked_by == "mos")
    assert ranks(isp, opinions) == (1, 1, 3, 3, 3, 3, 7, 7, 9, 10, 11)
