"""The pictures to run a model on: files, folders, clips, and where their results go."""

from __future__ import annotations

import os
import threading
from collections.abc import Generator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from pictures import noise, smooth

from maistudio.challenges.catalogue import shipped_challenges
from maistudio.errors import PictureError, UsageError
from maistudio.imaging.picture import Meaning, Picture
from maistudio.jobs.feeding.form import InputForm, input_form
from maistudio.jobs.feeding.sources import (
    Failure,
    Loaded,
    ahead,
    pictures_in,
    source_of,
    targets_in,
    with_white,
)
from maistudio.runtime.protocol import TensorSpec

ISP = next(each for each in shipped_challenges() if each.id == "mai2022-learned-isp")


def form(channels: int = 3) -> InputForm:
    return input_form(
        [TensorSpec("x", (1, 1, 1, channels), (1, -1, -1, channels), "float32", 0.0, 0)], ISP if channels == 4 else None
    )


def write(path: Path, pixels: np.ndarray[Any, Any] | None = None) -> Path:
    path.parent.mkdir(exist_ok=True)
    assert cv2.imwrite(str(path), smooth() if pixels is None else pixels)
    return path


def items(source: Path, output: Path, channels: int = 3, white: float | None = None) -> list[Loaded | Failure]:
    return list(source_of(source, output, form(channels), white).items())


def loaded(source: Path, output: Path, channels: int = 3, white: float | None = None) -> list[Loaded]:
    found = items(source, output, channels, white)
    assert all(isinstance(item, Loaded) for item in found)
    return [item for item in found if isinstance(item, Loaded)]


def test_one_picture_goes_to_the_file_named(tmp_path: Path) -> None:
    path = write(tmp_path / "a.png")
    (item,) = loaded(path, tmp_path / "out.png")
    assert item.targets == (tmp_path / "out.png",)
    assert np.array_equal(item.pictures[0].pixels, smooth()[..., ::-1])


def test_one_picture_goes_into_a_folder_that_is_there(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (item,) = loaded(write(tmp_path / "a.png"), tmp_path / "out")
    assert item.targets == (tmp_path / "out" / "a.png",)


def test_pictures_of_a_folder_come_in_natural_order(tmp_path: Path) -> None:
    for name in ("10.png", "2.PNG", "1.png", ".3.png", "notes.txt"):
        (tmp_path / name).touch()
    (tmp_path / "4.png").mkdir()
    assert [path.name for path in pictures_in(tmp_path)] == ["1.png", "2.PNG", "10.png"]


@pytest.mark.parametrize("name", ["empty", "missing"])
def test_a_folder_without_pictures_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(PictureError, match=r"holds no pictures|can't be listed"):
        pictures_in(tmp_path / name)


def test_results_keep_their_names_and_become_png_where_the_format_loses() -> None:
    names = ["a.png", "b.TIF", "c.jpg", "d.webp"]
    found = targets_in(Path("out"), [Path("in") / name for name in names])
    assert [path.name for path in found] == ["a.png", "b.TIF", "c.png", "d.png"]


def test_results_of_equal_stems_are_told_apart() -> None:
    found = targets_in(Path("out"), [Path("a.jpg"), Path("a.png"), Path("a.jpeg")])
    assert [path.name for path in found] == ["a.jpg.png", "a.png", "a.jpeg.png"]


def test_results_of_two_jpegs_of_one_stem_are_told_apart() -> None:
    found = targets_in(Path("out"), [Path("a.jpg"), Path("a.jpeg")])
    assert [path.name for path in found] == ["a.png", "a.jpeg.png"]


def test_a_broken_picture_of_a_folder_fails_alone(tmp_path: Path) -> None:
    for name in ("a.png", "c.png"):
        write(tmp_path / "in" / name)
    (tmp_path / "in" / "b.png").write_text("no picture")
    first, broken, last = items(tmp_path / "in", tmp_path / "out")
    assert isinstance(broken, Failure)
    assert "b.png: is not a picture" in str(broken.error)
    assert isinstance(first, Loaded)
    assert isinstance(last, Loaded)


def test_a_result_never_overwrites_its_picture(tmp_path: Path) -> None:
    path = write(tmp_path / "a.png")
    (tmp_path / "link").symlink_to(tmp_path)
    with pytest.raises(UsageError, match="would overwrite the picture"):
        source_of(path, tmp_path / "link" / "a.png", form(), None)


def clip(tmp_path: Path, count: int) -> Path:
    for place in range(count):
        write(tmp_path / "clip" / f"{place}.png", noise((4, 6, 3), seed=place))
    return tmp_path / "clip"


def test_frames_come_in_groups(tmp_path: Path) -> None:
    first, second = loaded(clip(tmp_path, 4), tmp_path / "out", channels=6)
    assert [path.name for path in (*first.targets, *second.targets)] == ["0.png", "1.png", "2.png", "3.png"]
    assert np.array_equal(second.pictures[1].pixels, noise((4, 6, 3), seed=3)[..., ::-1])
    assert second.name == f"{tmp_path / 'clip'}, frames 2 to 3"


@pytest.mark.parametrize(("count", "times"), [(5, "once"), (4, "2 times")])
def test_the_last_group_is_filled_with_its_last_frame(tmp_path: Path, count: int, times: str) -> None:
    _, last = loaded(clip(tmp_path, count), tmp_path / "out", channels=9)
    assert len(last.pictures) == 3
    assert len(last.targets) == count - 3
    assert np.array_equal(last.pictures[2].pixels, noise((4, 6, 3), seed=count - 1)[..., ::-1])
    assert last.pictures[0].notes == (f"the last frame was repeated {times}, as the model takes 3 frames at once",)


def test_an_unreadable_frame_costs_its_group_alone(tmp_path: Path) -> None:
    folder = clip(tmp_path, 6)
    (folder / "2.png").write_text("no picture")
    first, broken, last = items(folder, tmp_path / "out", channels=6)
    assert isinstance(broken, Failure)
    assert broken.name.endswith("frames 2 to 3")
    assert isinstance(first, Loaded)
    assert isinstance(last, Loaded)


def test_frames_need_a_folder_for_their_results(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="many frames: give a folder"):
        source_of(clip(tmp_path, 2), tmp_path / "out.png", form(6), None)


def test_a_picture_is_no_clip(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="takes 2 frames at once"):
        source_of(write(tmp_path / "a.png"), tmp_path / "out", form(6), None)


def test_frames_are_not_overwritten(tmp_path: Path) -> None:
    folder = clip(tmp_path, 2)
    with pytest.raises(UsageError, match="would overwrite"):
        source_of(folder, folder, form(6), None)


def video(path: Path, count: int) -> Path:
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 25, (64, 48))
    for place in range(count):
        writer.write(np.full((48, 64, 3), 40 * place, np.uint8))
    writer.release()
    return path


def test_a_video_is_read_in_groups(tmp_path: Path) -> None:
    first, second = loaded(video(tmp_path / "a.avi", 3), tmp_path / "out", channels=6)
    assert [path.name for path in (*first.targets, *second.targets)] == ["00000000.png", "00000001.png", "00000002.png"]
    means = [round(float(picture.pixels.mean())) for picture in (*first.pictures, *second.pictures)]
    assert means == pytest.approx([0, 40, 80, 80], abs=2)


def test_a_video_can_be_run_frame_by_frame(tmp_path: Path) -> None:
    found = loaded(video(tmp_path / "a.avi", 3), tmp_path / "out")
    assert [len(item.pictures) for item in found] == [1, 1, 1]


def test_a_video_holds_no_mosaic(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no raw mosaic"):
        source_of(tmp_path / "a.mp4", tmp_path / "out", form(4), None)


def mosaic(path: Path, highest: int) -> Path:
    counts = np.full((4, 4), 64, np.uint16)
    counts[0, 0] = highest
    return write(path, counts)


@pytest.mark.parametrize(
    ("highest", "white"), [(900, 1020), (1020, 1020), (1023, 1023), (4000, 4095), (4096, 4096), (9000, 65535)]
)
def test_white_of_a_mosaic_is_the_next_level_in_use(tmp_path: Path, highest: int, white: int) -> None:
    (item,) = loaded(mosaic(tmp_path / "raw.png", highest), tmp_path / "out.png", channels=4)
    (picture,) = item.pictures
    assert (picture.meaning, picture.white) == (Meaning.BAYER, white)
    assert f"largest count is {highest:,}" in picture.notes[0]


def test_white_of_a_mosaic_can_be_said(tmp_path: Path) -> None:
    (item,) = loaded(mosaic(tmp_path / "raw.png", 900), tmp_path / "out.png", channels=4, white=4095.0)
    assert item.pictures[0].white == 4095.0


def deep(highest: int) -> Picture:
    return Picture(np.full((2, 2, 3), highest, np.uint16), Meaning.RGB, 65535.0, "a.png")


def test_16_bits_that_hold_fewer_are_refused_until_white_is_said() -> None:
    with pytest.raises(PictureError, match="--white 1023"):
        with_white(deep(1000), None)
    assert with_white(deep(1000), 1023.0).white == 1023.0


@pytest.mark.parametrize("highest", [0, 4096, 65535])
def test_16_bits_that_are_used_are_taken(highest: int) -> None:
    assert with_white(deep(highest), None).white == 65535.0


def said(white: float, highest: int, dtype: type[np.generic] = np.uint8) -> tuple[str, ...]:
    """The notes of a picture half of which has its highest value."""
    pixels = np.array([[[0], [highest]]], dtype)
    usual = 1.0 if pixels.dtype.kind == "f" else float(np.iinfo(pixels.dtype).max)
    return with_white(Picture(pixels, Meaning.GREY, usual, "a.png"), white).notes


@pytest.mark.parametrize(("white", "dtype", "bits"), [(65535.0, np.uint8, 8), (65536.0, np.uint16, 16)])
def test_a_white_that_the_type_cannot_hold_is_refused(white: float, dtype: type[np.generic], bits: int) -> None:
    with pytest.raises(PictureError, match=f"a.png: its {bits} bits hold values up to .*, so white can't be at 65,53"):
        said(white, 200, dtype)


def test_values_beyond_a_said_white_are_told() -> None:
    assert said(100.0, 200) == ("1 of 2 values exceed the white of 100: is it the right one?",)


@pytest.mark.parametrize("dtype", [np.uint16, np.float32])
def test_a_picture_all_but_black_beside_its_said_white_is_told(dtype: type[np.generic]) -> None:
    assert said(65535.0, 1000, dtype) == (
        "its largest value is 1,000, and white was said to be at 65,535: is it the right one?",
    )


@pytest.mark.parametrize(("white", "highest"), [(255.0, 255), (255.0, 16), (200.0, 200), (255.0, 0)])
def test_nothing_is_told_of_a_said_white_that_can_be(white: float, highest: int) -> None:
    assert said(white, highest) == ()


def test_a_video_says_itself_where_white_is(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--white 1023: a video says itself"):
        items(video(tmp_path / "a.avi", 1), tmp_path / "out", white=1023.0)


def test_a_link_that_leads_nowhere_costs_its_own_sentence(tmp_path: Path) -> None:
    write(tmp_path / "in" / "a.png")
    (tmp_path / "in" / "b.png").symlink_to("missing.png")
    _, broken = items(tmp_path / "in", tmp_path / "out")
    assert isinstance(broken, Failure)
    assert str(broken.error).endswith("b.png: is a link to a file that isn't there: mend it, or choose another")


def test_a_frame_that_leads_nowhere_costs_its_group(tmp_path: Path) -> None:
    folder = clip(tmp_path, 2)
    (folder / "2.png").symlink_to("missing.png")
    first, broken = items(folder, tmp_path / "out", channels=6)
    assert isinstance(first, Loaded)
    assert isinstance(broken, Failure)


def test_a_clip_that_cannot_be_looked_at_is_told_with_its_reason(tmp_path: Path) -> None:
    with pytest.raises(PictureError, match=r"can't be read .*too long"):
        items(tmp_path / ("x" * 300), tmp_path / "out", channels=6)


def test_a_folder_that_may_be_listed_but_not_entered_is_one_sentence(tmp_path: Path) -> None:
    path = write(tmp_path / "in" / "a.png")
    path.parent.chmod(0o444)
    try:
        if os.access(path, os.R_OK):
            pytest.skip("root enters every folder")
        with pytest.raises(PictureError, match="can't be listed"):
            pictures_in(path.parent)
    finally:
        path.parent.chmod(0o755)


def test_links_in_a_circle_are_no_results(tmp_path: Path) -> None:
    (tmp_path / "a.png").symlink_to("a.png")
    (broken,) = items(tmp_path / "a.png", tmp_path / "out.png")
    assert isinstance(broken, Failure)


def test_floats_beyond_white_are_refused() -> None:
    picture = Picture(np.full((2, 2, 3), 200.0, np.float32), Meaning.RGB, 1.0, "a.tif")
    with pytest.raises(PictureError, match="--white 255"):
        with_white(picture, None)


def test_the_next_picture_is_read_while_one_is_worked_on() -> None:
    asked = [threading.Event() for _ in range(3)]

    def slow() -> Generator[Loaded | Failure, None, None]:
        for event in asked:
            event.set()
            yield Loaded("a", (), ())

    coming = ahead(slow())
    next(coming)
    assert asked[1].wait(10)
    assert not asked[2].is_set()
    coming.close()


def test_reading_ahead_ends_with_the_pictures() -> None:
    def none() -> Generator[Loaded | Failure, None, None]:
        yield from ()

    assert list(ahead(none())) == []
