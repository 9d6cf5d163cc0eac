"""WebP and BMP files."""

from __future__ import annotations

import io
import re
import struct

import numpy as np
import pytest
from pictures import by_opencv, by_pillow, exif, loaded, noise, profile, smooth
from PIL import Image

from maistudio.errors import PictureError
from maistudio.imaging.picture import Meaning


def refused(data: bytes, sentence: str) -> None:
    with pytest.raises(PictureError, match=re.escape(sentence)):
        loaded(data)


class TestWebp:
    def test_a_lossless_one_comes_back(self) -> None:
        pixels = noise((19, 33, 3))
        picture = loaded(by_pillow(pixels, "WEBP", lossless=True))
        np.testing.assert_array_equal(picture.pixels, pixels)
        assert (picture.meaning, picture.white, picture.notes) == (Meaning.RGB, 255.0, ())

    def test_a_lossy_one_is_read_as_pillow_reads_it(self) -> None:
        data = by_pillow(smooth(101, 131), "WEBP", quality=80)
        np.testing.assert_array_equal(loaded(data).pixels, np.asarray(Image.open(io.BytesIO(data))))

    @pytest.mark.parametrize("lossless", [True, False])
    def test_alpha_is_dropped_where_all_is_opaque_and_refused_else(self, lossless: bool) -> None:
        pixels = np.dstack([smooth(33, 41), np.full((33, 41), 255, np.uint8)])
        pixels[32, 40, 3] = 254
        data = by_pillow(pixels, "WEBP", lossless=lossless, exact=True)
        refused(data, "has transparent pixels: flatten it onto a background first")

    def test_an_alpha_channel_that_is_opaque_is_dropped(self) -> None:
        """An encoder leaves such a channel out, so it is taken from a file whose alpha is stored beside the colours."""
        clear = np.dstack([smooth(33, 41), np.full((33, 41), 255, np.uint8)])
        clear[0, 0, 3] = 0
        data = bytearray(by_pillow(clear, "WEBP", quality=80))
        place = data.index(b"ALPH")
        size = int.from_bytes(data[place + 4 : place + 8], "little")
        opaque = b"ALPH" + struct.pack("<I", 1 + 33 * 41) + b"\0" + b"\xff" * (33 * 41)
        changed = data[12:place] + opaque + data[place + 8 + size + size % 2 :]
        picture = loaded(b"RIFF" + struct.pack("<I", 4 + len(changed)) + b"WEBP" + bytes(changed))
        assert picture.pixels.shape == (33, 41, 3)
        assert picture.notes == ("alpha channel dropped: every pixel is opaque",)

    def test_its_orientation_is_followed_and_its_profile_named(self) -> None:
        data = by_pillow(smooth(), "WEBP", lossless=True, exif=exif(8), icc_profile=profile("Display P3", 4))
        picture = loaded(data)
        np.testing.assert_array_equal(picture.pixels, np.rot90(smooth()))
        assert picture.notes == (
            "turned by 90° counter-clockwise, as its orientation tag asks",
            "its colour profile 'Display P3' is not applied: the values are as stored",
        )

    def test_an_animated_one_is_refused(self) -> None:
        frames = [Image.fromarray(pixels) for pixels in (smooth(), smooth()[::-1])]
        data = by_pillow(frames[0], "WEBP", save_all=True, append_images=frames[1:])
        refused(data, "is an animated WebP picture: save the frame that is meant")

    @pytest.mark.parametrize("lossless", [True, False])
    def test_data_that_ends_inside_its_chunk_is_refused(self, lossless: bool) -> None:
        """The container is whole, the compressed picture in it isn't."""
        data = by_pillow(smooth(101, 131), "WEBP", lossless=lossless)
        size = (int.from_bytes(data[16:20], "little") // 2) & ~1
        cut = data[12:16] + struct.pack("<I", size) + data[20 : 20 + size]
        refused(b"RIFF" + struct.pack("<I", 4 + len(cut)) + b"WEBP" + cut, "is damaged, or of a rare kind")

    @pytest.mark.parametrize("lossless", [True, False])
    def test_a_cut_file_is_told_from_a_damaged_one(self, lossless: bool) -> None:
        data = by_pillow(smooth(101, 131), "WEBP", lossless=lossless)
        refused(data[:-1], "ends too early, it was cut short: copy or download it again")

    def test_a_size_that_contradicts_the_frame_s_is_refused(self) -> None:
        data = bytearray(by_pillow(smooth(), "WEBP", lossless=True, exif=exif(1)))
        data[24] ^= 1
        refused(bytes(data), "is damaged, or of a rare kind")

    def test_a_frame_without_columns_is_refused(self) -> None:
        data = bytearray(by_pillow(smooth(), "WEBP", exif=exif(1)))
        start = data.index(b"\x9d\x01\x2a")
        data[start + 3 : start + 5] = bytes(2)
        refused(bytes(data), "is damaged, or of a rare kind")


def bmp(header: bytes, rest: bytes, offset: int | None = None) -> bytes:
    """A BMP of an info header and what follows it; pixels are its last bytes unless ``offset`` says otherwise."""
    start = offset if offset is not None else 14 + 4 + len(header)
    return b"BM" + struct.pack("<IHHI", 0, 0, 0, start) + struct.pack("<I", 4 + len(header)) + header + rest


def info(width: int, height: int, bits: int, compression: int = 0, colours: int = 0) -> bytes:
    return struct.pack("<2i2H2I2i2I", width, height, 1, bits, compression, 0, 0, 0, colours, 0)


class TestBmp:
    @pytest.mark.parametrize("width", [1, 2, 3, 4, 31])
    def test_rgb_and_grey_come_back_whatever_the_padding(self, width: int) -> None:
        for channels in (1, 3):
            pixels = noise((17, width, channels))
            picture = loaded(by_opencv(pixels, ".bmp"))
            np.testing.assert_array_equal(picture.pixels, pixels)
            assert picture.notes == ()

    def test_the_last_row_comes_first_unless_the_height_is_negative(self) -> None:
        rows = bytes([1, 2, 3, 0, 4, 5, 6, 0])
        assert loaded(bmp(info(1, 2, 24), rows)).pixels.tolist() == [[[6, 5, 4]], [[3, 2, 1]]]
        assert loaded(bmp(info(1, -2, 24), rows)).pixels.tolist() == [[[3, 2, 1]], [[6, 5, 4]]]

    def test_the_fourth_byte_of_a_pixel_has_no_meaning_without_masks(self) -> None:
        assert loaded(bmp(info(1, 1, 32), bytes([1, 2, 3, 77]))).pixels.tolist() == [[[3, 2, 1]]]

    @pytest.mark.parametrize(("alpha", "read"), [(255, True), (254, False)])
    def test_with_a_mask_for_it_the_fourth_byte_is_alpha(self, alpha: int, read: bool) -> None:
        masks = struct.pack("<4I", 0xFF0000, 0xFF00, 0xFF, 0xFF000000)
        data = bmp(info(1, 1, 32, compression=3) + masks, bytes([1, 2, 3, alpha]))
        if read:
            assert loaded(data).notes == ("alpha channel dropped: every pixel is opaque",)
        else:
            refused(data, "has transparent pixels")

    def test_other_masks_are_refused(self) -> None:
        masks = struct.pack("<3I", 0xFF, 0xFF00, 0xFF0000)
        refused(bmp(info(1, 1, 32, compression=3), masks + bytes(4), offset=66), "is damaged, or of a rare kind")

    @pytest.mark.parametrize(("bits", "row"), [(1, 0b01000000), (4, 0x01), (8, 0)])
    def test_a_palette_is_expanded(self, bits: int, row: int) -> None:
        palette = bytes([3, 2, 1, 0, 6, 5, 4, 0])
        rows = bytes([row, 1, 0, 0])
        picture = loaded(bmp(info(2, 1, bits, colours=2), palette + rows, offset=62))
        assert picture.pixels.tolist() == [[[1, 2, 3], [4, 5, 6]]]
        assert picture.notes == ("expanded from a palette of 2 colours",)

    def test_a_colour_that_the_palette_lacks_is_refused(self) -> None:
        data = bmp(info(1, 1, 8, colours=2), bytes(8) + bytes([2, 0, 0, 0]), offset=62)
        refused(data, "a colour that its palette lacks")

    def test_the_palette_of_an_os2_header_has_three_bytes_a_colour(self) -> None:
        header = struct.pack("<4H", 2, 1, 1, 1)
        picture = loaded(bmp(header, bytes([3, 2, 1, 6, 5, 4]) + bytes([0b01000000, 0, 0, 0]), offset=32))
        assert picture.pixels.tolist() == [[[1, 2, 3], [4, 5, 6]]]

    def test_black_and_white_is_grey_of_one_bit(self) -> None:
        stored = Image.fromarray(smooth()).convert("1")
        picture = loaded(by_pillow(stored, "BMP"))
        np.testing.assert_array_equal(picture.pixels[:, :, 0], np.asarray(stored) * np.uint8(255))
        assert (picture.meaning, picture.notes) == (Meaning.GREY, ("1-bit grey scaled to 0..255",))

    @pytest.mark.parametrize(("bits", "compression"), [(8, 1), (4, 2), (16, 0), (16, 3), (24, 4)])
    def test_compressed_and_16_bit_ones_are_refused(self, bits: int, compression: int) -> None:
        refused(bmp(info(1, 1, bits, compression), bytes(2000)), "of a rare kind: ")

    def test_runs_of_a_colour_are_refused_though_they_could_be_read(self) -> None:
        runs = bytes([2, 1, 0, 1])
        refused(bmp(info(2, 1, 8, compression=1, colours=2), bytes(8) + runs, offset=62), "is a compressed BMP")

    @pytest.mark.parametrize("header", [info(0, 1, 24), info(1, 0, 24), info(1, 1, 7)])
    def test_a_header_that_makes_no_sense_is_refused(self, header: bytes) -> None:
        refused(bmp(header, bytes(100)), "is damaged, or of a rare kind")
