"""The scans of a JPEG: checked for being there in whole, and decoded by Pillow's libjpeg.

What a scan lacks libjpeg fills with grey or with less detail and says nothing of it, so that is looked for here.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import BinaryIO

import numpy as np
from PIL.JpegImagePlugin import JpegImageFile

from maistudio.imaging.formats.streams import CUT_SHORT, DAMAGED, bands
from maistudio.imaging.formats.undecoded import Header, Unreadable
from maistudio.imaging.picture import Meaning, Pixels

START, END, SCAN, TABLES, QUANTIZATION, RESTARTS, LINES = 0xD8, 0xD9, 0xDA, 0xC4, 0xDB, 0xDD, 0xDC
BASELINE, EXTENDED, PROGRESSIVE, LAST_FRAME = 0xC0, 0xC1, 0xC2, 0xCF
KEPT = frozenset({TABLES, QUANTIZATION, RESTARTS})

LAST_COEFFICIENT = 63
MOST_SEGMENTS = 2**12
MOST_SCANS = 200
LARGEST_FILE = 2**30
_MARKER = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]", re.DOTALL)
"""What ends a scan: neither a stuffed zero nor a restart."""

DAMAGE = f"is a damaged JPEG: {DAMAGED}"
FILLED_IN = 128
"""The grey of blocks that the data of a baseline JPEG does not reach."""
PADDING = bytes(range(1, 255)) * 4


@dataclass(frozen=True, slots=True)
class Frame:
    """What the decoder needs of the segments before the first scan, and the ids of the picture's components."""

    segments: bytes
    progressive: bool
    components: tuple[int, ...]


def segment_of(marker: int, content: bytes) -> bytes:
    """A segment as it stands in a file."""
    return bytes((0xFF, marker)) + (len(content) + 2).to_bytes(2, "big") + content


def decode(file: BinaryIO, start: int, frame: Frame, header: Header) -> Pixels:
    """The pixels of a JPEG whose first scan's header starts at ``start``. Raises Unreadable."""
    file.seek(start)
    stream = _cleaned(file.read(LARGEST_FILE), frame)
    # A progressive one is decoded with padding first, so that only one of the results is ever held
    padded = _checksum(_bands_of(stream, header, PADDING)) if frame.progressive else 0
    pixels = header.empty()
    checksum = _checksum(_bands_of(stream, header), pixels)
    if not frame.progressive:
        suspicious = bool((pixels[-1, -1] == FILLED_IN).all())
        padded = _checksum(_bands_of(stream, header, PADDING)) if suspicious else checksum
    if checksum != padded:
        raise Unreadable(CUT_SHORT)
    return pixels


def _cleaned(data: bytes, frame: Frame) -> BytesIO:
    """A JPEG of nothing but what must be decoded, without its end marker; ``data`` starts in the first scan's header.

    Raises Unreadable where ``data`` ends before the end marker, or lacks some of the scans.
    """
    stream = BytesIO()
    stream.write(frame.segments)
    coded = Coverage(frame.components, frame.progressive)
    place, marker = 0, SCAN
    for _ in range(MOST_SCANS):
        if marker == END:
            break
        size = int.from_bytes(data[place : place + 2], "big")
        content = data[place + 2 : place + size]
        if size < 2 or len(content) != size - 2:
            raise Unreadable(CUT_SHORT if place + size > len(data) else DAMAGE)
        place += size
        if marker == SCAN:
            coded.add(content)
        elif marker == LINES or (BASELINE <= marker <= LAST_FRAME and marker != TABLES):
            raise Unreadable(DAMAGE)
        after = _MARKER.search(data, place)
        if after is None:
            raise Unreadable(CUT_SHORT)
        if marker == SCAN or marker in KEPT:
            stream.write(segment_of(marker, content))
            if marker == SCAN:
                stream.write(memoryview(data)[place : after.start()])
        place, marker = after.end(), data[after.end() - 1]
    else:
        raise Unreadable(DAMAGE)
    if not coded.is_complete():
        raise Unreadable(f"is a JPEG that lacks some of its scans: {DAMAGED}")
    return stream


@dataclass(slots=True)
class Coverage:
    """Which of a picture's coefficients the scans have coded, to their last bit (T.81, G.1.1.1)."""

    components: tuple[int, ...]
    progressive: bool
    _left: dict[tuple[int, int], int] = field(default_factory=dict)

    def add(self, scan: bytes) -> None:
        """Take in a scan's header. Raises Unreadable for one that makes no sense."""
        count = scan[0] if scan else 0
        chosen = scan[1 : 1 + 2 * count : 2]
        if len(scan) != 4 + 2 * count or not 1 <= count <= 4 or not set(chosen) <= set(self.components):
            raise Unreadable(DAMAGE)
        first, last, bit = scan[-3], scan[-2], scan[-1] & 15
        if not self.progressive:
            first, last, bit = 0, LAST_COEFFICIENT, 0
        for component in chosen:
            for coefficient in range(first, min(last, LAST_COEFFICIENT) + 1):
                self._left[component, coefficient] = bit

    def is_complete(self) -> bool:
        return len(self._left) == len(self.components) * (LAST_COEFFICIENT + 1) and not any(self._left.values())


def _bands_of(stream: BytesIO, header: Header, padding: bytes = b"") -> Iterator[tuple[slice, Pixels]]:
    """The pixels of a cleaned JPEG, band by band, with ``padding`` after the data of its last scan.

    libjpeg fills what a scan lacks with grey or with less detail, and ignores what follows a scan that is complete:
    if padding changes the picture, data is missing. Pillow's conversion of all at once would hold it twice more.
    """
    end = stream.tell()
    stream.write(padding + bytes((0xFF, END)))
    stream.truncate()
    stream.seek(0)
    try:
        image = JpegImageFile(stream)
        image.load()
    except (OSError, SyntaxError, ValueError, LookupError, TypeError, ArithmeticError, struct.error):
        raise Unreadable(DAMAGE) from None
    stream.seek(end)
    if image.mode != ("RGB" if header.meaning is Meaning.RGB else "L") or image.size != (header.width, header.height):
        raise Unreadable(DAMAGE)
    for band in bands(header.height, 3 * header.width):
        part = np.asarray(image.crop((0, band.start, header.width, band.stop)))
        yield band, part.reshape(len(part), header.width, -1)


def _checksum(parts: Iterator[tuple[slice, Pixels]], pixels: Pixels | None = None) -> int:
    """Of all parts, which are copied into ``pixels`` on the way."""
    checksum = 0
    for band, part in parts:
        checksum = zlib.crc32(part.tobytes(), checksum)
        if pixels is not None:
            pixels[band] = part
    return checksum
