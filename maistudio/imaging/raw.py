"""Load a sensor's raw counts: a Bayer mosaic stored as a picture of one channel."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from maistudio.errors import PictureError, UsageError
from maistudio.imaging.channel_orders import Pattern
from maistudio.imaging.formats.exif import TURNS
from maistudio.imaging.formats.undecoded import Header
from maistudio.imaging.picture import Meaning, Picture
from maistudio.imaging.probe import opened

FORMATS = frozenset({"PNG", "TIFF"})


def load_raw(path: Path | str, pattern: Pattern | str, white_level: float) -> Picture:
    """The mosaic in a PNG or TIFF of one channel of 8 or 16 bits: H×W×1 counts exactly as stored, never turned.

    ``white_level`` is the count at which the sensor saturates (1023, 4095 …); the picture's ``white``. A file says
    neither that nor its pattern: both are the caller's. ``notes`` tell the largest count found, and how many exceed
    the white level. Raises PictureError for a file that isn't a mosaic, as ``reading.load`` does for one that can't
    be read, and UsageError for an unknown pattern or a white level that is no positive number.
    """
    if pattern not in tuple(Pattern):
        raise UsageError(f"there is no Bayer pattern {pattern}: choose one of {', '.join(Pattern)}")
    if not (math.isfinite(white_level) and white_level > 0):
        raise UsageError(f"a white level of {white_level:g} makes no sense: give the sensor's largest count")
    with opened(path) as picture:
        header = picture.header
        _refuse_others(path, header, white_level)
        counts = picture.decode()
    counts.flags.writeable = False
    highest, above = int(counts.max()), int(np.count_nonzero(counts > white_level))
    said = f"read as a {pattern} mosaic with white at {white_level:g}; the largest count in it is {highest:,}"
    notes: tuple[str, ...] = (said,)
    if above:
        notes += (f"{above:,} of {counts.size:,} pixels exceed the white level: is it the right one?",)
    if header.orientation in TURNS:
        notes += (f"not {TURNS[header.orientation]}, though its orientation tag asks for it: the pattern would change",)
    return Picture(counts, Meaning.BAYER, float(white_level), str(path), notes)


def _refuse_others(path: Path | str, header: Header, white_level: float) -> None:
    """Raise PictureError for a file whose numbers aren't those of a mosaic."""
    stored = np.dtype(header.dtype)
    if header.meaning is not Meaning.GREY:
        raise PictureError(path, "has three channels, so it is no raw mosaic: open it as a picture")
    if header.format not in FORMATS or not header.plain or stored.kind != "u":
        raise PictureError(path, "doesn't store plain counts of 8 or 16 bits: save the mosaic as 16-bit grey PNG")
    most = int(np.iinfo(stored).max)
    if white_level > most:
        raise PictureError(
            path, f"stores counts up to {most:,}, so white can't be at {white_level:g}: give its own level, or 16 bits"
        )
