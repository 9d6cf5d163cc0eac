"""Bytes of a file, as many as there must be, and what is said where they are missing."""

from __future__ import annotations

from typing import BinaryIO

from maistudio.imaging.formats.undecoded import Unreadable

PIECE = 2**18
"""Bytes read at a time: a header's claims never decide how much is allocated."""

CUT_SHORT = "ends too early, it was cut short: copy or download it again"
DAMAGED = "copy or download it again, or save it anew"
DAMAGED_OR_RARE = f"is damaged, or of a rare kind: {DAMAGED}"


def exactly(file: BinaryIO, size: int) -> bytes:
    """The next ``size`` bytes. Raises Unreadable where the file ends before."""
    pieces = []
    while size > 0:
        piece = file.read(min(size, PIECE))
        if not piece:
            raise Unreadable(CUT_SHORT)
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)
