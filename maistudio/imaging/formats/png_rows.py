"""The rows of a PNG from its inflated data: unfiltered band by band, so that memory stays that of the picture alone.

OpenCV undoes the filters: each band becomes a small PNG of its own, uncompressed, whose first row is the one above the
band. Its decoder gets nothing but data whose amount and filter types were checked, on which it can't fail.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from struct import pack

import cv2
import numpy as np
from numpy.typing import NDArray

from maistudio.imaging.formats.samples import unpacked
from maistudio.imaging.formats.streams import DAMAGED, Flow, bands
from maistudio.imaging.formats.undecoded import Unreadable
from maistudio.imaging.picture import Pixels

Bytes = NDArray[np.uint8]

ADAM7 = ((0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1))
"""First row, first column, step of rows, step of columns of each pass (section 8)."""
ONE_PASS = ((0, 0, 1, 1),)

LAST_FILTER = 4

CARRIERS = {1: (8, 0), 2: (16, 0), 3: (8, 2), 4: (8, 6), 6: (16, 2), 8: (16, 6)}
"""Bits and colour type of a PNG by the bytes of its pixel: filters know nothing else about pixels."""


@dataclass(frozen=True, slots=True)
class Grid:
    """How samples lie in the data."""

    width: int
    height: int
    channels: int
    bits: int
    interlaced: bool


def samples(data: Iterator[bytes], grid: Grid) -> Iterator[tuple[tuple[slice, slice], Pixels]]:
    """Each area of the picture with its samples, N×M×channels of uint8 or uint16, unscaled.

    Raises Unreadable for data that holds fewer or more rows, or an unknown filter.
    """
    flow = Flow(data)
    for top, left, down, across in ADAM7 if grid.interlaced else ONE_PASS:
        rows, columns = len(range(top, grid.height, down)), len(range(left, grid.width, across))
        if not rows or not columns:
            continue
        row_bytes = (columns * grid.channels * grid.bits + 7) // 8
        above = np.zeros(row_bytes, np.uint8)
        for band in bands(rows, row_bytes):
            count = band.stop - band.start
            filtered = flow.take(count * (row_bytes + 1)).reshape(count, row_bytes + 1)
            plain = _unfiltered(filtered, above, max(1, grid.channels * grid.bits // 8))
            above = plain[-1]
            area = slice(top + down * band.start, top + down * band.stop, down), slice(left, None, across)
            yield area, _as_samples(plain, columns, grid)
    if not flow.is_at_end():
        raise Unreadable(f"holds more pixel data than its size takes: {DAMAGED}")


def _unfiltered(filtered: Bytes, above: Bytes, pixel_bytes: int) -> Bytes:
    """Rows of bytes from rows that start with their filter's number, ``above`` being the row before the first."""
    rows, row_bytes = filtered.shape[0], filtered.shape[1] - 1
    if filtered[:, 0].max() > LAST_FILTER:
        raise Unreadable(f"has rows with an unknown filter: {DAMAGED}")
    if not filtered[:, 0].any():
        return filtered[:, 1:]
    bits, colour = CARRIERS[pixel_bytes]
    header = pack(">2I5B", row_bytes // pixel_bytes, rows + 1, bits, colour, 0, 0, 0)
    content = zlib.compress(b"\0" + above.tobytes() + filtered.tobytes(), 0)
    carrier = b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", content) + _chunk(b"IEND", b"")
    decoded = cv2.imdecode(np.frombuffer(carrier, np.uint8), cv2.IMREAD_UNCHANGED)
    if decoded is None:
        raise Unreadable(f"has rows that can't be decoded: {DAMAGED}")
    decoded = decoded[1:]
    if decoded.ndim == 3:
        decoded = decoded[:, :, [2, 1, 0, 3][: decoded.shape[2]]]
    stored = decoded.astype(">u2") if bits == 16 else decoded
    return np.ascontiguousarray(stored).view(np.uint8).reshape(rows, row_bytes)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return pack(">I", len(content)) + kind + content + pack(">I", zlib.crc32(content, zlib.crc32(kind)))


def _as_samples(rows: Bytes, columns: int, grid: Grid) -> Pixels:
    if grid.bits == 16:
        return np.ascontiguousarray(rows).view(">u2").reshape(len(rows), columns, grid.channels)
    if grid.bits == 8:
        return rows.reshape(len(rows), columns, grid.channels)
    return unpacked(rows, grid.bits, columns)[:, :, None]
