"""PNG: its chunks are checked here, Pillow decodes those that hold the pixels (PNG specification, third edition).

It doesn't check what follows the pixels, nor need it see text and profiles, which may inflate to anything.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from struct import pack, unpack
from typing import BinaryIO

import numpy as np
from PIL.PngImagePlugin import PngImageFile

from maistudio.imaging.formats.exif import TURNS, orientation_of
from maistudio.imaging.formats.icc import LARGEST_PROFILE, profile_note
from maistudio.imaging.formats.pillow import parts, refusing
from maistudio.imaging.formats.samples import ALPHA_DROPPED, bands, from_palette, refuse_transparent
from maistudio.imaging.formats.streams import DAMAGED, exactly
from maistudio.imaging.formats.undecoded import Header, Undecoded, Unreadable
from maistudio.imaging.picture import Meaning, Pixels

SIGNATURE = b"\x89PNG\r\n\x1a\n"

MOST_CHUNKS = 2**20
CRITICAL = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND"})
READ = frozenset({b"IHDR", b"PLTE", b"tRNS", b"acTL", b"iCCP", b"eXIf"})

GREY, RGB, PALETTE, GREY_ALPHA, RGB_ALPHA = 0, 2, 3, 4, 6
DEPTHS = {GREY: (1, 2, 4, 8, 16), RGB: (8, 16), PALETTE: (1, 2, 4, 8), GREY_ALPHA: (8, 16), RGB_ALPHA: (8, 16)}
HALVES = {(16, RGB): ("RGB;16B", "RGB;16L"), (16, RGB_ALPHA): ("RGBA;16B", "RGBA;16L")}
"""Pillow keeps 8 bits of 16-bit colours, those that come first; told of the other byte order, those that come last."""

DAMAGE = f"is a damaged PNG: {DAMAGED}"


@dataclass(frozen=True, slots=True)
class Layout:
    """How pixels are stored; ``chunks`` are those before them that matter, by type."""

    bits: int
    colour: int
    chunks: dict[bytes, bytes]


def undecoded(file: BinaryIO) -> Undecoded:
    """Read a PNG's header, up to its pixel data. Raises Unreadable."""
    chunks: dict[bytes, bytes] = {}
    start = len(exactly(file, len(SIGNATURE)))
    for kind, length in _heads(file):
        if kind == b"IDAT":
            break
        content = _content(file, kind, length)
        if kind in READ:
            chunks.setdefault(kind, content)
        start = file.tell()
    if b"acTL" in chunks:
        raise Unreadable("is an animated PNG: save the frame that is meant as a PNG of its own")
    if len(chunks.get(b"IHDR", b"")) != 13 or len(chunks.get(b"PLTE", b"")) % 3:
        raise Unreadable(DAMAGE)
    width, height, bits, colour, *methods = unpack(">2I5B", chunks[b"IHDR"])
    if bits not in DEPTHS.get(colour, ()) or methods not in ([0, 0, 0], [0, 0, 1]):
        raise Unreadable(f"has a PNG header that makes no sense: {DAMAGED}")
    layout = Layout(bits, colour, chunks)
    header = Header(
        "PNG",
        height,
        width,
        Meaning.GREY if colour in {GREY, GREY_ALPHA} else Meaning.RGB,
        np.uint16 if bits == 16 else np.uint8,
        plain=colour in {GREY, RGB} and bits >= 8,
        notes=_notes(layout),
    )
    return Undecoded(header, partial(_decode, file, start, layout, header))


def _heads(file: BinaryIO) -> Iterator[tuple[bytes, int]]:
    """The type and length of each chunk; its data must be read before the next is asked for."""
    for _ in range(MOST_CHUNKS):
        length, kind = unpack(">I4s", exactly(file, 8))
        yield kind, length
    raise Unreadable(DAMAGE)


def _content(file: BinaryIO, kind: bytes, length: int) -> bytes:
    """A chunk's data. Raises Unreadable where its checksum is another, and for a kind that must be understood."""
    content = exactly(file, length)
    checksum = int.from_bytes(exactly(file, 4), "big")
    must_be_known = not kind[0] & 0x20
    if checksum != zlib.crc32(content, zlib.crc32(kind)) or (must_be_known and kind not in CRITICAL):
        raise Unreadable(DAMAGE)
    return content


def _notes(layout: Layout) -> tuple[str, ...]:
    chunks = layout.chunks
    notes: tuple[str, ...] = ()
    if layout.colour == PALETTE:
        notes += (f"expanded from a palette of {len(chunks.get(b'PLTE', b'')) // 3} colours",)
    elif layout.bits < 8:
        notes += (f"{layout.bits}-bit grey scaled to 0..255",)
    if layout.colour in {GREY_ALPHA, RGB_ALPHA} or b"tRNS" in chunks:
        notes += (ALPHA_DROPPED,)
    if b"iCCP" in chunks:
        notes += profile_note(*_profile(chunks[b"iCCP"]))
    orientation, damage = orientation_of(chunks.get(b"eXIf", b""))
    if orientation in TURNS:
        # The definition of eXIf: unless a decoder knows better, such data is "of historical value only"
        notes += (f"not {TURNS[orientation]}, though its EXIF data asks for it: in a PNG that may be outdated",)
    return notes + damage


def _profile(chunk: bytes) -> tuple[bytes, str]:
    """An iCCP chunk's profile, as much of it as can be had, and its name."""
    name, _, rest = chunk.partition(b"\0")
    try:
        return zlib.decompressobj().decompress(rest[1:], LARGEST_PROFILE), name.decode("latin-1")
    except zlib.error:
        return b"", name.decode("latin-1")


def _decode(file: BinaryIO, start: int, layout: Layout, header: Header) -> Pixels:
    stream = _stripped(file, start, layout)
    pixels = header.empty()
    for half in HALVES.get((layout.bits, layout.colour), ("",)):
        stream.seek(0)
        with refusing(DAMAGE):
            image = PngImageFile(stream)
        if half:
            image.tile = [image.tile[0]._replace(args=half)]
        for band, part in parts(image):
            if half:
                pixels[band] = pixels[band] << 8 | _as_colours(part, layout)
            else:
                pixels[band] = _as_colours(part, layout)
    key = layout.chunks.get(b"tRNS", b"")
    if key and layout.colour in {GREY, RGB}:
        _refuse_key(pixels, key, 1 if layout.bits >= 8 else 255 // (2**layout.bits - 1))
    return pixels


def _stripped(file: BinaryIO, start: int, layout: Layout) -> BytesIO:
    """A PNG of nothing but the pixels, from those that start at ``start``, once all up to the end was checked."""
    stream = BytesIO()
    stream.write(SIGNATURE)
    layout_chunk = bytearray(layout.chunks[b"IHDR"])
    if (layout.bits, layout.colour) == (16, GREY_ALPHA):
        # Pillow would keep 8 bits of each; as four channels of 8 bits it keeps all
        layout_chunk[8:10] = 8, RGB_ALPHA
    _write(stream, b"IHDR", bytes(layout_chunk))
    file.seek(start)
    for kind, length in _heads(file):
        content = _content(file, kind, length)
        if kind in {b"IDAT", b"IEND"}:
            _write(stream, kind, content)
        if kind == b"IEND":
            break
    return stream


def _write(stream: BytesIO, kind: bytes, content: bytes) -> None:
    stream.write(pack(">I4s", len(content), kind))
    stream.write(content)
    stream.write(pack(">I", zlib.crc32(content, zlib.crc32(kind))))


def _as_colours(part: Pixels, layout: Layout) -> Pixels:
    """Pillow's N×W×C pixels as RGB or grey. Raises Unreadable where one is transparent."""
    if layout.colour == PALETTE:
        colours = np.frombuffer(layout.chunks.get(b"PLTE", b""), np.uint8).reshape(-1, 3)
        opacity = np.frombuffer(layout.chunks.get(b"tRNS", b"").ljust(256, b"\xff"), np.uint8)
        found = from_palette(colours, part)
        refuse_transparent((opacity[part] < 255).any())
        return found
    if layout.colour in {GREY_ALPHA, RGB_ALPHA}:
        samples = part.view(">u2") if (layout.bits, layout.colour) == (16, GREY_ALPHA) else part
        refuse_transparent((samples[:, :, -1] < 2 ** (8 * samples.itemsize) - 1).any())
        return samples[:, :, :-1]
    return part * np.uint8(255) if layout.bits == 1 else part


def _refuse_key(pixels: Pixels, key: bytes, scale: int) -> None:
    """Raise Unreadable where a pixel has the value or colour that is to be transparent."""
    if len(key) != 2 * pixels.shape[2]:
        raise Unreadable(DAMAGE)
    value = np.frombuffer(key, ">u2") * scale
    for band in bands(*pixels.shape[:2]):
        refuse_transparent((pixels[band] == value).all(axis=2).any())
