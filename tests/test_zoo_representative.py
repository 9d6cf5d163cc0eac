"""The pictures that int8 is calibrated by: always the same, from black to white, moving where a clip is asked."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maistudio.zoo.representative import DRIFT, SAMPLES, representative

sides = st.integers(2, 40)


@given(height=sides, width=sides, frames=st.sampled_from([1, 3]), white=st.sampled_from([1.0, 255.0, 1023.0]))
def test_pictures_have_the_shape_asked_for_and_reach_both_ends(
    height: int, width: int, frames: int, white: float
) -> None:
    pictures = list(representative(height, width, 3 * frames, white, frames))
    assert len(pictures) == SAMPLES
    for picture in pictures:
        assert picture.shape == (1, height, width, 3 * frames)
        assert picture.dtype == np.float32
        assert picture.min() >= 0
        assert picture.max() <= white


def test_black_and_white_are_in_each() -> None:
    for picture in representative(64, 48, 3, 255.0):
        assert (picture.min(), picture.max()) == (0, 255)


def test_they_are_the_same_every_time() -> None:
    first, second = (list(representative(16, 20, 4, 1023.0)) for _ in range(2))
    assert np.array_equal(first, second)


def test_the_pictures_differ() -> None:
    first, second = representative(16, 20, 3, 255.0)
    assert not np.array_equal(first, second)


def test_a_clip_moves_by_some_pixels_from_frame_to_frame() -> None:
    (clip, _) = representative(16, 24, 30, 255.0, frames=10)
    frames = np.split(clip, 10, axis=-1)
    for before, after in pairwise(frames):
        np.testing.assert_array_equal(before[:, :, DRIFT:], after[:, :, :-DRIFT])


def test_neighbours_are_alike_as_in_photographs() -> None:
    (picture, _) = representative(64, 64, 3, 1.0)
    step = np.abs(np.diff(picture, axis=2)).mean()
    assert step < 0.5 * np.abs(picture - np.roll(picture, 17, axis=2)).mean()


@pytest.mark.parametrize("frames", [1, 10])
def test_one_pixel_is_enough(frames: int) -> None:
    assert np.isfinite(list(representative(1, 1, 3 * frames, 255.0, frames))).all()
