"""BMP, by Pillow: uncompressed, of 8 bits or fewer with a palette, of 24 or 32 bits."""

from __future__ import annotations

from functools import partial
from typing import BinaryIO

import numpy as np
from PIL.BmpImagePlugin import BmpImageFile

from maistudio.imaging.formats.pillow import parts, refusing
from maistudio.imaging.formats.samples import ALPHA_DROPPED, from_palette, refuse_transparent
from maistudio.imaging.formats.undecoded import Header, Undecoded, Unreadable
from maistudio.imaging.picture import Meaning, Pixels

SIGNATURE = b"BM"

CORE = 12
"""Bytes of the header that OS/2 wrote, whose bits per pixel lie elsewhere."""
BITS = {"1": {1}, "L": {8}, "P": {1, 4, 8}, "RGB": {24, 32}, "RGBA": {32}}
"""By Pillow's mode. Where a palette has two or sixteen greys, it takes pixels of 4 or 8 bits for 1 or 8."""
PROFILED = (b"DEBM", b"KNIL")
"""What a header of version 5 says of an embedded or linked colour profile."""


def undecoded(file: BinaryIO) -> Undecoded:
    """Read a BMP's header and palette. Raises Unreadable."""
    image = _image(file)
    file.seek(14)
    info = file.read(124)
    bits = int.from_bytes(info[10:12] if info[0] == CORE else info[14:16], "little")
    if image.tile[0].codec_name != "raw" or bits not in BITS[image.mode]:
        raise Unreadable("is a compressed BMP, or one of a rare kind: save it as PNG, or as BMP of 24 bits")
    colours = _colours(image)
    notes: tuple[str, ...] = ()
    if image.mode == "P":
        notes += (f"expanded from a palette of {len(colours)} colours",)
    if image.mode == "1":
        notes += ("1-bit grey scaled to 0..255",)
    if image.mode == "RGBA":
        notes += (ALPHA_DROPPED,)
    if info[56:60] in PROFILED:
        notes += ("its colour profile is not applied: the values are as stored",)
    meaning = Meaning.GREY if image.mode in {"1", "L"} else Meaning.RGB
    plain = image.mode in {"L", "RGB"}
    header = Header("BMP", image.height, image.width, meaning, np.uint8, plain=plain, notes=notes)
    return Undecoded(header, partial(_decode, file, colours, header))


def _image(file: BinaryIO) -> BmpImageFile:
    file.seek(0)
    with refusing():
        return BmpImageFile(file)


def _colours(image: BmpImageFile) -> Pixels:
    """The palette, n×3; Pillow has it as stored, "BGR" or "BGRX", until the pixels are decoded."""
    order, stored = image.palette.getdata() if image.palette else ("BGR", b"")
    count = len(stored) // len(order)
    return np.frombuffer(bytes(stored), np.uint8, count * len(order)).reshape(count, len(order))[:, 2::-1]


def _decode(file: BinaryIO, colours: Pixels, header: Header) -> Pixels:
    image = _image(file)
    pixels = header.empty()
    for band, part in parts(image):
        if image.mode == "P":
            pixels[band] = from_palette(colours, part)
        elif image.mode == "1":
            pixels[band] = part * np.uint8(255)
        else:
            pixels[band] = part[:, :, :3]
            refuse_transparent((part[:, :, 3:] < 255).any())
    return pixels
