"""Raw mosaics: counts exactly as stored, and nothing taken for a mosaic that isn't one."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from pictures import by_opencv, by_pillow, noise, png, png_chunk, smooth, tiff

from maistudio.errors import PictureError, UsageError
from maistudio.imaging.channel_orders import Pattern
from maistudio.imaging.picture import Meaning
from maistudio.imaging.raw import load_raw

COUNTS = noise((6, 8, 1), np.uint16) >> 6


def file(folder: Path, data: bytes) -> Path:
    path = folder / "raw"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_counts_are_as_stored_with_their_white_level(tmp_path: Path, suffix: str) -> None:
    picture = load_raw(file(tmp_path, by_opencv(COUNTS, suffix)), Pattern.RGGB, 1023)
    np.testing.assert_array_equal(picture.pixels, COUNTS)
    assert (picture.meaning, picture.white, picture.maximum) == (Meaning.BAYER, 1023.0, COUNTS.max())
    assert not picture.pixels.flags.writeable


def test_the_pattern_and_the_largest_count_are_told(tmp_path: Path) -> None:
    counts = np.array([[[5], [1000]], [[7], [2]]], np.uint16)
    picture = load_raw(file(tmp_path, by_opencv(counts, ".png")), "GBRG", 1020)
    assert picture.notes == ("read as a GBRG mosaic with white at 1020; the largest count in it is 1,000",)


@pytest.mark.parametrize(("white", "above"), [(1021, 0), (1020, 1), (1019.5, 1), (900, 3)])
def test_counts_above_the_white_level_are_counted(tmp_path: Path, white: float, above: int) -> None:
    counts = np.array([[[901], [1000]], [[900], [1021]]], np.uint16)
    notes = load_raw(file(tmp_path, by_opencv(counts, ".png")), Pattern.RGGB, white).notes
    assert notes[1:] == ((f"{above} of 4 pixels exceed the white level: is it the right one?",) if above else ())


def test_8_bits_are_read_too(tmp_path: Path) -> None:
    picture = load_raw(file(tmp_path, by_opencv(smooth(channels=1), ".png")), Pattern.BGGR, 255)
    assert picture.pixels.dtype == np.uint8


def test_a_mosaic_is_never_turned(tmp_path: Path) -> None:
    stored = by_pillow(COUNTS, "TIFF", tiffinfo={274: 6})
    picture = load_raw(file(tmp_path, stored), Pattern.RGGB, 1023)
    np.testing.assert_array_equal(picture.pixels, COUNTS)
    assert picture.notes[-1].startswith("not turned by 90° clockwise, though its orientation tag asks for it")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (by_opencv(smooth(), ".png"), "has three channels, so it is no raw mosaic: open it as a picture"),
        (png(np.array([[[1], [2]]]), 4, 0), "doesn't store plain counts of 8 or 16 bits"),
        (png(np.array([[[1, 65535], [2, 65535]]]), 16, 4), "doesn't store plain counts"),
        (png(np.array([[[0]]]), 8, 3, png_chunk(b"PLTE", bytes(3))), "has three channels"),
        (tiff({256: 1, 257: 1, 258: 16, 262: 0, 273: 8, 279: 2}, bytes(2)), "doesn't store plain counts"),
        (by_opencv(smooth(channels=1).astype(np.float32), ".tif"), "doesn't store plain counts"),
        (by_pillow(smooth(channels=1), "JPEG"), "doesn't store plain counts of 8 or 16 bits: save the mosaic as"),
        (by_opencv(smooth(channels=1), ".bmp"), "doesn't store plain counts"),
        (by_opencv(COUNTS, ".png")[:-20], "ends too early"),
    ],
    ids=["rgb", "4 bits", "alpha", "palette", "white is zero", "floats", "jpeg", "bmp", "cut short"],
)
def test_what_is_no_mosaic_is_refused(tmp_path: Path, data: bytes, sentence: str) -> None:
    with pytest.raises(PictureError, match=re.escape(sentence)):
        load_raw(file(tmp_path, data), Pattern.RGGB, 255)


def test_a_white_level_beyond_what_the_file_can_hold_is_refused(tmp_path: Path) -> None:
    path = file(tmp_path, by_opencv(smooth(channels=1), ".png"))
    with pytest.raises(PictureError, match="stores counts up to 255, so white can't be at 1023"):
        load_raw(path, Pattern.RGGB, 1023)


@pytest.mark.parametrize("white", [0, -1, float("nan"), float("inf")])
def test_a_white_level_must_be_a_positive_number(tmp_path: Path, white: float) -> None:
    with pytest.raises(UsageError, match="give the sensor's largest count"):
        load_raw(tmp_path / "never read", Pattern.RGGB, white)


def test_an_unknown_pattern_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no Bayer pattern RGBG: choose one of RGGB, BGGR, GRBG, GBRG"):
        load_raw(tmp_path / "never read", "RGBG", 1023)
