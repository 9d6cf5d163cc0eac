"""Pictures cut into overlapping tiles and joined again."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pictures import noise

from maistudio.errors import UsageError
from maistudio.imaging.tiling import plan_tiles

sides = st.integers(1, 60)
sizes = st.tuples(sides, sides)


def summed(pixels: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Each pixel as a sum over its 3×3 neighbours, zeros beyond the edges; exact in whole numbers."""
    kernel = np.array([[1, 2, 3], [4, 5, 6], [7, 8, 9]], np.float64)
    result = cv2.filter2D(np.ascontiguousarray(pixels, np.float64), -1, kernel, borderType=cv2.BORDER_CONSTANT)
    return result.reshape(pixels.shape)


def enlarged(pixels: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return pixels.repeat(3, axis=0).repeat(3, axis=1)


def halved(pixels: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The sum of each 2×2 pixels."""
    height, width, channels = pixels.shape
    result: np.ndarray[Any, Any] = pixels.reshape(height // 2, 2, width // 2, 2, channels).sum(axis=(1, 3))
    return result


def picture(size: tuple[int, int]) -> np.ndarray[Any, Any]:
    return noise((*size, 2)).astype(np.int64)


@given(size=sizes, more=st.tuples(st.integers(2, 9), st.integers(2, 60)), overlap=st.integers(0, 8))
def test_tiles_joined_again_are_the_picture(size: tuple[int, int], more: tuple[int, int], overlap: int) -> None:
    tiling = plan_tiles(size, (overlap + more[0], overlap + more[1]), overlap)
    pixels = picture(size)
    assert np.array_equal(tiling.joined(tiling.cut(pixels)), pixels)


@given(size=st.tuples(st.integers(9, 60), st.integers(9, 60)), tile=st.integers(5, 9), steps=st.integers(1, 2))
def test_a_filter_in_tiles_equals_the_filter_in_one_piece(size: tuple[int, int], tile: int, steps: int) -> None:
    tiling = plan_tiles(size, (tile, tile), overlap=2 * steps)
    whole, pixels = picture(size), picture(size)
    tiles = list(tiling.cut(pixels))
    for _ in range(steps):
        whole, tiles = summed(whole), [summed(each) for each in tiles]
    assert np.array_equal(tiling.joined(tiles), whole)


def test_an_overlap_below_what_a_filter_sees_shows() -> None:
    tiling = plan_tiles((30, 30), (10, 10), overlap=2)
    tiles = [summed(summed(tile)) for tile in tiling.cut(picture((30, 30)))]
    assert not np.array_equal(tiling.joined(tiles), summed(summed(picture((30, 30)))))


@given(size=st.tuples(st.integers(9, 40), st.integers(9, 40)))
def test_results_of_three_times_the_size_are_joined_at_it(size: tuple[int, int]) -> None:
    tiling = plan_tiles(size, (9, 7), overlap=2)
    tiles = (enlarged(summed(tile)) for tile in tiling.cut(picture(size)))
    assert np.array_equal(tiling.joined(tiles, Fraction(3)), enlarged(summed(picture(size))))


@given(height=st.integers(4, 20), width=st.integers(4, 20))
def test_results_of_half_the_size_are_joined_at_it(height: int, width: int) -> None:
    size = (2 * height, 2 * width)
    tiling = plan_tiles(size, (8, 8), overlap=3, multiple=2)
    tiles = (halved(tile) for tile in tiling.cut(picture(size)))
    assert np.array_equal(tiling.joined(tiles, Fraction(1, 2)), halved(picture(size)))


def test_half_of_an_odd_side_is_rounded_up() -> None:
    tiling = plan_tiles((5, 9), (4, 4), multiple=2)
    assert tiling.joined((halved(tile) for tile in tiling.cut(picture((5, 9)))), Fraction(1, 2)).shape == (3, 5, 2)


@given(size=sizes, tile=st.tuples(st.integers(1, 9), st.integers(1, 9)), multiple=st.integers(1, 4))
def test_all_tiles_have_the_size_asked_for(size: tuple[int, int], tile: tuple[int, int], multiple: int) -> None:
    tile = tile[0] * multiple, tile[1] * multiple
    tiling = plan_tiles(size, tile, 0, multiple)
    assert {each.shape[:2] for each in tiling.cut(picture(size))} == {tile}


@given(length=st.integers(1, 200), tile=st.integers(5, 12), overlap=st.integers(0, 4), multiple=st.sampled_from((1, 4)))
def test_tiles_count_only_half_the_overlap_from_an_inner_edge(
    length: int, tile: int, overlap: int, multiple: int
) -> None:
    tiling = plan_tiles((length, 1), (tile * multiple, multiple), overlap, multiple)
    for first, second in pairwise(tiling.rows):
        assert first.kept_to == second.kept_from
        assert first.start + tile * multiple - first.kept_to >= overlap / 2
        assert second.kept_from - second.start >= overlap / 2


@given(length=st.integers(1, 200), tile=st.integers(3, 12), multiple=st.integers(2, 5))
def test_tiles_start_and_are_cut_at_multiples(length: int, tile: int, multiple: int) -> None:
    tiling = plan_tiles((1, length), (multiple, tile * multiple), 1, multiple)
    for span in tiling.columns:
        assert (span.start % multiple, span.kept_from % multiple, span.kept_to % multiple) == (0, 0, 0)


def test_the_last_tile_ends_where_the_picture_does() -> None:
    tiling = plan_tiles((10, 25), (10, 10), overlap=2)
    assert [span.start for span in tiling.columns] == [0, 8, 15]
    assert tiling.padding == (0, 0)


def test_a_small_picture_is_filled_up_with_its_last_row_and_column() -> None:
    pixels = np.array([[1, 2], [3, 4]])[..., None]
    (tile,) = plan_tiles((2, 2), (3, 4)).cut(pixels)
    assert tile[..., 0].tolist() == [[1, 2, 2, 2], [3, 4, 4, 4], [3, 4, 4, 4]]


def test_tiles_are_views_where_nothing_is_filled_up() -> None:
    pixels = picture((8, 8))
    assert all(np.shares_memory(tile, pixels) for tile in plan_tiles((8, 8), (4, 4)).cut(pixels))


def test_tiles_are_used_one_at_a_time() -> None:
    tiling = plan_tiles((4, 8), (4, 4))
    asked: list[int] = []

    def results() -> Any:
        for place, tile in enumerate(tiling.cut(picture((4, 8)))):
            asked.append(place)
            yield tile.copy()

    tiling.joined(results())
    assert asked == [0, 1]


@pytest.mark.parametrize(
    ("size", "tile", "overlap", "multiple", "words"),
    [
        ((9, 9), (4, 4), 4, 1, "can't overlap by 4"),
        ((9, 9), (4, 6), 0, 4, "divisible by 4"),
        ((0, 9), (4, 4), 0, 1, "make no sense"),
        ((9, 9), (4, 4), -1, 1, "make no sense"),
    ],
)
def test_tiles_that_cannot_be_are_refused(
    size: tuple[int, int], tile: tuple[int, int], overlap: int, multiple: int, words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        plan_tiles(size, tile, overlap, multiple)


def test_a_picture_of_another_size_is_refused() -> None:
    with pytest.raises(UsageError, match="9×8 to be cut as one of 9×9"):
        next(plan_tiles((9, 9), (4, 4)).cut(picture((8, 9))))


def test_results_of_another_size_are_refused() -> None:
    with pytest.raises(UsageError, match="4×4 came back as 4×3"):
        plan_tiles((9, 9), (4, 4)).joined([picture((3, 4))])


def test_cuts_between_the_pixels_of_a_result_are_refused() -> None:
    tiling = plan_tiles((9, 9), (4, 4), overlap=2)
    with pytest.raises(UsageError, match="scale of 1/4"):
        tiling.joined((tile[:1, :1] for tile in tiling.cut(picture((9, 9)))), Fraction(1, 4))
