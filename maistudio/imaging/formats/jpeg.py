"""JPEG, by Pillow."""

from __future__ import annotations

from functools import partial
from io import BytesIO
from typing import BinaryIO

import numpy as np
from PIL.Image import Exif
from PIL.JpegImagePlugin import JpegImageFile

from maistudio.imaging.formats.pillow import orientation_and_notes, parts, refusing
from maistudio.imaging.formats.streams import DAMAGED
from maistudio.imaging.formats.undecoded import Header, Undecoded, Unreadable
from maistudio.imaging.picture import Meaning, Pixels

SIGNATURE = b"\xff\xd8\xff"

LARGEST_HEADER = 2**24
"""Bytes before the first scan: Pillow keeps each segment, and may take some time to find one."""
SCAN, END = b"\xff\xda", b"\xff\xd9"
MOST_SCANS = 100
"""Each goes over the whole picture, and may take but a few bytes; encoders write ten or so."""


class WithoutExif(JpegImageFile):
    """Pillow looks for the resolution in EXIF data while it reads the header, and warns where that is damaged."""

    def getexif(self) -> Exif:
        return Exif()


def undecoded(file: BinaryIO) -> Undecoded:
    """Read a JPEG's header, up to its first scan. Raises Unreadable."""
    image, _ = _image(file)
    if image.mode == "CMYK":
        raise Unreadable("is a CMYK or YCCK picture: convert it to RGB first")
    orientation, notes = orientation_and_notes(image)
    if "mp" in image.info:
        notes += ("more pictures follow in the file, a preview or gain map maybe; the first is the one read",)
    meaning = Meaning.RGB if image.mode == "RGB" else Meaning.GREY
    header = Header("JPEG", image.height, image.width, meaning, np.uint8, orientation, notes=notes)
    return Undecoded(header, partial(_decode, file, header))


def _image(file: BinaryIO) -> tuple[JpegImageFile, int]:
    """Pillow's image, and where its first scan starts."""
    file.seek(0)
    start = BytesIO(file.read(LARGEST_HEADER))
    with refusing():
        image = WithoutExif(start)
    image.fp = file
    return image, start.tell()


def _decode(file: BinaryIO, header: Header) -> Pixels:
    image, first_scan = _image(file)
    file.seek(first_scan)
    if image.info.get("progressive") and file.read().split(END, 1)[0].count(SCAN) > MOST_SCANS:
        raise Unreadable(f"is a JPEG of more than {MOST_SCANS} scans: {DAMAGED}")
    pixels = header.empty()
    for band, part in parts(image):
        pixels[band] = part
    return pixels
