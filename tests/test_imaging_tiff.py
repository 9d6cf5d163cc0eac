"""TIFF files as other programs write them, and each way in which they can't be read."""

from __future__ import annotations

import io
import re
import zlib
from typing import Any

import cv2
import numpy as np
import pytest
import tifffile
from hypothesis import given
from hypothesis import strategies as st
from pictures import by_opencv, by_pillow, loaded, noise, profile, smooth, tiff, tiff_directory
from PIL import Image, ImageOps

from maistudio.errors import PictureError
from maistudio.imaging.formats import lzw
from maistudio.imaging.formats.streams import PIECE
from maistudio.imaging.formats.undecoded import Unreadable
from maistudio.imaging.picture import Meaning

LZW, DEFLATE = 5, 8
WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC, STRIPS, ROWS, SIZES = 256, 257, 258, 259, 262, 273, 278, 279
GREY = {WIDTH: 2, HEIGHT: 2, BITS: 8, PHOTOMETRIC: 1, STRIPS: 8, SIZES: 4}


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
    @pytest.mark.parametrize("layout", [{}, {"rowsperstrip": 5}, {"tile": (16, 32)}])
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
@pytest.mark.parametrize("layout", [{}, {"tile": (16, 32)}, {"compression": "deflate"}])
def test_channels_in_planes(dtype: type, layout: dict[str, Any]) -> None:
    pixels = deep(dtype)
    planes = np.moveaxis(pixels, -1, 0)
    data = by_tifffile(planes, photometric="rgb", planarconfig="separate", **layout)
    np.testing.assert_array_equal(loaded(data).pixels, pixels)


@pytest.mark.parametrize("compression", ["tiff_lzw", "tiff_adobe_deflate"])
def test_the_floating_point_predictor(compression: str) -> None:
    pixels = deep(np.float32, 1)
    data = by_pillow(pixels, "TIFF", compression=compression, tiffinfo={317: 3})
    assert tifffile.TiffFile(io.BytesIO(data)).pages[0].tags[317].value == 3
    np.testing.assert_array_equal(loaded(data).pixels, pixels)


@given(
    pieces=st.lists(st.tuples(st.binary(min_size=1, max_size=40), st.integers(1, 400)), min_size=1, max_size=30),
)
def test_lzw_gives_back_what_libtiff_packed(pieces: list[tuple[bytes, int]]) -> None:
    plain = b"".join(part * times for part, times in pieces)
    written = by_pillow(Image.frombytes("L", (len(plain), 1), plain), "TIFF", compression="tiff_lzw")
    page = tifffile.TiffFile(io.BytesIO(written)).pages[0]
    packed = [written[at : at + size] for at, size in zip(page.dataoffsets, page.databytecounts, strict=True)]
    assert b"".join(piece for strip in packed for piece in lzw.decoded(strip)) == plain


CLEAR, FINISH = 256, 257


def coded(*codes: int) -> bytes:
    """Codes of 9 bits, padded with zeros."""
    text = "".join(f"{code:09b}" for code in codes)
    return int(text + "0" * (-len(text) % 8), 2).to_bytes(-(-len(text) // 8), "big")


def test_lzw_codes_stand_for_what_the_specification_s_example_says() -> None:
    """TIFF 6.0, section 13: 7 7 7 8 8 7 7 6 6 is written as 7, 258, 8, 8, 258, 6, 6."""
    packed = coded(CLEAR, 7, 258, 8, 8, 258, 6, 6, FINISH)
    assert b"".join(lzw.decoded(packed)) == bytes([7, 7, 7, 8, 8, 7, 7, 6, 6])


@pytest.mark.parametrize(
    "packed",
    [coded(CLEAR, 258), coded(CLEAR, 7, 259), coded(CLEAR, 7, 8, 300), coded(FINISH), bytes(9)],
    ids=["an entry first", "an entry not yet made", "one further on", "no clear code", "zeros"],
)
def test_lzw_codes_that_make_no_sense_are_refused(packed: bytes) -> None:
    with pytest.raises(Unreadable, match="LZW"):
        list(lzw.decoded(packed))


@pytest.mark.parametrize("orientation", range(2, 9))
def test_an_orientation_is_followed(orientation: int) -> None:
    data = by_pillow(smooth(), "TIFF", tiffinfo={274: orientation})
    stored = Image.fromarray(smooth())
    stored.getexif()[274] = orientation
    picture = loaded(data)
    np.testing.assert_array_equal(picture.pixels, np.asarray(ImageOps.exif_transpose(stored)))
    assert picture.notes[0].endswith("as its orientation tag asks")


def test_a_palette_is_expanded_as_pillow_does() -> None:
    indexed = Image.fromarray(smooth()).quantize(20)
    picture = loaded(by_pillow(indexed, "TIFF"))
    np.testing.assert_array_equal(picture.pixels, np.asarray(indexed.convert("RGB")))
    assert picture.notes == ("expanded from a palette of 256 colours",)


def test_a_palette_of_16_bits_keeps_them() -> None:
    red, green, blue = ([0] * 256 for _ in range(3))
    red[1], green[1], blue[1] = 65535, 1000, 3
    picture = loaded(tiff(GREY | {PHOTOMETRIC: 3, 320: red + green + blue}, bytes([0, 1, 1, 0])))
    assert picture.pixels[0].tolist() == [[0, 0, 0], [65535, 1000, 3]]
    assert picture.pixels.dtype == np.uint16


@pytest.mark.parametrize("scale", [256, 257])
def test_a_palette_of_8_bits_scaled_to_16_is_scaled_back(scale: int) -> None:
    ramp = [scale * value for value in range(256)]
    picture = loaded(tiff(GREY | {PHOTOMETRIC: 3, 320: ramp + ramp[::-1] + ramp}, bytes([0, 1, 200, 255])))
    assert picture.pixels.reshape(-1, 3).tolist() == [[0, 255, 0], [1, 254, 1], [200, 55, 200], [255, 0, 255]]
    assert picture.pixels.dtype == np.uint8


@pytest.mark.parametrize(("bits", "data", "expected"), [(8, [0, 1, 254, 255], 255), (16, [0, 1, 1000, 65535], 65535)])
def test_white_stored_as_zero_is_inverted_with_a_note(bits: int, data: list[int], expected: int) -> None:
    stored = np.array(data, f"<u{bits // 8}").tobytes()
    picture = loaded(tiff(GREY | {PHOTOMETRIC: 0, BITS: bits, SIZES: len(stored)}, stored))
    assert picture.pixels.ravel().tolist() == [expected - value for value in data]
    assert picture.notes == ("inverted, since the file stores white as 0",)


@pytest.mark.parametrize("planar", ["contig", "separate"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_alpha_is_dropped_where_all_is_opaque_and_refused_else(planar: str, dtype: type) -> None:
    pixels = deep(dtype, 4)
    pixels[:, :, 3] = 1 if dtype is np.float32 else np.iinfo(dtype).max

    def written() -> bytes:
        stored = pixels if planar == "contig" else np.moveaxis(pixels, -1, 0)
        return by_tifffile(stored, photometric="rgb", planarconfig=planar, extrasamples=["unassalpha"])

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
    refused(by_pillow(page, "TIFF", save_all=True, append_images=[page, page]), "holds 3 pages: save the one")


def test_a_preview_after_the_picture_is_no_further_page() -> None:
    file = io.BytesIO()
    with tifffile.TiffWriter(file) as writer:
        writer.write(smooth(), photometric="rgb")
        writer.write(smooth(9, 9), photometric="rgb", subfiletype=1)
    np.testing.assert_array_equal(loaded(file.getvalue()).pixels, smooth())


def test_directories_that_go_round_in_a_circle_end_in_a_refusal() -> None:
    data = tiff(GREY, bytes(4))
    place = int.from_bytes(data[4:8], "little")
    refused(tiff(GREY, bytes(4), following=place), "pages: save the one that is meant")
    preview = tiff_directory({254: 1}, following=12)
    refused(tiff(GREY, bytes(4) + preview, following=12), "pages: save the one that is meant")


def test_a_colour_profile_is_named() -> None:
    picture = loaded(by_pillow(smooth(), "TIFF", icc_profile=profile("ProPhoto RGB", 2)))
    assert picture.notes == ("its colour profile 'ProPhoto RGB' is not applied: the values are as stored",)


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
        (by_pillow(smooth(), "TIFF", compression="packbits"), "compressed in a way (32773) that isn't read"),
        (by_pillow(smooth(), "TIFF", compression="jpeg"), "save it"),
        (by_tifffile(smooth(), bigtiff=True), "is a BigTIFF: save it as a TIFF"),
        (tiff(GREY | {50706: 0x0401}, bytes(4)), "is a camera's raw file (DNG or alike)"),
        (tiff(GREY | {PHOTOMETRIC: 32803}, bytes(4)), "is a raw mosaic in a TIFF of its own kind"),
        (tiff(GREY | {PHOTOMETRIC: 99}, bytes(4)), "is a TIFF of unknown colours"),
        (tiff(GREY | {SIZES: 3}, bytes(4)), "ends too early"),
        (tiff(GREY | {STRIPS: 4000}, bytes(4)), "ends too early"),
        (tiff(GREY | {ROWS: 1}, bytes(4)), "lacks some of its 2 strips or tiles"),
        (tiff(GREY | {STRIPS: [8, 8]}, bytes(4)), "has a tag 273 of another type or length"),
        (tiff(GREY | {PHOTOMETRIC: 3}, bytes(4)), "lacks the palette of its colours"),
        (tiff(GREY | {PHOTOMETRIC: 3, 320: [65536] * 768}, bytes(4)), "lacks the palette of its colours"),
        (tiff(GREY | {317: 3}, bytes(4)), "has a TIFF header that makes no sense"),
        (tiff(GREY | {266: 2}, bytes(4)), "compressed in a way"),
        (b"II*\0\x08\0\0\0\0\0", "has a directory of 0 tags"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_not_read_is_refused_with_the_reason(data: bytes, sentence: str) -> None:
    refused(data, sentence)


def test_a_damaged_checksum_of_deflated_rows_is_found() -> None:
    """One that is read with the file's next piece, after all rows were inflated."""
    sizes = range(PIECE - 100, PIECE, 4)
    size = next(size for size in sizes if 0 < len(zlib.compress(bytes(size), 0)) - PIECE <= 4)
    packed = bytearray(zlib.compress(bytes(size), 0))
    entries = GREY | {WIDTH: size // 4, HEIGHT: 4, COMPRESSION: DEFLATE, SIZES: len(packed)}
    assert not loaded(tiff(entries, bytes(packed))).pixels.any()
    packed[-1] ^= 1
    refused(tiff(entries, bytes(packed)), "holds damaged data (deflate)")
