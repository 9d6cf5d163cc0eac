"""Which kind of picture a file is, and what its header says, without decoding it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import BinaryIO

from maistudio.errors import PictureError
from maistudio.imaging.formats import bmp, jpeg, png, tiff, webp
from maistudio.imaging.formats.undecoded import Header, Undecoded, Unreadable

LARGEST_PICTURE = 160_000_000
"""Pixels of the largest picture that is read; a medium-format camera makes 102 million."""
LONGEST_SIDE = 2**16
LARGEST_FILE = 2**31 - 1
"""Bytes that OpenCV takes at once."""

SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp", ".bmp"})
"""Those of the formats that are read, in lower case."""

SAVE_AS = "save it as PNG or TIFF first"
OTHERS = (
    (0, b"GIF8", f"is a GIF: {SAVE_AS}"),
    (0, b"II+\0", "is a BigTIFF: save it as a TIFF of less than 4 GiB"),
    (0, b"MM\0+", "is a BigTIFF: save it as a TIFF of less than 4 GiB"),
    (0, b"8BPS", f"is a Photoshop document: {SAVE_AS}"),
    (0, b"v/1\x01", f"is an OpenEXR picture: {SAVE_AS}"),
    (0, b"#?RADIANCE", f"is a Radiance HDR picture: {SAVE_AS}"),
    (0, b"\0\0\0\x0cjP  ", f"is a JPEG 2000 picture: {SAVE_AS}"),
    (0, b"\xff\x4f\xff\x51", f"is a JPEG 2000 picture: {SAVE_AS}"),
    (0, b"\xff\x0a", f"is a JPEG XL picture: {SAVE_AS}"),
    (0, b"\0\0\0\x0cJXL ", f"is a JPEG XL picture: {SAVE_AS}"),
    (4, b"ftypavif", f"is an AVIF picture: {SAVE_AS}"),
    (4, b"ftypavis", f"is an AVIF picture: {SAVE_AS}"),
    (4, b"ftyphei", f"is a HEIC picture: {SAVE_AS}"),
    (4, b"ftypmif1", f"is a HEIC or AVIF picture: {SAVE_AS}"),
    (4, b"ftypcrx", "is a camera's raw file (CR3): develop it with a raw converter first"),
    (4, b"ftyp", "is a video: open it as one"),
    (0, b"\x1a\x45\xdf\xa3", "is a video: open it as one"),
    (8, b"AVI ", "is a video: open it as one"),
    (0, b"\x93NUMPY", f"is a NumPy array: {SAVE_AS}"),
    (0, b"%PDF", f"is a PDF document: {SAVE_AS}"),
    (0, b"P5", f"is a PGM picture: {SAVE_AS}"),
    (0, b"P6", f"is a PPM picture: {SAVE_AS}"),
    (0, b"<svg", f"is an SVG drawing: {SAVE_AS}"),
)
"""Place and bytes that tell other files, and what is said of them."""


def probe(path: Path | str) -> Header:
    """What the header of a picture file says. Raises PictureError as ``reading.load`` does, but decodes nothing."""
    with opened(path) as picture:
        return picture.header


@contextmanager
def opened(path: Path | str) -> Iterator[Undecoded]:
    """A picture file ready to be decoded, as long as this lasts; what fails meanwhile is raised as PictureError."""
    try:
        with plain_file(Path(path)) as file:
            if os.fstat(file.fileno()).st_size > LARGEST_FILE:
                raise Unreadable("has 2 GiB or more, too much for one picture: crop it, or save it anew")
            picture = _undecoded(file)
            _check_size(picture.header)
            yield picture
    except Unreadable as fault:
        raise PictureError(path, str(fault)) from None
    except OSError as error:
        raise PictureError(path, f"can't be read ({error.strerror or error}): choose another file") from None
    except MemoryError:
        raise PictureError(path, "needs more memory than there is: close other pictures or programs first") from None


def plain_file(path: Path) -> BinaryIO:
    """The file opened. Raises Unreadable for what is none: opening a pipe would wait for its other end."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        if path.is_symlink():
            raise Unreadable("is a link to a file that isn't there: mend it, or choose another") from None
        raise Unreadable("there is no such file: choose another") from None
    except ValueError as error:
        raise Unreadable(f"can't be a file ({error}): choose another") from None
    if S_ISDIR(mode):
        raise Unreadable("is a folder: choose a file in it")
    if not S_ISREG(mode):
        raise Unreadable("is no plain file: choose another")
    return path.open("rb")


def _undecoded(file: BinaryIO) -> Undecoded:
    start = file.read(16)
    file.seek(0)
    if not start:
        raise Unreadable("is empty: copy or download it again")
    if start.startswith(png.SIGNATURE):
        return png.undecoded(file)
    if start.startswith(jpeg.SIGNATURE):
        return jpeg.undecoded(file)
    if start.startswith(tiff.SIGNATURES):
        return tiff.undecoded(file)
    if start.startswith(b"RIFF") and start[8:12] == b"WEBP":
        return webp.undecoded(file)
    if start.startswith(bmp.SIGNATURE):
        return bmp.undecoded(file)
    for place, magic, what in OTHERS:
        if start[place:].startswith(magic):
            raise Unreadable(what)
    raise Unreadable("is not a picture that can be read: choose a PNG, JPEG, TIFF, WebP or BMP file")


def _check_size(header: Header) -> None:
    """Raise Unreadable for more pixels than memory is given to."""
    pixels = header.height * header.width
    if pixels > LARGEST_PICTURE or max(header.height, header.width) > LONGEST_SIDE:
        size = f"{header.width:,}×{header.height:,} = {pixels / 1e6:,.1f} megapixels"
        limit = f"{LARGEST_PICTURE // 10**6} megapixels and {LONGEST_SIDE:,} pixels a side"
        raise Unreadable(f"has {size}, and at most {limit} are read: crop or scale it first")
    if not pixels:
        raise Unreadable("has no pixels: save it anew")
