"""Which way up a picture is to be shown: the orientation tag of TIFF and EXIF."""

from __future__ import annotations

from io import BytesIO

import numpy as np

from maistudio.imaging.formats.directory import Directory, first_directory
from maistudio.imaging.formats.undecoded import Unreadable
from maistudio.imaging.picture import Pixels

ORIENTATION = 274

TURNS = {
    2: "mirrored left to right",
    3: "turned by 180°",
    4: "mirrored top to bottom",
    5: "mirrored along its main diagonal",
    6: "turned by 90° clockwise",
    7: "mirrored along its other diagonal",
    8: "turned by 90° counter-clockwise",
}
"""TIFF 6.0, section 8: what brings the stored rows and columns the right way up."""


def orientation_in(directory: Directory) -> int:
    """1 to 8; 1 where the tag is missing or says something else."""
    value = directory.integer(ORIENTATION, 1)
    return value if value in TURNS else 1


def orientation_of(exif: bytes) -> tuple[int, tuple[str, ...]]:
    """What a block of EXIF data says, with a note where it can't be read; the block may start with "Exif"."""
    if not exif:
        return 1, ()
    try:
        return orientation_in(first_directory(BytesIO(exif.removeprefix(b"Exif\0\0")))), ()
    except Unreadable:
        return 1, ("its EXIF data is damaged, so nothing is known of its orientation: it is shown as stored",)


def turning_note(orientation: int) -> tuple[str, ...]:
    return (f"{TURNS[orientation]}, as its orientation tag asks",) if orientation in TURNS else ()


def turned(pixels: Pixels, orientation: int) -> Pixels:
    """H×W×C stored pixels the right way up, in rows one after the other in memory."""
    if orientation > 4:
        pixels = pixels.transpose(1, 0, 2)
    if orientation in {3, 4, 7, 8}:
        pixels = pixels[::-1]
    if orientation in {2, 3, 6, 7}:
        pixels = pixels[:, ::-1]
    return np.ascontiguousarray(pixels)
