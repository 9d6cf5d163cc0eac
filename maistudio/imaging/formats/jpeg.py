"""JPEG (ITU-T T.81, JFIF, EXIF): its segments are checked here, Pillow's libjpeg decodes what is left of them.

Left are the tables, the frame and the scans; comments, thumbnails, profiles and EXIF data never reach the decoder.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import BinaryIO

import numpy as np

from maistudio.imaging.formats import exif
from maistudio.imaging.formats.icc import profile_note
from maistudio.imaging.formats.jpeg_scans import (
    BASELINE,
    DAMAGE,
    END,
    EXTENDED,
    KEPT,
    MOST_SEGMENTS,
    PROGRESSIVE,
    SCAN,
    START,
    TABLES,
    Frame,
    decode,
    segment_of,
)
from maistudio.imaging.formats.streams import DAMAGED, exactly
from maistudio.imaging.formats.undecoded import Header, Undecoded, Unreadable
from maistudio.imaging.picture import Meaning

SIGNATURE = b"\xff\xd8\xff"

APP0, APP1, APP2, APP14, LAST_APP, COMMENT = 0xE0, 0xE1, 0xE2, 0xEE, 0xEF, 0xFE
OTHER_FRAMES = frozenset(range(0xC3, 0xD0)) - {TABLES, 0xC8, 0xCC}
"""Lossless, hierarchical and arithmetic coding."""
PROFILE, MULTIPLE = b"ICC_PROFILE\0", b"MPF\0"
LARGEST_PROFILE = 16 * 2**20


@dataclass(slots=True)
class Segments:
    """What the segments up to the first scan say; ``kept`` are those that the decoder needs."""

    kept: bytearray = field(default_factory=lambda: bytearray((0xFF, START)))
    height: int = 0
    width: int = 0
    progressive: bool = False
    components: tuple[int, ...] = ()
    exif: bytes = b""
    profile: bytes = b""
    several: bool = False


def undecoded(file: BinaryIO) -> Undecoded:
    """Read a JPEG's header, up to its first scan. Raises Unreadable."""
    exactly(file, 2)
    found = Segments()
    for _ in range(MOST_SEGMENTS):
        marker = _marker(file)
        if marker in {SCAN, END}:
            break
        _take(found, marker, _segment(file))
    else:
        raise Unreadable(DAMAGE)
    if marker == END or not found.components:
        raise Unreadable(f"is a JPEG without a picture in it: {DAMAGED}")
    start = file.tell()
    orientation, damage = exif.orientation_of(found.exif) if found.exif else (1, ())
    notes = exif.turning_note(orientation) + damage
    if found.profile:
        notes += profile_note(found.profile)
    if found.several:
        notes += ("more pictures follow in the file, a preview or gain map maybe; the first is the one read",)
    meaning = Meaning.RGB if len(found.components) == 3 else Meaning.GREY
    header = Header("JPEG", found.height, found.width, meaning, np.uint8, orientation, notes=notes)
    frame = Frame(bytes(found.kept), found.progressive, found.components)
    return Undecoded(header, partial(decode, file, start, frame, header))


def _marker(file: BinaryIO) -> int:
    """The next marker, which any number of 0xFF may precede."""
    if exactly(file, 1) != b"\xff":
        raise Unreadable(DAMAGE)
    for _ in range(MOST_SEGMENTS):
        code = exactly(file, 1)[0]
        if code != 0xFF:
            return code
    raise Unreadable(DAMAGE)


def _segment(file: BinaryIO) -> bytes:
    """A segment's content."""
    length = int.from_bytes(exactly(file, 2), "big")
    if length < 2:
        raise Unreadable(DAMAGE)
    return exactly(file, length - 2)


def _take(found: Segments, marker: int, content: bytes) -> None:
    """Note what a segment says, and keep it where the decoder needs it."""
    if marker in {BASELINE, EXTENDED, PROGRESSIVE}:
        if found.components:
            raise Unreadable(DAMAGE)
        _take_frame(found, marker, content)
    elif marker in OTHER_FRAMES:
        raise Unreadable("is a lossless, hierarchical or arithmetic-coded JPEG: save it as PNG or a common JPEG first")
    elif marker == APP1 and content.startswith(exif.PREFIX):
        found.exif = found.exif or content
        return
    elif marker == APP2:
        if content.startswith(PROFILE) and len(found.profile) < LARGEST_PROFILE:
            found.profile += content[len(PROFILE) + 2 :]
        found.several |= content.startswith(MULTIPLE)
        return
    elif APP0 <= marker <= LAST_APP or marker == COMMENT:
        # JFIF and Adobe say whether three components are RGB or YCbCr
        if not (marker == APP0 and content.startswith(b"JFIF\0")) and marker != APP14:
            return
    elif marker not in KEPT:
        raise Unreadable(DAMAGE)
    found.kept += segment_of(marker, content)


def _take_frame(found: Segments, marker: int, content: bytes) -> None:
    count = content[5] if len(content) > 5 else 0
    if len(content) != 6 + 3 * count:
        raise Unreadable(DAMAGE)
    if content[0] != 8:
        raise Unreadable(f"is a JPEG of {content[0]} bits: save it as a 16-bit PNG or TIFF first")
    if count == 4:
        raise Unreadable("is a CMYK or YCCK picture: convert it to RGB first")
    found.height, found.width = int.from_bytes(content[1:3], "big"), int.from_bytes(content[3:5], "big")
    found.components = tuple(content[6::3])
    if count not in {1, 3} or len(set(found.components)) != count or not found.height or not found.width:
        raise Unreadable(f"has a JPEG header that makes no sense: {DAMAGED}")
    found.progressive = marker == PROGRESSIVE
