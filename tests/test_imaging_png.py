"""PNG files: every kind of pixel exactly, and a sentence for each way in which one can be wrong."""

from __future__ import annotations

import io
import re
import zlib

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from pictures import by_opencv, by_pillow, exif, loaded, noise, png, png_chunk, png_rows, profile, smooth
from PIL import Image

from maistudio.errors import PictureError
from maistudio.imaging.picture import Meaning

GREY, RGB, PALETTE, GREY_ALPHA, RGB_ALPHA = 0, 2, 3, 4, 6
THREE_COLOURS = png_chunk(b"PLTE", bytes([255, 0, 0, 0, 255, 0, 1, 2, 3]))


def refused(data: bytes, sentence: str) -> None:
    with pytest.raises(PictureError, match=re.escape(sentence)):
        loaded(data)


@pytest.mark.parametrize(
    "filter_type",
    [
        cv2.IMWRITE_PNG_FILTER_NONE,
        cv2.IMWRITE_PNG_FILTER_SUB,
        cv2.IMWRITE_PNG_FILTER_UP,
        cv2.IMWRITE_PNG_FILTER_AVG,
        cv2.IMWRITE_PNG_FILTER_PAETH,
        cv2.IMWRITE_PNG_ALL_FILTERS,
    ],
)
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("channels", [1, 3])
def test_filtered_rows_come_back_across_bands(filter_type: int, dtype: type, channels: int) -> None:
    pixels = np.sort(noise((700, 300, channels), dtype), axis=1)
    picture = loaded(by_opencv(pixels, ".png", [cv2.IMWRITE_PNG_FILTER, filter_type]))
    np.testing.assert_array_equal(picture.pixels, pixels)


@given(hnp.arrays(np.uint8, st.tuples(st.integers(1, 40), st.integers(1, 40), st.just(3))))
def test_pillow_s_pictures_come_back(pixels: np.ndarray) -> None:
    data = by_pillow(Image.fromarray(pixels), "PNG")
    np.testing.assert_array_equal(loaded(data).pixels, pixels)


def test_16_bit_grey_keeps_its_values_and_says_where_white_is() -> None:
    picture = loaded(png(np.array([[[0], [258]], [[4095], [65535]]]), 16, GREY))
    assert picture.pixels.squeeze().tolist() == [[0, 258], [4095, 65535]]
    assert (picture.white, picture.meaning, picture.notes) == (65535.0, Meaning.GREY, ())


@pytest.mark.parametrize(("bits", "step"), [(1, 255), (2, 85), (4, 17)])
def test_grey_of_few_bits_is_scaled_exactly_to_255(bits: int, step: int) -> None:
    levels = np.arange(2**bits)[None, :, None]
    picture = loaded(png(levels, bits, GREY))
    assert picture.pixels[0, :, 0].tolist() == [step * level for level in range(2**bits)]
    assert picture.notes == (f"{bits}-bit grey scaled to 0..255",)


@pytest.mark.parametrize(
    ("bits", "colour", "channels"),
    [(1, GREY, 1), (2, GREY, 1), (4, GREY, 1), (8, GREY, 1), (16, GREY, 1), (8, RGB, 3), (16, RGB, 3)],
)
@pytest.mark.parametrize("size", [(1, 1), (3, 5), (8, 8), (19, 33)])
def test_interlaced_rows_fall_into_their_places(bits: int, colour: int, channels: int, size: tuple[int, int]) -> None:
    samples = noise((*size, channels), np.uint16) >> (16 - bits)
    apart = loaded(png(samples, bits, colour, interlaced=True)).pixels
    np.testing.assert_array_equal(apart, loaded(png(samples, bits, colour)).pixels)


def test_interlaced_rows_are_read_as_pillow_reads_them() -> None:
    data = png(smooth(), 8, RGB, interlaced=True)
    np.testing.assert_array_equal(loaded(data).pixels, np.asarray(Image.open(io.BytesIO(data))))


@pytest.mark.parametrize("bits", [2, 4, 8])
def test_a_palette_is_expanded(bits: int) -> None:
    picture = loaded(png(np.array([[[0], [2], [1]]]), bits, PALETTE, THREE_COLOURS))
    assert picture.pixels.tolist() == [[[255, 0, 0], [1, 2, 3], [0, 255, 0]]]
    assert picture.notes == ("expanded from a palette of 3 colours",)


def test_a_colour_that_the_palette_lacks_is_refused() -> None:
    refused(png(np.array([[[3]]]), 8, PALETTE, THREE_COLOURS), "a colour that its palette lacks")


def test_a_palette_of_two_and_a_half_colours_is_refused() -> None:
    refused(png(np.array([[[0]]]), 8, PALETTE, png_chunk(b"PLTE", bytes(8))), "is a damaged PNG")


def test_transparency_of_colours_that_no_pixel_has_is_dropped() -> None:
    some = png_chunk(b"tRNS", bytes([255, 0]))
    picture = loaded(png(np.array([[[0], [2]]]), 8, PALETTE, THREE_COLOURS, some))
    assert picture.pixels.tolist() == [[[255, 0, 0], [1, 2, 3]]]
    assert "alpha channel dropped: every pixel is opaque" in picture.notes


def test_a_transparent_colour_of_a_palette_is_refused() -> None:
    some = png_chunk(b"tRNS", bytes([255, 254]))
    refused(png(np.array([[[1]]]), 8, PALETTE, THREE_COLOURS, some), "has transparent pixels: flatten it")


@pytest.mark.parametrize(("bits", "dtype"), [(8, np.uint8), (16, np.uint16)])
@pytest.mark.parametrize(("colour", "channels"), [(GREY_ALPHA, 2), (RGB_ALPHA, 4)])
class TestAlpha:
    def test_a_wholly_opaque_one_is_dropped(self, bits: int, dtype: type, colour: int, channels: int) -> None:
        samples = noise((9, 7, channels), dtype)
        samples[:, :, -1] = 2**bits - 1
        picture = loaded(png(samples, bits, colour))
        np.testing.assert_array_equal(picture.pixels, samples[:, :, :-1])
        assert picture.pixels.dtype == dtype
        assert picture.notes == ("alpha channel dropped: every pixel is opaque",)

    def test_one_pixel_short_of_opaque_is_refused(self, bits: int, dtype: type, colour: int, channels: int) -> None:
        samples = noise((9, 7, channels), dtype)
        samples[:, :, -1] = 2**bits - 1
        samples[8, 6, -1] -= 1
        refused(png(samples, bits, colour), "has transparent pixels: flatten it onto a background first")


@pytest.mark.parametrize(("bits", "key"), [(2, 2), (8, 2), (16, 513)])
def test_a_transparent_grey_is_refused_only_where_a_pixel_has_it(bits: int, key: int) -> None:
    chunk = png_chunk(b"tRNS", key.to_bytes(2, "big"))
    assert loaded(png(np.array([[[1], [3]]]), bits, GREY, chunk)).pixels.shape == (1, 2, 1)
    refused(png(np.array([[[1], [key]]]), bits, GREY, chunk), "has transparent pixels")


def test_grey_of_few_bits_with_a_transparent_grey_is_scaled_all_the_same() -> None:
    picture = loaded(png(np.array([[[1], [3]]]), 2, GREY, png_chunk(b"tRNS", b"\0\2")))
    assert picture.pixels.squeeze().tolist() == [85, 255]


def test_a_transparent_rgb_counts_only_in_all_channels() -> None:
    key = png_chunk(b"tRNS", bytes([0, 1, 0, 2, 0, 3]))
    assert loaded(png(np.array([[[1, 2, 4]]]), 8, RGB, key)).pixels.tolist() == [[[1, 2, 4]]]
    refused(png(np.array([[[1, 2, 3]]]), 8, RGB, key), "has transparent pixels")


def test_gamma_and_text_change_nothing() -> None:
    bomb = png_chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(50 * 2**20)))
    picture = loaded(png(smooth(), 8, RGB, png_chunk(b"gAMA", (22000).to_bytes(4, "big")), bomb))
    np.testing.assert_array_equal(picture.pixels, smooth())
    assert picture.notes == ()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"named\0\0" + zlib.compress(profile("Display P3", 4)), "its colour profile 'Display P3' is not applied"),
        (b"named\0\0" + zlib.compress(profile("Adobe RGB (1998)", 2)), "its colour profile 'Adobe RGB (1998)' is not"),
        (b"named\0\0" + zlib.compress(b"short"), "its colour profile 'named' is not applied"),
        (
            b"named\0\0" + zlib.compress(profile("Display P3", 4).replace(b"desc", b"else")),
            "its colour profile 'named' is not applied",
        ),
        (b"named\0\0not deflated", "its colour profile 'named' is not applied"),
        (b"\0\0" + zlib.compress(b"short"), "its colour profile (without a name) is not applied"),
    ],
)
def test_a_colour_profile_is_named_and_not_applied(content: bytes, said: str) -> None:
    picture = loaded(png(smooth(), 8, RGB, png_chunk(b"iCCP", content)))
    assert picture.notes[0].startswith(said)
    np.testing.assert_array_equal(picture.pixels, smooth())


def test_an_srgb_profile_needs_no_note() -> None:
    chunk = png_chunk(b"iCCP", b"x\0\0" + zlib.compress(profile("sRGB IEC61966-2.1", 2)))
    assert loaded(png(smooth(), 8, RGB, chunk)).notes == ()


def test_exif_in_a_png_turns_nothing_but_is_noted() -> None:
    picture = loaded(by_pillow(smooth(), "PNG", exif=exif(6)))
    np.testing.assert_array_equal(picture.pixels, smooth())
    assert picture.notes[0].startswith("not turned by 90° clockwise")


def test_an_animated_one_is_refused() -> None:
    still, moved = (Image.fromarray(pixels) for pixels in (smooth(), smooth()[::-1]))
    refused(by_pillow(still, "PNG", save_all=True, append_images=[moved]), "is an animated PNG: save the frame")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"rows": png_rows(smooth(), 8)[:-1]}, "ends too early"),
        ({"rows": png_rows(smooth(), 8, filter_type=5)}, "is damaged, or of a rare kind"),
        ({"ending": b""}, "ends too early"),
        ({"ending": png_chunk(b"ABCD", b"") + png_chunk(b"IEND", b"")}, "is a damaged PNG"),
    ],
    ids=["a byte short", "unknown filter", "no end", "unknown critical chunk"],
)
def test_data_that_does_not_fit_the_header_is_refused(change: dict[str, bytes], sentence: str) -> None:
    refused(
        png(smooth(), 8, RGB, rows=change.get("rows"), ending=change.get("ending", png_chunk(b"IEND", b""))), sentence
    )


@pytest.mark.parametrize("cut", [20, 100])
def test_compressed_data_without_its_end_is_refused(cut: int) -> None:
    refused(png(smooth(), 8, RGB, cut=cut), "ends too early")


@pytest.mark.parametrize("header", [(1, 1, 3, 0), (1, 1, 8, 1), (1, 1, 4, 2), (1, 1, 16, 3)])
def test_a_header_that_makes_no_sense_is_refused(header: tuple[int, int, int, int]) -> None:
    width, height, bits, colour = header
    content = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([bits, colour, 0, 0, 0])
    data = png(smooth(), 8, RGB)
    refused(data[:8] + png_chunk(b"IHDR", content) + data[33:], "has a PNG header that makes no sense")


def test_a_wrong_checksum_anywhere_is_refused() -> None:
    data = png(smooth(), 8, RGB, png_chunk(b"tEXt", b"Comment\0text"))
    for name in (b"IHDR", b"tEXt", b"IDAT", b"IEND"):
        place = data.index(name)
        length = int.from_bytes(data[place - 4 : place], "big")
        damaged = bytearray(data)
        damaged[place + 4 + length] ^= 1
        refused(bytes(damaged), "is a damaged PNG: copy or download it again")
