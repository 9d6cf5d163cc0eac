"""LZW as TIFF 6.0, section 13, has it: decoded table by table, with the codes of a table all at once.

The width of a code depends only on how many came since the table was cleared, so a table's codes can be cut out of the
bits together; and each entry of the table is a code already decoded with one more byte.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from maistudio.imaging.formats.streams import DAMAGED
from maistudio.imaging.formats.undecoded import Unreadable

Codes = NDArray[np.int64]

CLEAR, END, FIRST_ENTRY = 256, 257, 258
MOST_CODES = 3839
"""In one table: 4096 - 258 entries, and the first code, which makes none."""

_WIDTHS = np.repeat([9, 10, 11, 12], [254, 512, 1024, MOST_CODES - 1790])
"""Each wider one starts a code earlier than it must: when the table holds 511, 1023, 2047 entries."""
_STARTS = np.concatenate([[0], np.cumsum(_WIDTHS)[:-1]])

DAMAGE = f"holds damaged data (LZW): {DAMAGED}"


def decoded(data: bytes) -> Iterator[bytes]:
    """The bytes behind LZW ``data``, in pieces of one table each. Raises Unreadable where a code makes no sense."""
    packed = np.frombuffer(data + b"\0\0\0", np.uint8)
    bits = 8 * len(data)
    place = 0
    first = True
    while place + 9 <= bits:
        codes = _codes(packed, place, bits)
        ends = np.flatnonzero((codes == CLEAR) | (codes == END))
        count = int(ends[0]) if ends.size else len(codes)
        if first and (count or codes[0] == END):
            raise Unreadable(DAMAGE)
        first = False
        if count:
            yield _strings(codes[:count])
        if not ends.size:
            if len(codes) == MOST_CODES:
                raise Unreadable(DAMAGE)
            return
        if codes[count] == END:
            return
        place += int(_STARTS[count] + _WIDTHS[count])


def _codes(packed: NDArray[np.uint8], place: int, bits: int) -> Codes:
    """The codes from bit ``place`` on, as many as one table can have."""
    starts = place + _STARTS
    count = int(np.searchsorted(starts + _WIDTHS, bits, side="right"))
    starts, widths = starts[:count], _WIDTHS[:count]
    at = starts >> 3
    window = packed[at].astype(np.int64) << 16 | packed[at + 1].astype(np.int64) << 8 | packed[at + 2]
    codes: Codes = (window >> (24 - (starts & 7) - widths)) & ((1 << widths) - 1)
    return codes


def _strings(codes: Codes) -> bytes:
    """What a table's codes stand for.

    Code k, where it is an entry, is the string of an earlier code, its parent, and the first byte of the code after
    that.
    """
    count = len(codes)
    order = np.arange(count)
    parents = codes - FIRST_ENTRY
    if (parents >= order).any():
        raise Unreadable(DAMAGE)
    literal = codes < CLEAR
    roots, lengths = np.where(literal, order, parents), np.where(literal, 0, 1)
    while True:
        further = roots[roots]
        if np.array_equal(further, roots):
            break
        lengths += lengths[roots]
        roots = further
    lengths += 1
    last = np.where(literal, codes, codes[roots[np.where(literal, 0, parents + 1)]]).astype(np.uint8)
    ends = np.cumsum(lengths)
    out = np.empty(int(ends[-1]), np.uint8)
    current, place = order, ends - 1
    while current.size:
        out[place] = last[current]
        longer = ~literal[current]
        current, place = parents[current[longer]], place[longer] - 1
    return out.tobytes()
