"""TIFF 6.0: the tags are read here, OpenCV decodes what they say it can.

Of some kinds it makes other pictures without a word: of channels in planes, of grey with alpha, of 8-bit strips that
are damaged or missing, of pixels that an orientation tag turns. Those are refused, looked for, or hidden from it.
"""

from __future__ import annotations

import zlib
from functools import partial
from struct import pack_into
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from maistudio.imaging.formats import opencv
from maistudio.imaging.formats.directory import BYTE_ORDERS, SHORT, Directory, first_directory
from maistudio.imaging.formats.exif import ORIENTATION, orientation_in, turning_note
from maistudio.imaging.formats.icc import LARGEST_PROFILE, profile_note
from maistudio.imaging.formats.samples import ALPHA_DROPPED
from maistudio.imaging.formats.streams import CUT_SHORT, DAMAGED
from maistudio.imaging.formats.undecoded import Header, Undecoded, Unreadable
from maistudio.imaging.picture import Meaning, Pixels

KIND, WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC, FILL_ORDER = 254, 256, 257, 258, 259, 262, 266
STRIPS, SAMPLES, ROWS_PER_STRIP, STRIP_SIZES, PLANAR = 273, 277, 278, 279, 284
TILE_WIDTH, TILE_HEIGHT, TILES, TILE_SIZES, SAMPLE_FORMAT = 322, 323, 324, 325, 339
PROFILE, DNG_VERSION = 34675, 50706

SIGNATURES = tuple(BYTE_ORDERS)
PREVIEW = 1
"""Of the bits of KIND: the picture is a smaller version of another."""
MOST_SEGMENTS = 2**20
LONGEST_TILE = 2**12
MOST_PADDING, SMALL = 4, 2**26
"""Pieces may hold so many times the picture's bytes, or so many bytes: small pictures come in large tiles."""

WHITE_IS_ZERO, BLACK_IS_ZERO, RGB = 0, 1, 2
OTHER_COLOURS = {
    3: "has a palette: save it as RGB",
    5: "is a CMYK picture: convert it to RGB first",
    8: "is a CIE Lab picture: convert it to RGB first",
    32803: "is a raw mosaic in a TIFF of its own kind: develop it, or save the mosaic as 16-bit grey",
}
NONE, LZW, DEFLATE, OLD_DEFLATE, PACKBITS = 1, 5, 8, 32946, 32773
TYPES: dict[tuple[int, int], type[np.generic]] = {(1, 8): np.uint8, (1, 16): np.uint16, (3, 32): np.float32}
"""By sample format (1 unsigned, 3 floating point) and bits."""


def undecoded(file: BinaryIO) -> Undecoded:
    """Read a TIFF's header and first directory. Raises Unreadable."""
    tags = first_directory(file)
    if DNG_VERSION in tags.places or tags.integer(KIND, 0) & PREVIEW:
        raise Unreadable("is a camera's raw file (DNG or alike): develop it with a raw converter first")
    if tags.following:
        raise Unreadable("holds several pages: save the one that is meant as a TIFF of its own")
    photometric, channels = tags.integer(PHOTOMETRIC, -1), tags.integer(SAMPLES, 1)
    if photometric not in {WHITE_IS_ZERO, BLACK_IS_ZERO, RGB}:
        raise Unreadable(OTHER_COLOURS.get(photometric, f"is a TIFF of rare colours ({photometric}): save it as RGB"))
    if channels not in ({3, 4} if photometric == RGB else {1}):
        raise Unreadable(f"is a TIFF of {channels} channels: save it as grey or RGB")
    if channels > 1 and tags.integer(PLANAR, 1) != 1:
        raise Unreadable("is a TIFF whose channels lie in planes: save it with interleaved channels")
    compression = tags.integer(COMPRESSION, NONE)
    if compression not in {NONE, LZW, DEFLATE, OLD_DEFLATE, PACKBITS} or tags.integer(FILL_ORDER, 1) != 1:
        raise Unreadable(f"is a TIFF compressed in a way ({compression}) that isn't read: save it with LZW or deflate")
    orientation = orientation_in(tags)
    notes: tuple[str, ...] = ("inverted, since the file stores white as 0",) if photometric == WHITE_IS_ZERO else ()
    notes += (ALPHA_DROPPED,) if channels == 4 else ()
    profile = bytes(tags.integers(PROFILE, LARGEST_PROFILE))
    header = Header(
        "TIFF",
        tags.integer(HEIGHT, 0),
        tags.integer(WIDTH, 0),
        Meaning.RGB if photometric == RGB else Meaning.GREY,
        _type(tags, channels, photometric),
        orientation,
        plain=photometric != WHITE_IS_ZERO and channels < 4,
        notes=notes + (profile_note(profile) if profile else ()) + turning_note(orientation),
    )
    return Undecoded(header, partial(_decode, file, tags, header))


def _type(tags: Directory, channels: int, photometric: int) -> type[np.generic]:
    bits, formats = (set(tags.integers(tag, channels)) or {1} for tag in (BITS, SAMPLE_FORMAT))
    dtype = TYPES.get((min(formats), min(bits))) if len(bits) == len(formats) == 1 else None
    if dtype is None or (photometric == WHITE_IS_ZERO and dtype is np.float32):
        kind = {1: "unsigned", 2: "signed", 3: "floating-point"}.get(min(formats), "unknown")
        shown = "/".join(str(each) for each in sorted(bits))
        raise Unreadable(f"is a TIFF of {shown}-bit {kind} samples: save it as 8 bits, 16 bits or float32")
    return dtype


def _decode(file: BinaryIO, tags: Directory, header: Header) -> Pixels:
    shape = header.height, header.width, tags.integer(SAMPLES, 1)
    white_is_zero = tags.integer(PHOTOMETRIC, -1) == WHITE_IS_ZERO
    file.seek(0)
    data = np.fromfile(file, np.uint8)
    _check_segments(data, tags, shape, np.dtype(header.dtype).itemsize)
    for tag, shown in ((ORIENTATION, 1), (PHOTOMETRIC, BLACK_IS_ZERO if shape[2] == 1 else RGB)):
        if tag in tags.places:
            pack_into(f"{tags.order}HHIHH", data.data, tags.places[tag], tag, SHORT, 1, shown, 0)
    pixels = opencv.decoded(data, shape, header.dtype)
    return np.invert(pixels, out=pixels) if white_is_zero else pixels


def _check_segments(data: NDArray[np.uint8], tags: Directory, shape: tuple[int, int, int], sample_bytes: int) -> None:
    """Raise Unreadable where strips or tiles are missing, cut short, or (uncompressed, deflated) lack pixels."""
    height, width, channels = shape
    tiled = TILES in tags.places
    down = tags.integer(TILE_HEIGHT, 0) if tiled else min(tags.integer(ROWS_PER_STRIP, height), height)
    across = tags.integer(TILE_WIDTH, 0) if tiled else width
    if not down or not across or (tiled and max(down, across) > LONGEST_TILE):
        raise Unreadable(f"has a TIFF header that makes no sense: {DAMAGED}")
    count = -(-height // down) * -(-width // across)
    if count > MOST_SEGMENTS:
        raise Unreadable(f"is cut into {count:,} pieces, more than the {MOST_SEGMENTS:,} read: save it anew")
    picture_bytes = height * width * channels * sample_bytes
    if count * down * across * channels * sample_bytes > max(MOST_PADDING * picture_bytes, SMALL):
        raise Unreadable(f"has tiles or strips that hold far more than the picture: {DAMAGED}")
    places, sizes = (tags.integers(tag, count) for tag in ((TILES, TILE_SIZES) if tiled else (STRIPS, STRIP_SIZES)))
    if not len(places) == len(sizes) == count:
        raise Unreadable(f"lacks some of its {count:,} strips or tiles: {DAMAGED}")
    if any(not size or place + size > len(data) for place, size in zip(places, sizes, strict=True)):
        raise Unreadable(CUT_SHORT)
    compression, segment_bytes = tags.integer(COMPRESSION, NONE), down * across * channels * sample_bytes
    if compression in {DEFLATE, OLD_DEFLATE}:
        segments = (data[place : place + size].data for place, size in zip(places, sizes, strict=True))
        sizes = tuple(_inflated_size(segment, segment_bytes) for segment in segments)
    if compression not in {LZW, PACKBITS} and sum(sizes) < picture_bytes:
        raise Unreadable(CUT_SHORT)


def _inflated_size(data: memoryview, most: int) -> int:
    """Bytes behind deflated ones, ``most`` and one at most. Raises Unreadable where their checksum is another."""
    stream = zlib.decompressobj()
    try:
        size = len(stream.decompress(data, most + 1))
    except zlib.error:
        raise Unreadable(f"holds damaged data (deflate): {DAMAGED}") from None
    if not stream.eof:
        raise Unreadable(CUT_SHORT)
    return size
