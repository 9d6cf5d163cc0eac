"""Video files by their outermost boxes: which container it is, and whether the file is as long as that says.

FFmpeg plays what is left of a file that was cut short without a word, so this is looked at first. It also keeps
FFmpeg's other formats out, playlists that name further files or addresses among them.
"""

from __future__ import annotations

from typing import BinaryIO

from maistudio.imaging.formats.streams import CUT_SHORT, DAMAGED
from maistudio.imaging.formats.undecoded import Unreadable

MP4_TYPES = frozenset({b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"})
"""What an MP4 or QuickTime file starts with."""
MATROSKA, SEGMENT = b"\x1a\x45\xdf\xa3", b"\x18\x53\x80\x67"
MOST_BOXES = 100_000

UNKNOWN = (
    "is not a video that can be read: choose an MP4, MOV, Matroska, WebM or AVI file, or convert it with ffmpeg, "
    "without loss to FFV1 in .mkv"
)


def check_container(file: BinaryIO) -> None:
    """Raise Unreadable for another kind of file, and for one that ends too early."""
    size = file.seek(0, 2)
    file.seek(0)
    start = file.read(12)
    if not start:
        raise Unreadable("is empty: copy or download it again")
    if start[4:8] in MP4_TYPES:
        _check_mp4(file, size)
    elif start.startswith(MATROSKA):
        _check_matroska(file, size)
    elif start.startswith(b"RIFF") and start[8:12] == b"AVI ":
        _check_avi(file, size)
    else:
        raise Unreadable(UNKNOWN)


def _check_mp4(file: BinaryIO, size: int) -> None:
    """Boxes one after the other (ISO/IEC 14496-12, 4.2), "moov" being the index of all frames."""
    place = 0
    indexed = False
    for _ in range(MOST_BOXES):
        if size - place < 8:
            break
        file.seek(place)
        head = file.read(16)
        length, kind = int.from_bytes(head[:4], "big"), head[4:8]
        if length == 0:
            length = size - place
        elif length == 1:
            length = int.from_bytes(head[8:16], "big")
        if length < 8 and not any(head[:8]):
            break  # padding after the last box
        if length < 8:
            raise Unreadable(f"is a damaged MP4 file: {DAMAGED}")
        indexed |= kind == b"moov"
        place += length
    if place > size:
        raise Unreadable(CUT_SHORT)
    if not indexed:
        raise Unreadable("lacks its index (moov), as when recording was broken off: copy or download it again")


def _check_matroska(file: BinaryIO, size: int) -> None:
    """The EBML header, then one segment (RFC 8794, RFC 9559); one of unknown size reaches to the file's end."""
    file.seek(len(MATROSKA))
    header = _element_size(file)
    if header is None:
        raise Unreadable(f"is a damaged Matroska file: {DAMAGED}")
    place = file.tell() + header
    file.seek(place)
    if place < size and file.read(4) != SEGMENT:
        raise Unreadable(f"is a damaged Matroska file: {DAMAGED}")
    segment = _element_size(file) if place < size else 0
    if place >= size or (segment is not None and file.tell() + segment > size):
        raise Unreadable(CUT_SHORT)


def _element_size(file: BinaryIO) -> int | None:
    """An element's size: its first byte's leading zeros tell how many bytes more it has. None where it is unknown."""
    first = file.read(1)
    if not first or not first[0]:
        raise Unreadable(CUT_SHORT)
    more = 8 - first[0].bit_length()
    data = file.read(more)
    if len(data) < more:
        raise Unreadable(CUT_SHORT)
    value = int.from_bytes(first + data, "big") & (1 << 7 * (more + 1)) - 1
    return None if value == (1 << 7 * (more + 1)) - 1 else value


def _check_avi(file: BinaryIO, size: int) -> None:
    """RIFF chunks: one, and more of the type AVIX in files above 1 GiB."""
    place = 0
    for _ in range(MOST_BOXES):
        file.seek(place)
        head = file.read(8)
        if head[:4] != b"RIFF" or len(head) < 8:
            break
        length = int.from_bytes(head[4:], "little")
        if not length:
            raise Unreadable("was not written to its end, as when recording was broken off: copy or download it again")
        place += 8 + length + length % 2
    if place > size + 1:
        raise Unreadable(CUT_SHORT)
