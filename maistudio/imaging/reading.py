"""Load pictures from files."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from maistudio.errors import PictureError
from maistudio.imaging.formats.exif import turned
from maistudio.imaging.formats.undecoded import Header
from maistudio.imaging.picture import Picture, Pixels
from maistudio.imaging.probe import opened


def load(path: Path | str) -> Picture:
    """The picture in a PNG, JPEG, TIFF, WebP or BMP file.

    Pixels are H×W×3 RGB or H×W×1 grey: uint8 with white at 255, uint16 with white at 65535, or float32 with white at
    1.0, as the file stores them. Nothing is converted but what is exact, and ``notes`` tell it: palettes are
    expanded, grey of fewer bits is scaled to 0..255, an orientation tag is followed, an alpha channel that is wholly
    opaque is dropped. Colour profiles and gamma are not applied.

    Raises PictureError for everything else, with what to do about it: no file or no picture, damaged or cut short
    anywhere, transparent, animated or of several pages, CMYK or Lab, or of more than ``probe.LARGEST_PICTURE``
    pixels, which is found before anything is decoded.
    """
    with opened(path) as picture:
        pixels = turned(picture.decode(), picture.header.orientation)
    return as_picture(path, pixels, picture.header)


def as_picture(path: Path | str, pixels: Pixels, header: Header) -> Picture:
    """Decoded pixels as a value. Raises PictureError for floats that are no numbers."""
    notes = header.notes
    white = 1.0 if pixels.dtype.kind == "f" else float(np.iinfo(pixels.dtype).max)
    if pixels.dtype.kind == "f":
        low, high = float(pixels.min()), float(pixels.max())
        if not np.isfinite([low, high]).all():
            raise PictureError(path, "holds values that are no numbers (NaN or infinite): save it without them")
        if low < 0 or high > white:
            notes += (f"its values reach from {low:.6g} to {high:.6g}, outside black at 0 and white at 1",)
    pixels.flags.writeable = False
    return Picture(pixels, header.meaning, white, str(path), notes)
