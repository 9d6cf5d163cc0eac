"""Pictures saved: exactly what was given comes back, or the reason why a format can't hold it."""

from __future__ import annotations

import io
import os
import re
from pathlib import Path

import numpy as np
import pytest
import tifffile
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from pictures import loaded, noise, smooth
from PIL import Image

from maistudio.errors import ExportError
from maistudio.imaging.picture import Meaning, Picture
from maistudio.imaging.reading import load
from maistudio.imaging.saving import encoded, save


def picture(pixels: np.ndarray, meaning: Meaning | None = None, white: float | None = None) -> Picture:
    usual = 1.0 if pixels.dtype == np.float32 else float(np.iinfo(pixels.dtype).max)
    known = Meaning.RGB if pixels.shape[2] == 3 else Meaning.GREY
    return Picture(pixels, meaning or known, white or usual, "a test")


def arrays(dtype: type, channels: st.SearchStrategy[int]) -> st.SearchStrategy[np.ndarray]:
    return hnp.arrays(dtype, st.tuples(st.integers(1, 30), st.integers(1, 30), channels))


either = st.sampled_from([1, 3])
rgb = st.just(3)


@pytest.mark.parametrize(
    ("suffix", "dtype", "channels"),
    [
        (".png", np.uint8, either),
        (".png", np.uint16, either),
        (".tif", np.uint8, either),
        (".tiff", np.uint16, either),
        (".bmp", np.uint8, either),
        (".webp", np.uint8, rgb),
    ],
)
@given(data=st.data())
def test_any_pixels_come_back_from_a_lossless_format(
    suffix: str, dtype: type, channels: st.SearchStrategy[int], data: st.DataObject
) -> None:
    pixels = data.draw(arrays(dtype, channels))
    back = loaded(encoded(picture(pixels), suffix))
    np.testing.assert_array_equal(back.pixels, pixels)
    assert (back.pixels.dtype, back.notes) == (pixels.dtype, ())


@given(
    hnp.arrays(np.float32, st.tuples(st.integers(1, 9), st.integers(1, 9), either), elements=st.floats(0, 1, width=32))
)
def test_any_floats_come_back_from_tiff(pixels: np.ndarray) -> None:
    back = loaded(encoded(picture(pixels), ".tif"))
    np.testing.assert_array_equal(back.pixels, pixels)
    assert back.white == 1.0


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_other_programs_read_what_is_saved(dtype: type) -> None:
    pixels = noise((41, 53, 3), dtype)
    np.testing.assert_array_equal(tifffile.imread(io.BytesIO(encoded(picture(pixels), ".tif"))), pixels)
    for suffix in (".png", ".bmp", ".webp") if dtype is np.uint8 else ():
        np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(encoded(picture(pixels), suffix)))), pixels)


def test_pixels_that_are_a_view_of_others_are_saved_as_they_look() -> None:
    pixels = smooth()[::-1, ::2]
    np.testing.assert_array_equal(loaded(encoded(picture(pixels), ".png")).pixels, pixels)


def test_jpeg_is_of_quality_95_with_full_colour() -> None:
    image = Image.open(io.BytesIO(encoded(picture(smooth()), ".jpg")))
    plain = io.BytesIO()
    Image.fromarray(smooth()).save(plain, "JPEG", quality=95, subsampling=0)
    assert image.quantization == Image.open(plain).quantization  # type: ignore[attr-defined]
    assert [component[1:3] for component in image.layer] == [(1, 1)] * 3  # type: ignore[attr-defined]


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_a_mosaic_is_saved_as_16_bit_grey(suffix: str) -> None:
    counts = noise((6, 8, 1), np.uint16) >> 6
    back = loaded(encoded(picture(counts, Meaning.BAYER, white=1023.0), suffix))
    np.testing.assert_array_equal(back.pixels, counts)
    assert back.meaning is Meaning.GREY
    assert back.pixels.dtype == np.uint16


FLOATS = np.zeros((2, 2, 3), np.float32)
GREY = smooth(channels=1)


@pytest.mark.parametrize(
    ("given_picture", "suffix", "sentence"),
    [
        (picture(FLOATS), ".png", ".png holds no floats: save as .tif, or round the picture to 8 or 16 bits first"),
        (picture(FLOATS), ".jpg", ".jpg holds no floats"),
        (picture(DEEP := noise((2, 2, 3), np.uint16)), ".jpg", ".jpg holds 8 bits, the picture has 16"),
        (picture(DEEP), ".webp", ".webp holds 8 bits, the picture has 16"),
        (picture(DEEP), ".bmp", ".bmp holds 8 bits, the picture has 16: save as .png or .tif, or round it first"),
        (picture(GREY), ".webp", ".webp holds no grey pictures: save as .png"),
        (picture(GREY, Meaning.BAYER), ".jpg", ".jpg is no format for a raw mosaic: save it as .png or .tif"),
        (picture(GREY, Meaning.BAYER), ".bmp", ".bmp is no format for a raw mosaic"),
        (picture(DEEP, white=4095.0), ".png", "a file can't say that white is at 4095: scale the picture to 65535"),
        (picture(GREY), ".gif", "pictures aren't saved as '.gif': choose one of .bmp, .jpeg, .jpg, .png"),
        (picture(GREY), "", "pictures aren't saved as ''"),
        (picture(smooth(1, 16_384)), ".webp", ".webp holds at most 16,383 pixels a side"),
        (picture(smooth(65_501, 1)), ".jpg", ".jpg holds at most 65,500 pixels a side"),
        (picture(smooth()[:0]), ".png", "the picture has no pixels"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_a_format_does_not_hold_is_refused(given_picture: Picture, suffix: str, sentence: str) -> None:
    with pytest.raises(ExportError, match=re.escape(sentence)):
        encoded(given_picture, suffix)


def test_the_suffix_chooses_the_format_whatever_its_case(tmp_path: Path) -> None:
    save(picture(smooth()), tmp_path / "PICTURE.PNG")
    assert (tmp_path / "PICTURE.PNG").read_bytes().startswith(b"\x89PNG")
    np.testing.assert_array_equal(load(tmp_path / "PICTURE.PNG").pixels, smooth())


def test_saving_leaves_nothing_but_the_file(tmp_path: Path) -> None:
    save(picture(smooth()), tmp_path / "picture.png")
    save(picture(smooth()[::-1]), tmp_path / "picture.png")
    assert [path.name for path in tmp_path.iterdir()] == ["picture.png"]
    np.testing.assert_array_equal(load(tmp_path / "picture.png").pixels, smooth()[::-1])


def test_a_file_stays_as_it_was_where_saving_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(b"before")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(ExportError, match=r"can't be written there \(No space left on device\); choose another place"):
        save(picture(smooth()), path)
    assert path.read_bytes() == b"before"


def test_nothing_is_left_where_the_file_cannot_be_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", denied)
    with pytest.raises(ExportError, match="Permission denied"):
        save(picture(smooth()), tmp_path / "picture.png")
    assert list(tmp_path.iterdir()) == []


def test_a_picture_that_the_format_does_not_hold_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"picture\.jpg: \.jpg holds no floats"):
        save(picture(FLOATS), tmp_path / "picture.jpg")


@pytest.mark.parametrize("name", ["missing/picture.png", "folder.png"])
def test_a_place_that_cannot_be_written_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder.png").mkdir()
    with pytest.raises(ExportError, match="the picture can't be written there"):
        save(picture(smooth()), tmp_path / name)


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="no links")
def test_a_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "link.png").symlink_to(tmp_path / "picture.png")
    save(picture(smooth()), tmp_path / "link.png")
    assert (tmp_path / "link.png").is_symlink()
    np.testing.assert_array_equal(load(tmp_path / "picture.png").pixels, smooth())
