"""TIFF 6.0: what a file's first directory says of the picture, and its pixels from strips or tiles."""

from __future__ import annotations

from functools import partial
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from maistudio.imaging.formats import exif, tiff_segments
from maistudio.imaging.formats.directory import BYTE_ORDERS, Directory, read_directory
from maistudio.imaging.formats.icc import profile_note
from maistudio.imaging.formats.samples import ALPHA_DROPPED, refuse_transparent
from maistudio.imaging.formats.streams import DAMAGED, exactly
from maistudio.imaging.formats.tiff_segments import DEFLATE, LZW, NONE, Segments
from maistudio.imaging.formats.undecoded import Header, Undecoded, Unreadable
from maistudio.imaging.picture import Meaning, Pixels

KIND, WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC, FILL_ORDER = 254, 256, 257, 258, 259, 262, 266
STRIPS, SAMPLES, ROWS_PER_STRIP, STRIP_SIZES, PLANAR, PREDICTOR, COLOUR_MAP = 273, 277, 278, 279, 284, 317, 320
TILE_WIDTH, TILE_HEIGHT, TILES, TILE_SIZES, SAMPLE_FORMAT = 322, 323, 324, 325, 339
PROFILE, DNG_VERSION = 34675, 50706

SIGNATURES = tuple(BYTE_ORDERS)
LARGEST_PROFILE = 16 * 2**20
MOST_PAGES = 1000
LARGEST_TILE = 2**16
PREVIEW = 1
"""Of the bits of KIND: a page that is a smaller version of another."""

WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, PALETTE = 0, 1, 2, 3
OTHER_COLOURS = {
    4: "a transparency mask: save the picture itself",
    5: "a CMYK picture: convert it to RGB first",
    6: "a TIFF of YCbCr colours: save it as RGB",
    8: "a CIE Lab picture: convert it to RGB first",
    9: "an ICC Lab picture: convert it to RGB first",
    10: "an ITU Lab picture: convert it to RGB first",
    32803: "a raw mosaic in a TIFF of its own kind: develop it, or save the mosaic as 16-bit grey",
    32844: "a LogL picture: save it as 16 bits or float32",
    32845: "a LogLuv picture: save it as 16 bits or float32",
    34892: "a linear raw picture (DNG): develop it with a raw converter first",
}
COMPRESSIONS = {1: NONE, 5: LZW, 8: DEFLATE, 32946: DEFLATE}
TYPES: dict[tuple[int, int], type[np.generic]] = {(1, 8): np.uint8, (1, 16): np.uint16, (3, 32): np.float32}
"""By sample format (1 unsigned, 3 floating point) and bits."""
FORMATS = {1: "unsigned", 2: "signed", 3: "floating-point"}


def undecoded(file: BinaryIO) -> Undecoded:
    """Read a TIFF's header and first directory. Raises Unreadable."""
    start = exactly(file, 8)
    order = BYTE_ORDERS[start[:4]]
    directory = read_directory(file, order, int.from_bytes(start[4:], order))
    _refuse_others(directory)
    photometric = directory.integer(PHOTOMETRIC, -1)
    colours = 3 if photometric == RGB else 1
    channels = directory.integer(SAMPLES, 1)
    if photometric not in {WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, PALETTE}:
        known = OTHER_COLOURS.get(photometric, "a TIFF of unknown colours: save it as grey or RGB")
        raise Unreadable(f"is {known}")
    if not colours <= channels <= colours + 1 or (photometric == PALETTE and channels > 1):
        raise Unreadable(f"is a TIFF of {channels} channels: save it as grey or RGB")
    dtype = _type(directory, channels, photometric)
    segments = _segments(directory, channels, np.dtype(dtype))
    colour_map = _colour_map(directory) if photometric == PALETTE else None
    orientation = exif.orientation_in(directory)
    header = Header(
        "TIFF",
        segments.height,
        segments.width,
        Meaning.RGB if photometric in {RGB, PALETTE} else Meaning.GREY,
        dtype if colour_map is None else colour_map.dtype,
        orientation,
        plain=photometric in {BLACK_IS_ZERO, RGB} and channels == colours,
        notes=_notes(directory, photometric, channels > colours, colour_map) + exif.turning_note(orientation),
    )
    return Undecoded(header, partial(_decode, file, segments, photometric, colour_map, header))


def _refuse_others(directory: Directory) -> None:
    """Raise Unreadable for more than one picture, and for raw files in TIFF's clothes."""
    if DNG_VERSION in directory or directory.integer(KIND, 0) & PREVIEW:
        raise Unreadable("is a camera's raw file (DNG or alike): develop it with a raw converter first")
    pages, following = 1, directory.following
    for _ in range(MOST_PAGES):
        if not following:
            break
        page = read_directory(directory.file, directory.order, following)
        pages += not page.integer(KIND, 0) & PREVIEW
        following = page.following
    if pages > 1 or following:
        raise Unreadable(f"holds {pages:,} pages: save the one that is meant as a TIFF of its own")


def _type(directory: Directory, channels: int, photometric: int) -> type[np.generic]:
    bits = set(directory.integers(BITS, channels)) or {1}
    formats = set(directory.integers(SAMPLE_FORMAT, channels)) or {1}
    dtype = TYPES.get((min(formats), min(bits))) if len(bits) == len(formats) == 1 else None
    if dtype is None or (photometric == PALETTE and dtype is not np.uint8) or (not photometric and dtype is np.float32):
        kind = FORMATS.get(min(formats), "unknown")
        shown = "/".join(str(each) for each in sorted(bits))
        raise Unreadable(f"is a TIFF of {shown}-bit {kind} samples: save it as 8 bits, 16 bits or float32")
    return dtype


def _segments(directory: Directory, channels: int, dtype: np.dtype[np.generic]) -> Segments:
    """How the pixels lie in the file. Raises Unreadable where that makes no sense."""
    compression = directory.integer(COMPRESSION, 1)
    if compression not in COMPRESSIONS or directory.integer(FILL_ORDER, 1) != 1:
        raise Unreadable(f"is a TIFF compressed in a way ({compression}) that isn't read: save it with LZW or deflate")
    height, width = directory.integer(HEIGHT, 0), directory.integer(WIDTH, 0)
    planar, predictor = directory.integer(PLANAR, 1), directory.integer(PREDICTOR, 1)
    tiled = TILES in directory
    down = directory.integer(TILE_HEIGHT if tiled else ROWS_PER_STRIP, 0 if tiled else height)
    across = directory.integer(TILE_WIDTH, 0) if tiled else width
    sides = height, width, down, across
    predictors = {1, 2, 3} if dtype == np.float32 else {1, 2}
    too_large = tiled and max(down, across) > LARGEST_TILE
    if min(sides) <= 0 or too_large or planar not in {1, 2} or predictor not in predictors:
        raise Unreadable(f"has a TIFF header that makes no sense: {DAMAGED}")
    return Segments(
        directory,
        (TILES, TILE_SIZES) if tiled else (STRIPS, STRIP_SIZES),
        COMPRESSIONS[compression],
        predictor,
        height,
        width,
        down if tiled else min(down, height),
        across,
        channels,
        planes=channels if planar == 2 else 1,
        dtype=dtype,
    )


def _colour_map(directory: Directory) -> NDArray[np.unsignedinteger]:
    """A palette, n×3: of 8 bits where each of its 16-bit values is an 8-bit one scaled, else of 16 bits."""
    values = directory.integers(COLOUR_MAP, 3 * 256)
    if len(values) != 3 * 256 or max(values) > 65535:
        raise Unreadable(f"lacks the palette of its colours: {DAMAGED}")
    colours = np.array(values, np.uint16).reshape(3, 256).T
    for scale in (257, 256):
        if not (colours % scale).any():
            return (colours // scale).astype(np.uint8)
    return colours


def _notes(directory: Directory, photometric: int, alpha: bool, colour_map: Pixels | None) -> tuple[str, ...]:
    notes: tuple[str, ...] = ()
    if colour_map is not None:
        notes += (f"expanded from a palette of {len(colour_map)} colours",)
    if photometric == WHITE_IS_ZERO:
        notes += ("inverted, since the file stores white as 0",)
    if alpha:
        notes += (ALPHA_DROPPED,)
    profile = directory.content(PROFILE, LARGEST_PROFILE)
    return notes + (profile_note(profile) if profile else ())


def _decode(file: BinaryIO, segments: Segments, photometric: int, colour_map: Pixels | None, header: Header) -> Pixels:
    pixels = header.empty()
    colours = pixels.shape[2]
    opaque = 1.0 if segments.dtype.kind == "f" else 2.0 ** (8 * segments.dtype.itemsize) - 1
    for area, first, samples in tiff_segments.samples(file, segments):
        if colour_map is not None:
            pixels[area] = colour_map[samples[:, :, 0]]
            continue
        # samples hold the channels from `first` on: all of them, or one where they lie in planes
        stored = samples[:, :, : colours - first]
        pixels[(*area, slice(first, first + stored.shape[2]))] = stored
        refuse_transparent(bool((samples[:, :, stored.shape[2] :] != opaque).any()))
        if photometric == WHITE_IS_ZERO and stored.size:
            np.invert(pixels[area], out=pixels[area])
    return pixels
