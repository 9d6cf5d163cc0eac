"""TIFF files as other programs write them, and each way in which they can't be read."""

from __future__ import annotations

import io
import re
import struct
import zlib
from typing import Any

import cv2
import numpy as np
import pytest
import tifffile
from pictures import by_opencv, by_pillow, loaded, noise, profile, smooth, tiff
from PIL import Image, ImageOps

from maistudio.errors import PictureError
from maistudio.imaging.picture import Meaning

LZW, DEFLATE = 5, 8
WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC, STRIPS, ROWS, SIZES = 256, 257, 258, 259, 262, 273, 278, 279
GREY: dict[int, int | list[int]] = {WIDTH: 2, HEIGHT: 2, BITS: 8, PHOTOMETRIC: 1, STRIPS: 8, SIZES: 4}


def refused(data: bytes, sentence: str) -> None:
    with pytest.raises(PictureError, match=re.escape(sentence)):
        loaded(data)


def by_tifffile(pixels: np.ndarray, **options: Any) -> bytes:
    file = io.BytesIO()
    tifffile.imwrite(file, pixels, **{"photometric": "rgb" if pixels.shape[-1] == 3 else "minisblack", **options})
    return file.getvalue()


def deep(dtype: type, channels: int = 3, height: int = 47, width: int = 53) -> np.ndarray:
    if dtype is np.float32:
        return np.random.default_rng(1).random((height, width, channels), np.float32)
    return np.sort(noise((height, width, channels), dtype), axis=1)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
@pytest.mark.parametrize("channels", [1, 3])
class TestEveryType:
    @pytest.mark.parametrize("byteorder", ["<", ">"])
    @pytest.mark.parametrize("compression", [None, "deflate"])
    @pytest.mark.parametrize("layout", [{}, {"rowsperstrip": 5}, {"tile": (32, 32)}])
    def test_strips_and_tiles(
        self, dtype: type, channels: int, byteorder: str, compression: str | None, layout: dict[str, Any]
    ) -> None:
        pixels = deep(dtype, channels)
        picture = loaded(by_tifffile(pixels, byteorder=byteorder, compression=compression, **layout))
        np.testing.assert_array_equal(picture.pixels, pixels)
        assert picture.pixels.dtype == dtype
        assert picture.white == {"u1": 255, "u2": 65535, "f4": 1.0}[pixels.dtype.str[1:]]
        assert (picture.meaning, picture.notes) == (Meaning.RGB if channels == 3 else Meaning.GREY, ())

    @pytest.mark.parametrize("compression", [LZW, DEFLATE])
    @pytest.mark.parametrize("predictor", [1, 2])
    def test_lzw_and_deflate_of_row_differences(
        self, dtype: type, channels: int, compression: int, predictor: int
    ) -> None:
        pixels = deep(dtype, channels)
        options = [cv2.IMWRITE_TIFF_COMPRESSION, compression, cv2.IMWRITE_TIFF_PREDICTOR, predictor]
        np.testing.assert_array_equal(loaded(by_opencv(pixels, ".tif", options)).pixels, pixels)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_packbits(dtype: type) -> None:
    pixels = deep(dtype)
    np.testing.assert_array_equal(loaded(by_opencv(pixels, ".tif", [259, 32773])).pixels, pixels)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_channels_in_planes_are_refused(dtype: type) -> None:
    data = by_tifffile(np.moveaxis(deep(dtype), -1, 0), photometric="rgb", planarconfig="separate")
    refused(data, "is a TIFF whose channels lie in planes: save it with interleaved channels")


@pytest.mark.parametrize("compression", ["tiff_lzw", "tiff_adobe_deflate"])
def test_the_floating_point_predictor(compression: str) -> None:
    pixels = deep(np.float32, 1)
    data = by_pillow(pixels, "TIFF", compression=compression, tiffinfo={317: 3})
    assert tifffile.TiffFile(io.BytesIO(data)).pages[0].tags[317].value == 3
    np.testing.assert_array_equal(loaded(data).pixels, pixels)


@pytest.mark.parametrize("orientation", range(2, 9))
def test_an_orientation_is_followed(orientation: int) -> None:
    data = by_pillow(smooth(), "TIFF", tiffinfo={274: orientation})
    stored = Image.fromarray(smooth())
    stored.getexif()[274] = orientation
    picture = loaded(data)
    np.testing.assert_array_equal(picture.pixels, np.asarray(ImageOps.exif_transpose(stored)))
    assert picture.notes[0].endswith("as its orientation tag asks")


def test_a_palette_is_refused() -> None:
    refused(by_pillow(Image.fromarray(smooth()).quantize(20), "TIFF"), "has a palette: save it as RGB")


@pytest.mark.parametrize(("bits", "data", "expected"), [(8, [0, 1, 254, 255], 255), (16, [0, 1, 1000, 65535], 65535)])
def test_white_stored_as_zero_is_inverted_with_a_note(bits: int, data: list[int], expected: int) -> None:
    stored = np.array(data, f"<u{bits // 8}").tobytes()
    picture = loaded(tiff(GREY | {PHOTOMETRIC: 0, BITS: bits, SIZES: len(stored)}, stored))
    assert picture.pixels.ravel().tolist() == [expected - value for value in data]
    assert picture.notes == ("inverted, since the file stores white as 0",)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_alpha_is_dropped_where_all_is_opaque_and_refused_else(dtype: type) -> None:
    pixels = deep(dtype, 4)
    pixels[:, :, 3] = 1 if dtype is np.float32 else np.iinfo(dtype).max

    def written() -> bytes:
        return by_tifffile(pixels, photometric="rgb", extrasamples=["unassalpha"])

    picture = loaded(written())
    np.testing.assert_array_equal(picture.pixels, pixels[:, :, :3])
    assert picture.notes == ("alpha channel dropped: every pixel is opaque",)
    pixels[-1, -1, 3] = 0
    refused(written(), "has transparent pixels: flatten it onto a background first")


def test_floats_outside_black_and_white_are_kept_with_a_note() -> None:
    pixels = deep(np.float32, 1)
    pixels[3, 4], pixels[5, 6] = -0.25, 1.5
    picture = loaded(by_tifffile(pixels))
    np.testing.assert_array_equal(picture.pixels, pixels)
    assert picture.notes == ("its values reach from -0.25 to 1.5, outside black at 0 and white at 1",)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_floats_that_are_no_numbers_are_refused(value: float) -> None:
    pixels = deep(np.float32, 1)
    pixels[2, 1] = value
    refused(by_tifffile(pixels), "holds values that are no numbers")


def test_several_pages_are_refused() -> None:
    page = Image.fromarray(smooth())
    refused(by_pillow(page, "TIFF", save_all=True, append_images=[page, page]), "holds several pages: save the one")


def test_a_colour_profile_is_named() -> None:
    picture = loaded(by_pillow(smooth(), "TIFF", icc_profile=profile("ProPhoto RGB", 2)))
    assert picture.notes == ("its colour profile 'ProPhoto RGB' is not applied: the values are as stored",)


BOMB: dict[int, int | list[int]] = {
    256: 1,
    257: 65536,
    COMPRESSION: 8,
    322: 4096,
    323: 16,
    324: [8] * 4096,
    325: [len(zlib.compress(bytes(1 << 20)))] * 4096,
}
"""A column of pixels in tiles of thousands each, all of them the same bytes."""


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (by_pillow(Image.fromarray(smooth()).convert("CMYK"), "TIFF"), "is a CMYK picture: convert it to RGB"),
        (by_pillow(Image.fromarray(smooth()).convert("LAB"), "TIFF"), "is a CIE Lab picture: convert it to RGB"),
        (by_pillow(Image.fromarray(smooth()).convert("1"), "TIFF"), "is a TIFF of 1-bit unsigned samples"),
        (by_tifffile(smooth().astype(np.float64)), "is a TIFF of 64-bit floating-point samples"),
        (by_tifffile(smooth(channels=1).astype(np.int16)), "is a TIFF of 16-bit signed samples"),
        (by_tifffile(smooth(channels=1).astype(np.uint32)), "is a TIFF of 32-bit unsigned samples"),
        (by_tifffile(smooth(channels=5), photometric="minisblack", planarconfig="contig"), "is a TIFF of 5 channels"),
        (by_tifffile(np.dstack([smooth(channels=1)] * 2), extrasamples=["unassalpha"]), "is a TIFF of 2 channels"),
        (by_pillow(smooth(), "TIFF", compression="jpeg"), "save it"),
        (by_tifffile(smooth(), bigtiff=True), "is a BigTIFF: save it as a TIFF"),
        (tiff(GREY | {50706: 0x0401}, bytes(4)), "is a camera's raw file (DNG or alike)"),
        (tiff(GREY | {PHOTOMETRIC: 32803}, bytes(4)), "is a raw mosaic in a TIFF of its own kind"),
        (tiff(GREY | {PHOTOMETRIC: 99}, bytes(4)), "is a TIFF of rare colours (99): save it as RGB"),
        (tiff(GREY | {SIZES: 3}, bytes(4)), "ends too early"),
        (tiff(GREY | {STRIPS: 4000}, bytes(4)), "ends too early"),
        (tiff(GREY | {ROWS: 1}, bytes(4)), "lacks some of its 2 strips or tiles"),
        (tiff(GREY | {STRIPS: [8, 8]}, bytes(4)), "has a tag 273 of another type or length"),
        (tiff(GREY | {322: 8192, 323: 8192, 324: 8, 325: 4}, bytes(4)), "has a TIFF header that makes no sense"),
        (tiff(GREY | BOMB, zlib.compress(bytes(1 << 20))), "has tiles or strips that hold far more than the picture"),
        (tiff(GREY | {SIZES: 0}, bytes(4)), "ends too early"),
        (tiff(GREY | {SIZES: 0, COMPRESSION: LZW}, bytes(4)), "ends too early"),
        (tiff(GREY | {266: 2}, bytes(4)), "compressed in a way"),
        (b"II*\0\x08\0\0\0\0\0", "ends too early"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_not_read_is_refused_with_the_reason(data: bytes, sentence: str) -> None:
    refused(data, sentence)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_damaged_checksum_of_deflated_rows_is_found(dtype: type) -> None:
    packed = bytearray(zlib.compress(bytes(1000 * dtype(0).itemsize)))
    entries = GREY | {WIDTH: 250, HEIGHT: 4, BITS: 8 * dtype(0).itemsize, COMPRESSION: DEFLATE, SIZES: len(packed)}
    assert not loaded(tiff(entries, bytes(packed))).pixels.any()
    packed[-1] ^= 1
    refused(tiff(entries, bytes(packed)), "holds damaged data (deflate)")


def test_deflated_rows_that_are_too_few_are_found() -> None:
    packed = zlib.compress(bytes(999))
    entries = GREY | {WIDTH: 250, HEIGHT: 4, COMPRESSION: DEFLATE, SIZES: len(packed)}
    refused(tiff(entries, packed), "ends too early")


def test_a_missing_checksum_of_deflated_rows_is_found() -> None:
    packed = zlib.compress(bytes(1000))[:-2]
    entries = GREY | {WIDTH: 250, HEIGHT: 4, COMPRESSION: DEFLATE, SIZES: len(packed)}
    refused(tiff(entries, packed), "ends too early")


def test_two_heights_in_a_file_are_refused() -> None:
    once = tiff(GREY | {260: 4, SIZES: 8}, bytes(8))
    twice = once.replace(struct.pack("<HHII", 260, 4, 1, 4), struct.pack("<HHII", HEIGHT, 4, 1, 4))
    refused(twice, "is damaged, or of a rare kind")
