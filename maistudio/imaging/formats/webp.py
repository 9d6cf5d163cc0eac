"""WebP (RFC 9649): its container is checked here, OpenCV's libwebp decodes the frame."""

from __future__ import annotations

from functools import partial
from struct import pack
from typing import BinaryIO

import cv2
import numpy as np

from maistudio.imaging.formats import exif
from maistudio.imaging.formats.icc import profile_note
from maistudio.imaging.formats.samples import ALPHA_DROPPED, refuse_transparent
from maistudio.imaging.formats.streams import CUT_SHORT, DAMAGED, bands, exactly
from maistudio.imaging.formats.undecoded import Header, Undecoded, Unreadable
from maistudio.imaging.picture import Meaning, Pixels

ANIMATED, ALPHA = 2, 16
"""Flags of a VP8X chunk."""
KEY_FRAME = b"\x9d\x01\x2a"
LOSSLESS = 0x2F
READ = frozenset({b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"EXIF", b"ICCP"})
MOST_CHUNKS = 10_000

DAMAGE = f"is a damaged WebP picture: {DAMAGED}"


def undecoded(file: BinaryIO) -> Undecoded:
    """Read a WebP file's chunks. Raises Unreadable."""
    chunks = _chunks(file)
    extended = chunks.get(b"VP8X", b"")
    if extended and extended[0] & ANIMATED:
        raise Unreadable("is an animated WebP picture: save the frame that is meant as a PNG")
    frame = b"VP8L" if b"VP8L" in chunks else b"VP8 "
    height, width, alpha = _lossless_size(chunks[frame]) if frame == b"VP8L" else _size(chunks.get(frame, b""))
    if extended and extended[4:10] != (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little"):
        raise Unreadable(DAMAGE)
    alpha |= b"ALPH" in chunks
    orientation, damage = exif.orientation_of(chunks[b"EXIF"]) if b"EXIF" in chunks else (1, ())
    notes: tuple[str, ...] = (ALPHA_DROPPED,) if alpha else ()
    notes += exif.turning_note(orientation) + damage
    if b"ICCP" in chunks:
        notes += profile_note(chunks[b"ICCP"])
    header = Header("WebP", height, width, Meaning.RGB, np.uint8, orientation, plain=not alpha, notes=notes)
    return Undecoded(header, partial(_decode, _container(frame, chunks, height, width), header, alpha))


def _chunks(file: BinaryIO) -> dict[bytes, bytes]:
    """The chunks that say something about the picture; the first of each."""
    start = exactly(file, 12)
    left = int.from_bytes(start[4:8], "little") - 4
    chunks: dict[bytes, bytes] = {}
    for _ in range(MOST_CHUNKS):
        if left < 8:
            return chunks
        head = exactly(file, 8)
        kind, size = head[:4], int.from_bytes(head[4:], "little")
        padded = size + size % 2
        if padded > left - 8:
            raise Unreadable(DAMAGE)
        content = exactly(file, padded)
        if kind in READ:
            chunks.setdefault(kind, content[:size])
        left -= 8 + padded
    raise Unreadable(DAMAGE)


def _size(frame: bytes) -> tuple[int, int, bool]:
    """Height and width in a lossy frame's header (RFC 6386, 9.1); it has no alpha of its own."""
    if len(frame) < 10 or frame[0] & 1 or frame[3:6] != KEY_FRAME:
        raise Unreadable(DAMAGE)
    width, height = (int.from_bytes(frame[at : at + 2], "little") & 0x3FFF for at in (6, 8))
    if not width or not height:
        raise Unreadable(DAMAGE)
    return height, width, False


def _lossless_size(frame: bytes) -> tuple[int, int, bool]:
    """Height, width and whether alpha is used, in a lossless frame's header (RFC 9649, 3.4)."""
    if len(frame) < 5 or frame[0] != LOSSLESS:
        raise Unreadable(DAMAGE)
    bits = int.from_bytes(frame[1:5], "little")
    return (bits >> 14 & 0x3FFF) + 1, (bits & 0x3FFF) + 1, bool(bits >> 28 & 1)


def _container(frame: bytes, chunks: dict[bytes, bytes], height: int, width: int) -> bytes:
    """A file of the frame alone, with its alpha where that is stored beside it."""
    kept = [(frame, chunks[frame])]
    if b"ALPH" in chunks and frame == b"VP8 ":
        sizes = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
        kept = [(b"VP8X", pack("<I", ALPHA) + sizes), (b"ALPH", chunks[b"ALPH"]), *kept]
    parts = [part for kind, data in kept for part in (kind, pack("<I", len(data)), data, b"\0" * (len(data) % 2))]
    return b"".join([b"RIFF", pack("<I", 4 + sum(map(len, parts))), b"WEBP", *parts])


def _decode(container: bytes, header: Header, alpha: bool) -> Pixels:
    try:
        decoded = cv2.imdecode(np.frombuffer(container, np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error:  # out of memory
        raise MemoryError from None
    if decoded is None:
        raise Unreadable(f"{CUT_SHORT}, or is damaged")
    if decoded.shape != (header.height, header.width, 4 if alpha else 3):
        raise Unreadable(DAMAGE)
    pixels = header.empty() if alpha else decoded
    for band in bands(header.height, 4 * header.width):
        refuse_transparent(alpha and bool((decoded[band, :, 3] < 255).any()))
        pixels[band] = decoded[band, :, 2::-1].copy()
    return pixels
