"""What files say of themselves before they are decoded, and which are refused by that alone."""

from __future__ import annotations

import os
import struct
import sys
from pathlib import Path

import numpy as np
import pytest
from pictures import by_opencv, by_pillow, exif, noise, png_chunk, smooth, tiff

from maistudio.errors import PictureError
from maistudio.imaging.picture import Meaning
from maistudio.imaging.probe import LARGEST_PICTURE, probe
from maistudio.imaging.reading import load


def png_claiming(width: int, height: int) -> bytes:
    """A PNG's first chunks; no pixel follows."""
    header = png_chunk(b"IHDR", struct.pack(">2I5B", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + struct.pack(">I", 100) + b"IDAT"


@pytest.mark.parametrize(
    ("data", "form", "dtype", "meaning"),
    [
        (by_opencv(smooth(), ".png"), "PNG", np.uint8, Meaning.RGB),
        (by_opencv(noise((23, 31, 1), np.uint16), ".png"), "PNG", np.uint16, Meaning.GREY),
        (by_pillow(smooth(), "JPEG"), "JPEG", np.uint8, Meaning.RGB),
        (by_opencv(smooth().astype(np.float32), ".tif"), "TIFF", np.float32, Meaning.RGB),
        (by_pillow(smooth(), "WEBP"), "WebP", np.uint8, Meaning.RGB),
        (by_pillow(smooth(channels=1), "BMP"), "BMP", np.uint8, Meaning.GREY),
    ],
)
def test_a_header_says_what_the_decoded_picture_is(
    tmp_path: Path, data: bytes, form: str, dtype: type, meaning: Meaning
) -> None:
    path = tmp_path / "picture"
    path.write_bytes(data)
    header = probe(path)
    assert (header.format, header.shown_size, header.meaning) == (form, (23, 31), meaning)
    assert header.dtype == dtype
    picture = load(path)
    assert (picture.height, picture.width, picture.meaning) == (23, 31, meaning)
    assert picture.pixels.dtype == dtype


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_picture_is_shown_with_its_sides_swapped(tmp_path: Path, orientation: int) -> None:
    path = tmp_path / "upright.jpg"
    path.write_bytes(by_pillow(smooth(), "JPEG", exif=exif(orientation)))
    assert probe(path).shown_size == ((31, 23) if orientation in {5, 6, 7, 8} else (23, 31))
    assert load(path).pixels.shape[:2] == probe(path).shown_size


def test_nothing_is_decoded(tmp_path: Path) -> None:
    path = tmp_path / "beginning.png"
    path.write_bytes(png_claiming(300, 200))
    assert probe(path).shown_size == (200, 300)
    with pytest.raises(PictureError, match="ends too early"):
        load(path)


@pytest.mark.parametrize("size", [(12_650, 12_650), (2**31 - 1, 2**31 - 1), (1, 2**16 + 1)])
def test_too_many_pixels_are_refused_by_the_header_alone(tmp_path: Path, size: tuple[int, int]) -> None:
    path = tmp_path / "huge.png"
    path.write_bytes(png_claiming(*size))
    with pytest.raises(PictureError, match=r"at most 160 megapixels and 65,536 pixels a side are read: crop or scale"):
        load(path)


def test_the_limit_leaves_room_for_a_camera_of_102_megapixels(tmp_path: Path) -> None:
    path = tmp_path / "large.png"
    path.write_bytes(png_claiming(11_648, 8_736))
    assert probe(path).shown_size == (8_736, 11_648)
    assert LARGEST_PICTURE > 11_648 * 8_736


def test_a_file_of_2_gib_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "large.tif"
    path.write_bytes(by_pillow(smooth(), "TIFF"))
    os.truncate(path, 2**31)
    with pytest.raises(PictureError, match="has 2 GiB or more"):
        probe(path)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "is empty: copy or download it again"),
        (b"\x89PN", "is not a picture that can be read: choose a PNG, JPEG, TIFF, WebP or BMP file"),
        (b"hello world", "is not a picture that can be read"),
        (by_pillow(smooth(), "GIF"), "is a GIF: save it as PNG or TIFF first"),
        (b"\0\0\0\x20ftypheic", "is a HEIC picture"),
        (b"\0\0\0\x20ftypavif", "is an AVIF picture"),
        (b"\0\0\0\x18ftypcrx ", "is a camera's raw file"),
        (b"\0\0\0\x18ftypisom", "is a video: open it as one"),
        (b"RIFF\0\0\0\0AVI LIST", "is a video: open it as one"),
        (b"8BPS\0\1", "is a Photoshop document"),
        (b"P6\n1 1\n255\n", "is a PPM picture"),
        (by_pillow(smooth(), "JPEG2000"), "is a JPEG 2000 picture"),
        (tiff({256: 0, 257: 1, 258: 8, 262: 1, 273: 8, 279: 1}), "has no pixels: save it anew"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_other_files_are_named_for_what_they_are(tmp_path: Path, data: bytes, sentence: str) -> None:
    path = tmp_path / "file.png"
    path.write_bytes(data)
    with pytest.raises(PictureError) as caught:
        load(path)
    assert str(caught.value).startswith(f"{path}: {sentence}")
    assert caught.value.path == path


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PictureError, match="is a folder: choose a file in it"):
        load(tmp_path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PictureError, match="there is no such file: choose another"):
        load(tmp_path / "missing.png")


def test_a_name_that_no_file_can_have_is_refused() -> None:
    with pytest.raises(PictureError, match="can't be a file"):
        load("picture\0.png")


@pytest.mark.skipif(sys.platform == "win32", reason="no pipes with names")
def test_a_pipe_is_refused_without_waiting_for_its_other_end(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    with pytest.raises(PictureError, match="is no plain file: choose another"):
        load(path)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(by_pillow(smooth(), "PNG"))
    path.chmod(0)
    with pytest.raises(PictureError, match="can't be read"):
        load(path)


def test_a_failure_of_the_disk_is_told_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(by_pillow(smooth(), "PNG"))

    def failing(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", failing)
    with pytest.raises(PictureError, match=r"can't be read \(Permission denied\): choose another file"):
        load(path)
