"""PNG: its chunks, each with its checksum, and what they say of the picture (PNG specification, third edition)."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from struct import unpack
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from maistudio.imaging.formats import png_rows
from maistudio.imaging.formats.exif import TURNS, orientation_of
from maistudio.imaging.formats.icc import profile_note
from maistudio.imaging.formats.samples import ALPHA_DROPPED, refuse_transparent
from maistudio.imaging.formats.streams import DAMAGED, exactly, inflated, pieces
from maistudio.imaging.formats.undecoded import Header, Undecoded, Unreadable
from maistudio.imaging.picture import Meaning, Pixels

SIGNATURE = b"\x89PNG\r\n\x1a\n"

MOST_CHUNKS = 2**20
LARGEST_SIDE_CHUNK = 16 * 2**20
"""Bytes of a colour profile or EXIF data that is looked at."""
LARGEST_PROFILE = 16 * 2**20
READ = frozenset({b"PLTE", b"tRNS", b"acTL", b"iCCP", b"eXIf", b"cICP"})
SRGB = bytes([1, 13, 0, 1])
"""A cICP chunk's primaries, transfer function, matrix and range (ITU-T H.273) of sRGB."""

GREY, RGB, PALETTE, GREY_ALPHA, RGB_ALPHA = 0, 2, 3, 4, 6
CHANNELS = {GREY: 1, RGB: 3, PALETTE: 1, GREY_ALPHA: 2, RGB_ALPHA: 4}
DEPTHS = {GREY: (1, 2, 4, 8, 16), RGB: (8, 16), PALETTE: (1, 2, 4, 8), GREY_ALPHA: (8, 16), RGB_ALPHA: (8, 16)}

DAMAGE = f"is a damaged PNG: {DAMAGED}"


@dataclass(frozen=True, slots=True)
class Layout:
    """The IHDR chunk: how pixels are stored."""

    width: int
    height: int
    bits: int
    colour: int
    interlaced: bool


def undecoded(file: BinaryIO) -> Undecoded:
    """Read a PNG's header, up to its pixel data. Raises Unreadable."""
    exactly(file, len(SIGNATURE))
    layout = _layout(file)
    chunks: dict[bytes, bytes] = {}
    for _ in range(MOST_CHUNKS):
        start = file.tell()
        kind, length = _start(file)
        if kind == b"IDAT":
            break
        if kind in READ and length <= LARGEST_SIDE_CHUNK:
            chunks.setdefault(kind, b"".join(_content(file, kind, length)))
        else:
            _skip(file, kind, length)
    else:
        raise Unreadable(DAMAGE)
    if b"acTL" in chunks:
        raise Unreadable("is an animated PNG: save the frame that is meant as a PNG of its own")
    header = Header(
        "PNG",
        layout.height,
        layout.width,
        Meaning.RGB if layout.colour in {RGB, RGB_ALPHA, PALETTE} else Meaning.GREY,
        np.uint16 if layout.bits == 16 else np.uint8,
        plain=layout.colour in {GREY, RGB} and layout.bits >= 8,
        notes=_notes(layout, chunks),
    )
    return Undecoded(header, partial(_decode, file, start, layout, chunks, header))


def _layout(file: BinaryIO) -> Layout:
    kind, length = _start(file)
    if kind != b"IHDR" or length != 13:
        raise Unreadable(DAMAGE)
    width, height, bits, colour, compression, filters, interlace = unpack(
        ">2I5B", b"".join(_content(file, kind, length))
    )
    if bits not in DEPTHS.get(colour, ()) or compression or filters or interlace > 1 or not width or not height:
        raise Unreadable(f"has a PNG header that makes no sense: {DAMAGED}")
    return Layout(width, height, bits, colour, interlace == 1)


def _start(file: BinaryIO) -> tuple[bytes, int]:
    """A chunk's type and length."""
    start = exactly(file, 8)
    return start[4:], int.from_bytes(start[:4], "big")


def _content(file: BinaryIO, kind: bytes, length: int) -> Iterator[bytes]:
    """A chunk's data, in pieces. Raises Unreadable where its checksum is another."""
    checksum = zlib.crc32(kind)
    for piece in pieces(file, length):
        checksum = zlib.crc32(piece, checksum)
        yield piece
    if exactly(file, 4) != checksum.to_bytes(4, "big"):
        raise Unreadable(DAMAGE)


def _skip(file: BinaryIO, kind: bytes, length: int) -> None:
    """Go past a chunk that says nothing about the pixels; one that must be understood is refused (5.4)."""
    if not kind[0] & 0x20 and kind not in READ:
        raise Unreadable(DAMAGE)
    for _ in _content(file, kind, length):
        pass


def _compressed(file: BinaryIO, start: int) -> Iterator[bytes]:
    """The pixel data from the first IDAT chunk on; ends when everything up to the file's end was checked."""
    file.seek(start)
    after = False
    for _ in range(MOST_CHUNKS):
        kind, length = _start(file)
        if kind == b"IEND":
            for _ in _content(file, kind, length):
                pass
            return
        if kind != b"IDAT":
            after = True
            _skip(file, kind, length)
        elif after:
            raise Unreadable(DAMAGE)
        else:
            yield from _content(file, kind, length)
    raise Unreadable(DAMAGE)


def _notes(layout: Layout, chunks: dict[bytes, bytes]) -> tuple[str, ...]:
    notes: tuple[str, ...] = ()
    if layout.colour == PALETTE:
        notes += (f"expanded from a palette of {len(chunks.get(b'PLTE', b'')) // 3} colours",)
    elif layout.bits < 8:
        notes += (f"{layout.bits}-bit grey scaled to 0..255",)
    if layout.colour in {GREY_ALPHA, RGB_ALPHA} or b"tRNS" in chunks:
        notes += (ALPHA_DROPPED,)
    if b"iCCP" in chunks:
        notes += profile_note(*_profile(chunks[b"iCCP"]))
    if chunks.get(b"cICP", SRGB) != SRGB:
        code = "/".join(str(value) for value in chunks[b"cICP"][:4])
        notes += (f"its colour coding, cICP {code}, is not applied: the values are as stored",)
    if b"eXIf" in chunks:
        orientation, damage = orientation_of(chunks[b"eXIf"])
        if orientation in TURNS:
            # The definition of eXIf: unless a decoder knows better, such data is "of historical value only"
            notes += (f"not {TURNS[orientation]}, though its EXIF data asks for it: in a PNG that may be outdated",)
        notes += damage
    return notes


def _profile(chunk: bytes) -> tuple[bytes, str]:
    """An iCCP chunk's profile, as much of it as can be had, and its name."""
    name, _, rest = chunk.partition(b"\0")
    try:
        return zlib.decompressobj().decompress(rest[1:], LARGEST_PROFILE), name.decode("latin-1")
    except zlib.error:
        return b"", name.decode("latin-1")


def _decode(file: BinaryIO, start: int, layout: Layout, chunks: dict[bytes, bytes], header: Header) -> Pixels:
    pixels = header.empty()
    grid = png_rows.Grid(layout.width, layout.height, CHANNELS[layout.colour], layout.bits, layout.interlaced)
    as_colours = _as_colours(layout, chunks)
    for area, samples in png_rows.samples(inflated(_compressed(file, start)), grid):
        pixels[area] = as_colours(samples)
    return pixels


Samples = NDArray[np.unsignedinteger]


def _as_colours(layout: Layout, chunks: dict[bytes, bytes]) -> Callable[[Samples], Samples]:
    """What makes N×M×channels samples of the file N×M×3 RGB or N×M×1 grey, and refuses transparent ones."""
    transparency = chunks.get(b"tRNS", b"")
    if layout.colour == PALETTE:
        return partial(_from_palette, *_palette(chunks.get(b"PLTE", b""), transparency))
    if layout.colour in {GREY_ALPHA, RGB_ALPHA}:
        return partial(_opaque, 2**layout.bits - 1)
    if transparency:
        if len(transparency) != 2 * CHANNELS[layout.colour]:
            raise Unreadable(DAMAGE)
        return partial(_without_key, np.frombuffer(transparency, ">u2"), 255 // (2 ** min(layout.bits, 8) - 1))
    if layout.bits < 8:
        return lambda samples: samples * np.uint8(255 // (2**layout.bits - 1))
    return lambda samples: samples


def _palette(colours: bytes, alpha: bytes) -> tuple[Pixels, Pixels]:
    """A palette's colours, n×3, and the opacity of each."""
    count, rest = divmod(len(colours), 3)
    if rest or not 0 < count <= 256 or len(alpha) > count:
        raise Unreadable(DAMAGE)
    opacity = np.full(count, 255, np.uint8)
    opacity[: len(alpha)] = np.frombuffer(alpha, np.uint8)
    return np.frombuffer(colours, np.uint8).reshape(-1, 3), opacity


def _from_palette(colours: Pixels, opacity: Pixels, samples: Samples) -> Samples:
    index = samples[:, :, 0]
    if index.max() >= len(colours):
        raise Unreadable(f"has pixels of a colour that its palette lacks: {DAMAGED}")
    refuse_transparent(bool((opacity[index] < 255).any()))
    return colours[index]


def _opaque(most: int, samples: Samples) -> Samples:
    refuse_transparent(bool((samples[:, :, -1] < most).any()))
    return samples[:, :, :-1]


def _without_key(key: Samples, scale: int, samples: Samples) -> Samples:
    refuse_transparent(bool((samples == key).all(axis=2).any()))
    return samples * np.uint8(scale) if scale > 1 else samples
