"""Folders of frames: their order, and that they agree."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pictures import by_opencv, by_pillow, smooth

from maistudio.errors import PictureError, UsageError
from maistudio.imaging.frames import frames_in


def fill(folder: Path, *names: str) -> None:
    """Frames whose first pixel tells their place among ``names``."""
    for place, name in enumerate(names):
        pixels = smooth()
        pixels[0, 0] = place
        (folder / name).write_bytes(by_opencv(pixels, ".png"))


def test_numbers_in_names_count_by_their_size(tmp_path: Path) -> None:
    fill(tmp_path, "frame10.png", "frame2.png", "Frame1.png", "frame002b.png")
    frames = frames_in(tmp_path)
    assert [frames.name(place) for place in range(len(frames))] == [
        "Frame1.png",
        "frame2.png",
        "frame002b.png",
        "frame10.png",
    ]


def test_frames_of_a_dataset_come_in_order(tmp_path: Path) -> None:
    names = [f"{place:08d}.png" for place in range(12)]
    fill(tmp_path, *names)
    frames = frames_in(tmp_path)
    assert (len(frames), frames.height, frames.width) == (12, 23, 31)
    assert [int(frames.load(place).pixels[0, 0, 0]) for place in (11, 0, 7)] == [11, 0, 7]


@settings(max_examples=30)
@given(st.lists(st.integers(0, 10**30), unique=True, min_size=1, max_size=12))
def test_order_is_that_of_the_numbers_however_long(numbers: list[int]) -> None:
    with TemporaryDirectory() as folder:
        fill(Path(folder), *(f"clip_{number}.png" for number in numbers))
        frames = frames_in(folder)
        named = [frames.name(place) for place in range(len(frames))]
    assert named == [f"clip_{number}.png" for number in sorted(numbers)]


def test_hidden_files_folders_and_others_are_left_out(tmp_path: Path) -> None:
    fill(tmp_path, "b.png", "a.png", ".hidden.png", "._a.png")
    (tmp_path / "notes.txt").write_text("about")
    (tmp_path / "folder.png").mkdir()
    assert [path.name for path in frames_in(tmp_path).paths] == ["a.png", "b.png"]


def test_no_frame_but_the_first_is_looked_at_before_it_is_asked_for(tmp_path: Path) -> None:
    fill(tmp_path, "1.png", "2.png")
    (tmp_path / "2.png").write_bytes(b"damaged")
    frames = frames_in(tmp_path)
    assert frames.load(0).pixels.shape == (23, 31, 3)
    with pytest.raises(PictureError, match=r"2\.png: is not a picture"):
        frames.load(1)


@pytest.mark.parametrize(
    ("other", "is_what"),
    [
        (smooth(22, 31), "31×22 RGB of uint8"),
        (smooth(channels=1), "31×23 grey of uint8"),
        (smooth().astype(np.uint16), "31×23 RGB of uint16"),
    ],
)
def test_a_frame_that_differs_from_the_first_is_refused(tmp_path: Path, other: np.ndarray, is_what: str) -> None:
    fill(tmp_path, "1.png")
    (tmp_path / "2.png").write_bytes(by_opencv(other, ".png"))
    with pytest.raises(PictureError) as caught:
        frames_in(tmp_path).load(1)
    assert str(caught.value) == (
        f"{tmp_path / '2.png'}: is {is_what}, but the first frame, 1.png, is 31×23 RGB of uint8: "
        "keep one kind in the folder"
    )


@pytest.mark.parametrize("place", [-1, 2])
def test_a_place_without_a_frame_is_refused(tmp_path: Path, place: int) -> None:
    fill(tmp_path, "1.png", "2.png")
    with pytest.raises(UsageError, match=f"there is no frame {place}: the frames count from 0 to 1"):
        frames_in(tmp_path).load(place)


def test_a_folder_without_pictures_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("about")
    with pytest.raises(PictureError, match="holds no pictures"):
        frames_in(tmp_path)


def test_a_folder_of_several_formats_is_refused(tmp_path: Path) -> None:
    fill(tmp_path, "1.png")
    (tmp_path / "1.jpg").write_bytes(by_pillow(smooth(), "JPEG"))
    with pytest.raises(PictureError, match=r"holds pictures as \.jpg and \.png: keep the frames of one clip in it"):
        frames_in(tmp_path)


@pytest.mark.parametrize("name", ["missing", "file", "zero\0"])
def test_a_folder_that_cannot_be_listed_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(PictureError, match="can't be listed"):
        frames_in(tmp_path / name)
