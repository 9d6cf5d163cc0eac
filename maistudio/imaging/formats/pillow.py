"""What the formats that Pillow reads have in common.

Its classes are called by their names: ``Image.open`` warns of large pictures, and tries other formats.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from PIL.ImageFile import ImageFile

from maistudio.imaging.formats.exif import orientation_of, turning_note
from maistudio.imaging.formats.icc import profile_note
from maistudio.imaging.formats.samples import bands
from maistudio.imaging.formats.streams import CUT_SHORT, DAMAGED_OR_RARE
from maistudio.imaging.formats.undecoded import Unreadable
from maistudio.imaging.picture import Pixels

FAULTS = (OSError, SyntaxError, ValueError, LookupError, TypeError, ArithmeticError, EOFError, struct.error)
"""What Pillow raises about damaged files."""


@contextmanager
def refusing(what: str = DAMAGED_OR_RARE) -> Iterator[None]:
    """Raises Unreadable, saying ``what``, where Pillow finds damage; of missing data it says "Truncated"."""
    try:
        yield
    except FAULTS as fault:
        raise Unreadable(CUT_SHORT if "truncated" in str(fault).lower() else what) from None


def parts(image: ImageFile) -> Iterator[tuple[slice, Pixels]]:
    """Decode the picture and give it as N×W×C pixels, band by band: all at once it would be held three times."""
    with refusing():
        image.load()
    for band in bands(image.height, image.width):
        part = np.asarray(image.crop((0, band.start, image.width, band.stop)))
        yield band, part.reshape(len(part), image.width, -1)


def orientation_and_notes(image: ImageFile) -> tuple[int, tuple[str, ...]]:
    """What its EXIF data and colour profile make of the picture."""
    orientation, damage = orientation_of(image.info.get("exif", b""))
    profile = image.info.get("icc_profile")
    return orientation, turning_note(orientation) + damage + (profile_note(profile) if profile else ())
