"""JPEG files: decoded as libjpeg does, turned as they ask, and never in part."""

from __future__ import annotations

import io
import re
from typing import Any

import numpy as np
import pytest
from pictures import by_pillow, exif, jpeg_segment, loaded, profile, smooth
from PIL import Image, ImageOps

from maistudio.errors import PictureError
from maistudio.imaging.picture import Meaning

SCAN, END = 0xDA, b"\xff\xd9"
PLAIN = by_pillow(smooth(101, 131), "JPEG")
PROGRESSIVE = by_pillow(smooth(101, 131), "JPEG", progressive=True)


def with_segments(data: bytes, *segments: bytes) -> bytes:
    return data[:2] + b"".join(segments) + data[2:]


def refused(data: bytes, sentence: str) -> None:
    with pytest.raises(PictureError, match=re.escape(sentence)):
        loaded(data)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"quality": 95, "subsampling": 0},
        {"subsampling": 1},
        {"progressive": True},
        {"restart_marker_blocks": 5},
        {"progressive": True, "restart_marker_rows": 1},
        {"optimize": True},
    ],
)
def test_pixels_are_those_pillow_decodes_from_the_whole_file(channels: int, options: dict[str, Any]) -> None:
    data = by_pillow(smooth(101, 131, channels), "JPEG", **options)
    picture = loaded(data)
    np.testing.assert_array_equal(picture.pixels.squeeze(), np.asarray(Image.open(io.BytesIO(data))))
    assert (picture.white, picture.notes) == (255.0, ())
    assert picture.meaning is (Meaning.RGB if channels == 3 else Meaning.GREY)


def test_an_adobe_segment_says_whether_three_components_are_rgb() -> None:
    """The plain file's YCbCr, declared to be RGB."""
    without_jfif = PLAIN[:2] + PLAIN[20:]
    data = with_segments(without_jfif, jpeg_segment(0xEE, b"Adobe" + bytes([0, 100, 0, 0, 0, 0, 0])))
    stored = np.asarray(Image.open(io.BytesIO(PLAIN)).convert("YCbCr")).astype(int)
    assert np.abs(loaded(data).pixels - stored).mean() < 2
    assert np.abs(loaded(PLAIN).pixels - stored).mean() > 20


def test_rgb_stored_without_conversion_is_told_by_its_adobe_segment() -> None:
    data = by_pillow(smooth(), "JPEG", keep_rgb=True, quality=100)
    assert np.abs(loaded(data).pixels.astype(int) - smooth()).max() <= 2


@pytest.mark.parametrize("orientation", range(2, 9))
def test_an_orientation_is_followed_and_noted(orientation: int) -> None:
    data = by_pillow(smooth(), "JPEG", exif=exif(orientation))
    upright = np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(data))))
    picture = loaded(data)
    np.testing.assert_array_equal(picture.pixels, upright)
    assert picture.pixels.flags.c_contiguous
    assert len(picture.notes) == 1
    assert picture.notes[0].endswith("as its orientation tag asks")


def test_a_camera_held_upright_makes_a_turned_picture() -> None:
    """Orientation 6: the stored picture's left edge is the top of the scene."""
    stored = np.zeros((16, 32, 3), np.uint8)
    stored[:, :16] = 255
    picture = loaded(by_pillow(stored, "JPEG", exif=exif(6)))
    assert picture.pixels.shape == (32, 16, 3)
    assert picture.pixels[0].min() == 255
    assert picture.pixels[-1].max() == 0
    assert picture.notes == ("turned by 90° clockwise, as its orientation tag asks",)


@pytest.mark.parametrize("orientation", [0, 1, 9])
def test_an_orientation_that_says_nothing_leaves_the_picture(orientation: int) -> None:
    assert loaded(by_pillow(smooth(), "JPEG", exif=exif(orientation))).notes == ()


@pytest.mark.parametrize("broken", [b"", b"II*\0", b"II*\0\xff\xff\0\0", b"MM\0*\0\0\0\x08\xff\xff", b"nonsense"])
def test_broken_exif_is_a_note(broken: bytes) -> None:
    picture = loaded(with_segments(PLAIN, jpeg_segment(0xE1, b"Exif\0\0" + broken)))
    assert picture.notes[0].startswith("its EXIF data is damaged")
    np.testing.assert_array_equal(picture.pixels, loaded(PLAIN).pixels)


def test_a_profile_in_two_segments_is_named() -> None:
    whole = profile("Display P3", 4)
    halves = [b"ICC_PROFILE\0\1\2" + whole[:140], b"ICC_PROFILE\0\2\2" + whole[140:]]
    picture = loaded(with_segments(PLAIN, *(jpeg_segment(0xE2, half) for half in halves)))
    assert picture.notes == ("its colour profile 'Display P3' is not applied: the values are as stored",)


def test_of_several_pictures_in_a_file_the_first_is_read_with_a_note() -> None:
    picture = loaded(with_segments(PLAIN, jpeg_segment(0xE2, b"MPF\0MM\0*")) + by_pillow(smooth(9, 9), "JPEG"))
    assert picture.pixels.shape == (101, 131, 3)
    assert picture.notes[0].startswith("more pictures follow in the file")


def test_an_embedded_thumbnail_is_not_the_picture_s_end() -> None:
    thumbnail = jpeg_segment(0xE1, b"http://other\0" + by_pillow(smooth(9, 9), "JPEG"))
    np.testing.assert_array_equal(loaded(with_segments(PLAIN, thumbnail)).pixels, loaded(PLAIN).pixels)


def test_cmyk_is_refused() -> None:
    cmyk = Image.fromarray(smooth()).convert("CMYK")
    refused(by_pillow(cmyk, "JPEG"), "is a CMYK or YCCK picture: convert it to RGB first")


def test_12_bits_are_refused() -> None:
    data = bytearray(PLAIN)
    frame = PLAIN.index(b"\xff\xc0")
    data[frame + 1], data[frame + 4] = 0xC1, 12
    refused(bytes(data), "is damaged, or of a rare kind: copy or download it again, or save it anew")


@pytest.mark.parametrize("data", [PLAIN, PROGRESSIVE], ids=["baseline", "progressive"])
@pytest.mark.parametrize("part", [0.3, 0.6, 0.9, 0.99])
def test_a_cut_one_is_refused(data: bytes, part: float) -> None:
    refused(data[: int(len(data) * part)], "ends too early, it was cut short")


def test_scans_without_end_are_refused() -> None:
    """Each takes a few bytes, and as long as the whole picture."""
    last = PROGRESSIVE.rindex(bytes([0xFF, SCAN]))
    data = PROGRESSIVE[:last] + 101 * PROGRESSIVE[last:-2] + END
    refused(data, "is a JPEG of more than 100 scans")


def test_what_follows_the_end_is_not_looked_at() -> None:
    np.testing.assert_array_equal(loaded(PLAIN + b"\xff\xd8 a video").pixels, loaded(PLAIN).pixels)


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xd8\xff\xd9",
        b"\xff\xd8" + jpeg_segment(0xFE, b"comment") + END,
        with_segments(PLAIN, PLAIN[PLAIN.index(b"\xff\xc0") : PLAIN.index(b"\xff\xc0") + 19]),
        with_segments(PLAIN, jpeg_segment(0xF0, b"")),
    ],
    ids=["nothing", "a comment", "two frames", "an unknown segment"],
)
def test_segments_that_make_no_sense_are_refused(data: bytes) -> None:
    with pytest.raises(PictureError, match="copy or download it again"):
        loaded(data)
