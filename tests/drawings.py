"""What is drawn in pictures: the colours of a part of an image, and the colours and texts of a PDF page."""

from __future__ import annotations

import re
import zlib

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage

_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
_FILL = re.compile(rb"([\d.]+) ([\d.]+) ([\d.]+) scn")


def colours(image: QImage, rect: QRectF, scale: float = 1.0) -> set[str]:
    """The colours inside a rectangle, which is given at a zoom of 1."""
    return {
        image.pixelColor(x, y).name()
        for x in range(int(rect.left() * scale) + 1, int(rect.right() * scale))
        for y in range(int(rect.top() * scale) + 1, int(rect.bottom() * scale))
    }


def pdf_fills(data: bytes) -> set[str]:
    """The colours that areas of a PDF made by Qt are filled with."""
    numbers = [found for page in _pdf_pages(data) for found in _FILL.findall(page)]
    return {QColor.fromRgbF(*(float(number) for number in three)).name() for three in numbers}


def pdf_texts(data: bytes) -> int:
    """How many texts a PDF made by Qt shows as texts, in a font of its own."""
    return sum(page.count(b" Tf") for page in _pdf_pages(data))


def _pdf_pages(data: bytes) -> list[bytes]:
    """The drawing instructions; Qt packs them, as it does fonts."""
    packed = [stream for stream in _STREAM.findall(data) if stream[:1] == b"\x78"]
    return [page for page in map(_unpacked, packed) if page.startswith(b"/GSa gs")]


def _unpacked(stream: bytes) -> bytes:
    # Not zlib.decompress: a last byte that looks like a line's end is taken for one.
    return zlib.decompressobj().decompress(stream)
