"""BMP, uncompressed: 8 bits or fewer with a palette, 24 and 32 bits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from struct import unpack_from
from typing import BinaryIO

import numpy as np

from maistudio.imaging.formats.samples import ALPHA_DROPPED, refuse_transparent, unpacked
from maistudio.imaging.formats.streams import DAMAGED, Flow, bands, exactly, pieces
from maistudio.imaging.formats.undecoded import Header, Undecoded, Unreadable
from maistudio.imaging.picture import Meaning, Pixels

SIGNATURE = b"BM"

CORE = 12
"""Bytes of OS/2's header, which has 16-bit sizes and palettes of three bytes a colour."""
HEADERS = frozenset({CORE, 40, 52, 56, 64, 108, 124})
WITH_MASKS = 52
UNCOMPRESSED, MASKS, MASKS_AND_ALPHA = 0, 3, 6
PLAIN_MASKS = (0xFF0000, 0xFF00, 0xFF)
ALPHA_MASK = 0xFF000000
EMBEDDED, LINKED = b"DEBM", b"KNIL"
"""What a header of version 5 says of its colour profile."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the rows lie, and whether the last comes first."""

    offset: int
    height: int
    width: int
    bits: int
    upside_down: bool
    palette: Pixels | None
    alpha: bool

    @property
    def row_bytes(self) -> int:
        """Rows are padded to four bytes."""
        return (self.width * self.bits + 31) // 32 * 4


def undecoded(file: BinaryIO) -> Undecoded:
    """Read a BMP's header and palette. Raises Unreadable."""
    start = exactly(file, 18)
    offset, size = unpack_from("<2I", start, 10)
    if size not in HEADERS:
        raise Unreadable(f"has a BMP header of an unknown kind: {DAMAGED}")
    info = exactly(file, size - 4)
    layout = _layout(file, offset, size, info)
    grey = layout.palette is not None and _is_grey_ramp(layout)
    notes: tuple[str, ...] = ()
    if layout.palette is not None and not grey:
        notes += (f"expanded from a palette of {len(layout.palette)} colours",)
    elif grey and layout.bits < 8:
        notes += (f"{layout.bits}-bit grey scaled to 0..255",)
    if layout.alpha:
        notes += (ALPHA_DROPPED,)
    if size == 124 and info[52:56] in {EMBEDDED, LINKED}:
        notes += ("its colour profile is not applied: the values are as stored",)
    header = Header("BMP", layout.height, layout.width, Meaning.GREY if grey else Meaning.RGB, np.uint8, notes=notes)
    return Undecoded(header, partial(_decode, file, layout, header))


def _layout(file: BinaryIO, offset: int, size: int, info: bytes) -> Layout:
    if size == CORE:
        width, height, planes, bits = unpack_from("<4H", info)
        compression = colours = 0
    else:
        width, height, planes, bits, compression, _, _, _, colours = unpack_from("<2i2H2I2iI", info)
    if width <= 0 or not height or planes != 1 or bits not in {1, 4, 8, 16, 24, 32}:
        raise Unreadable(f"has a BMP header that makes no sense: {DAMAGED}")
    masked = compression in {MASKS, MASKS_AND_ALPHA} and bits == 32
    if (compression != UNCOMPRESSED and not masked) or bits == 16:
        raise Unreadable("is a compressed or 16-bit BMP: save it as PNG, or as BMP of 24 bits")
    alpha = False
    if masked:
        masks = info[36:] if size >= WITH_MASKS else exactly(file, 16 if compression == MASKS_AND_ALPHA else 12)
        red_green_blue = unpack_from("<3I", masks)
        extra = int.from_bytes(masks[12:16], "little")
        if red_green_blue != PLAIN_MASKS or extra not in {0, ALPHA_MASK}:
            raise Unreadable("is a BMP of unusual channel masks: save it as PNG, or as BMP of 24 bits")
        alpha = extra == ALPHA_MASK
    palette = None
    if bits <= 8:
        entry = 3 if size == CORE else 4
        count = colours if 0 < colours <= 2**bits else 2**bits
        count = min(count, max(0, offset - 14 - size) // entry)
        stored = np.frombuffer(exactly(file, count * entry), np.uint8).reshape(count, entry)
        palette = np.ascontiguousarray(stored[:, 2::-1])
    return Layout(offset, abs(height), width, bits, height > 0, palette, alpha)


def _is_grey_ramp(layout: Layout) -> bool:
    """BMP has no grey but that of a palette that counts evenly from black to white."""
    ramp = np.linspace(0, 255, 2**layout.bits).astype(np.uint8)
    return layout.palette is not None and np.array_equal(layout.palette, np.stack([ramp] * 3, axis=1))


def _decode(file: BinaryIO, layout: Layout, header: Header) -> Pixels:
    pixels = header.empty()
    as_colours = _as_colours(layout, header)
    file.seek(layout.offset)
    flow = Flow(pieces(file, layout.row_bytes * layout.height))
    target = pixels[::-1] if layout.upside_down else pixels
    for band in bands(layout.height, layout.row_bytes):
        rows = flow.take((band.stop - band.start) * layout.row_bytes).reshape(-1, layout.row_bytes)
        target[band] = as_colours(rows)
    return pixels


def _as_colours(layout: Layout, header: Header) -> Callable[[Pixels], Pixels]:
    """What makes padded rows of bytes N×W×3 RGB or N×W×1 grey."""
    if layout.palette is not None:
        colours = layout.palette[:, :1] if header.meaning is Meaning.GREY else layout.palette
        return partial(_from_palette, colours, layout.bits, layout.width)
    return partial(_from_bgr, layout.bits // 8, layout.width, layout.alpha)


def _from_palette(colours: Pixels, bits: int, width: int, rows: Pixels) -> Pixels:
    index = unpacked(rows, bits, width)
    if index.max() >= len(colours):
        raise Unreadable(f"has pixels of a colour that its palette lacks: {DAMAGED}")
    return colours[index]


def _from_bgr(channels: int, width: int, alpha: bool, rows: Pixels) -> Pixels:
    stored = rows[:, : width * channels].reshape(len(rows), width, channels)
    if alpha:
        refuse_transparent(bool((stored[:, :, 3] < 255).any()))
    return stored[:, :, 2::-1]
