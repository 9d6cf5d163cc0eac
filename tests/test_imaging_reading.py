"""Pictures loaded from damaged files are whole or refused, in silence, and in memory of a known size."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pictures import by_opencv, by_pillow, exif, loaded, loaded_or_refused, noise, png, profile, smooth
from PIL import Image

from maistudio.errors import PictureError
from maistudio.imaging.picture import Meaning
from maistudio.imaging.reading import load

SMALL = smooth(13, 17)
DEEP = SMALL.astype(np.uint16) * 257
FILES = {
    "png": by_pillow(SMALL, "PNG", icc_profile=profile("Display P3", 4), exif=exif(6)),
    "png 16": by_opencv(DEEP, ".png"),
    "png interlaced": png(SMALL, 8, 2, interlaced=True),
    "png palette": by_pillow(Image.fromarray(SMALL).quantize(9), "PNG", bits=4),
    "png alpha": by_pillow(Image.fromarray(SMALL).convert("RGBA"), "PNG"),
    "jpeg": by_pillow(SMALL, "JPEG", exif=exif(6), icc_profile=profile("Display P3", 2)),
    "jpeg progressive": by_pillow(SMALL, "JPEG", progressive=True, restart_marker_blocks=2),
    "tiff": by_pillow(SMALL, "TIFF"),
    "tiff lzw": by_pillow(SMALL, "TIFF", compression="tiff_lzw"),
    "tiff deflate": by_opencv(DEEP, ".tif", [259, 8]),
    "tiff float": by_opencv(SMALL / np.float32(255), ".tif"),
    "webp": by_pillow(SMALL, "WEBP", exif=exif(6)),
    "webp lossless": by_pillow(SMALL, "WEBP", lossless=True, icc_profile=profile("Display P3", 4)),
    "bmp": by_opencv(SMALL, ".bmp"),
    "bmp palette": by_pillow(Image.fromarray(SMALL).quantize(9), "BMP"),
}
kinds = pytest.mark.parametrize("kind", FILES)


def test_pixels_are_never_written_to(tmp_path: Path) -> None:
    for kind, data in FILES.items():
        path = tmp_path / kind
        path.write_bytes(data)
        pixels = load(path).pixels
        with pytest.raises(ValueError, match="read-only"):
            pixels[0, 0, 0] = 0


def test_a_picture_says_where_it_came_from(tmp_path: Path) -> None:
    path = tmp_path / "picture.jpg"
    path.write_bytes(FILES["jpeg"])
    picture = load(path)
    assert (picture.source, picture.meaning) == (str(path), Meaning.RGB)


@kinds
def test_a_file_cut_anywhere_is_read_whole_or_refused(kind: str) -> None:
    data = FILES[kind]
    whole = loaded(data).pixels
    for length in range(0, len(data), 1 + len(data) // 400):
        picture = loaded_or_refused(data[:length])
        assert picture is None or np.array_equal(picture.pixels, whole), length


@kinds
def test_a_file_cut_in_its_middle_is_refused(kind: str) -> None:
    with pytest.raises(PictureError):
        loaded(FILES[kind][: len(FILES[kind]) // 2])


@kinds
@settings(max_examples=60)
@given(st.data())
def test_a_file_with_a_changed_byte_is_read_or_refused(kind: str, data: st.DataObject) -> None:
    changed = bytearray(FILES[kind])
    changed[data.draw(st.integers(0, len(changed) - 1), "place")] = data.draw(st.integers(0, 255), "byte")
    loaded_or_refused(bytes(changed))


@pytest.mark.slow
@kinds
def test_a_file_with_thousands_of_changes_is_read_or_refused(kind: str) -> None:
    whole = FILES[kind]
    random = np.random.default_rng(20210601)
    for times in range(4000):
        changed = bytearray(whole)
        reach = len(whole) if times % 2 else min(len(whole), 200)
        for place in random.integers(0, reach, 1 + times % 3):
            changed[place] = (0, 1, 127, 128, 255, random.integers(256))[random.integers(6)]
        loaded_or_refused(bytes(changed))


@pytest.mark.parametrize("kind", ["png", "png 16", "png interlaced", "png palette", "png alpha"])
@given(st.data())
def test_no_changed_byte_of_a_png_goes_unnoticed(kind: str, data: st.DataObject) -> None:
    changed = bytearray(FILES[kind])
    place = data.draw(st.integers(0, len(changed) - 1), "place")
    changed[place] ^= data.draw(st.integers(1, 255), "difference")
    assert loaded_or_refused(bytes(changed)) is None


MEASURE = """
    import sys
    from pathlib import Path

    def bytes_of(line):
        text = Path("/proc/self/status").read_text()
        return next(int(each.split()[1]) for each in text.splitlines() if each.startswith(line)) * 1024

    from maistudio.imaging.formats import bmp, jpeg, png, tiff, webp
    from maistudio.imaging.reading import load
    before = bytes_of("VmRSS")
    picture = load(sys.argv[1])
    print((bytes_of("VmHWM") - before) / picture.pixels.nbytes)
"""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="measured by /proc")
@pytest.mark.parametrize(
    ("suffix", "dtype", "options", "times"),
    [
        (".png", np.uint8, [], 3.0),
        (".png", np.uint16, [], 3.0),
        (".jpg", np.uint8, [1, 95], 2.6),
        (".jpg", np.uint8, [1, 95, 2, 1], 3.0),
        (".tif", np.uint16, [259, 5], 3.2),
        (".tif", np.uint8, [259, 1], 3.2),
        (".bmp", np.uint8, [], 3.0),
        (".webp", np.uint8, [64, 90], 2.3),
    ],
    ids=["png", "png 16", "jpeg", "jpeg progressive", "tiff 16 lzw", "tiff", "bmp", "webp"],
)
def test_24_megapixels_take_memory_for_few_copies_of_the_picture(
    tmp_path: Path, suffix: str, dtype: type, options: list[int], times: float
) -> None:
    path = tmp_path / f"large{suffix}"
    pixels = np.tile(smooth(500, 600), (8, 10, 1)) // 2 + noise((4000, 6000, 3)) // 32
    path.write_bytes(by_opencv(pixels.astype(dtype), suffix, options))
    command = [sys.executable, "-c", textwrap.dedent(MEASURE), str(path)]
    assert float(subprocess.run(command, capture_output=True, check=True, text=True).stdout) < times
