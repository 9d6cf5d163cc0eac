"""The strips and tiles of a TIFF: found, decompressed and made samples, in bands of rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import product
from typing import BinaryIO, TypeAlias

import numpy as np
from numpy.typing import NDArray

from maistudio.imaging.formats import lzw
from maistudio.imaging.formats.directory import Directory
from maistudio.imaging.formats.streams import DAMAGED, Flow, bands, exactly, inflated, pieces
from maistudio.imaging.formats.undecoded import Unreadable
from maistudio.imaging.picture import Pixels

MOST_SEGMENTS = 2**20

DIFFERENCES, FLOAT_DIFFERENCES = 2, 3
"""Predictors (section 14, and Adobe's TIFF Technical Note 3)."""

Area: TypeAlias = tuple[slice, slice]


class Compression(Enum):
    NONE = "none"
    LZW = "LZW"
    DEFLATE = "deflate"


NONE, LZW, DEFLATE = Compression


@dataclass(frozen=True, slots=True)
class Segments:
    """How a picture's samples lie in strips or tiles of ``down`` rows and ``across`` columns.

    ``tags`` are those of the segments' places and sizes. With several ``planes`` a segment holds one channel, else
    all ``channels`` of its pixels. Tiles reach over the right and lower border, strips end at it.
    """

    directory: Directory
    tags: tuple[int, int]
    compression: Compression
    predictor: int
    height: int
    width: int
    down: int
    across: int
    channels: int
    planes: int
    dtype: np.dtype[np.generic]


def samples(file: BinaryIO, segments: Segments) -> Iterator[tuple[Area, int, Pixels]]:
    """Each area of the picture, the first channel its samples are of, and the samples, N×M×channels of a segment.

    Raises Unreadable for segments that are missing, outside the file, or damaged.
    """
    places, sizes = _places(segments)
    tops, lefts = range(0, segments.height, segments.down), range(0, segments.width, segments.across)
    origins = product(range(segments.planes), tops, lefts)
    for (plane, top, left), place, size in zip(origins, places, sizes, strict=True):
        columns = min(segments.across, segments.width - left)
        file.seek(place)
        flow = Flow(_plain(file, size, segments.compression))
        for band, part in _bands(flow, min(segments.down, segments.height - top), segments):
            yield (slice(top + band.start, top + band.stop), slice(left, left + columns)), plane, part[:, :columns]
        if segments.compression is DEFLATE:
            flow.is_at_end()  # reads the checksum


def _places(segments: Segments) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Where the segments lie, and how many bytes each has."""
    count = segments.planes * -(-segments.height // segments.down) * -(-segments.width // segments.across)
    if count > MOST_SEGMENTS:
        raise Unreadable(f"is cut into {count:,} pieces, more than the {MOST_SEGMENTS:,} read: save it anew")
    places, sizes = (segments.directory.integers(tag, count) for tag in segments.tags)
    if not len(places) == len(sizes) == count:
        raise Unreadable(f"lacks some of its {count:,} strips or tiles: {DAMAGED}")
    return places, sizes


def _plain(file: BinaryIO, size: int, compression: Compression) -> Iterator[bytes]:
    """A segment's bytes, decompressed."""
    if compression is DEFLATE:
        return inflated(pieces(file, size))
    if compression is LZW:
        return lzw.decoded(exactly(file, size))
    return pieces(file, size)


def _bands(flow: Flow, rows: int, segments: Segments) -> Iterator[tuple[slice, Pixels]]:
    """A segment's rows as samples, rows×across×channels, in the machine's byte order."""
    channels = 1 if segments.planes > 1 else segments.channels
    row_bytes = segments.across * channels * segments.dtype.itemsize
    for band in bands(rows, row_bytes):
        taken = flow.take((band.stop - band.start) * row_bytes).reshape(-1, row_bytes)
        yield band, _samples(taken, channels, segments)


def _samples(rows: NDArray[np.uint8], channels: int, segments: Segments) -> Pixels:
    shape = len(rows), segments.across, channels
    if segments.predictor == FLOAT_DIFFERENCES:
        # A row holds all first bytes, then all second ones, from the most significant one on
        steps = rows.reshape(len(rows), -1, channels)
        np.add.accumulate(steps, axis=1, dtype=np.uint8, out=steps)
        parts = rows.reshape(len(rows), segments.dtype.itemsize, -1)
        return np.ascontiguousarray(parts.transpose(0, 2, 1)).view(segments.dtype.newbyteorder(">")).reshape(shape)
    stored = (
        rows.view(segments.dtype.newbyteorder(segments.directory.order))
        .reshape(shape)
        .astype(segments.dtype, copy=False)
    )
    if segments.predictor == DIFFERENCES:
        whole = stored.view(f"u{segments.dtype.itemsize}")
        np.add.accumulate(whole, axis=1, dtype=whole.dtype, out=whole)
    return stored
