"""WebP: Pillow reads the header; OpenCV decodes, in a third of the memory that Pillow takes."""

from __future__ import annotations

from functools import partial
from io import BytesIO
from typing import BinaryIO

import numpy as np
from PIL.WebPImagePlugin import WebPImageFile

from maistudio.imaging.formats.opencv import decoded
from maistudio.imaging.formats.pillow import orientation_and_notes, refusing
from maistudio.imaging.formats.samples import ALPHA_DROPPED
from maistudio.imaging.formats.streams import CUT_SHORT
from maistudio.imaging.formats.undecoded import Header, Undecoded, Unreadable
from maistudio.imaging.picture import Meaning


def undecoded(file: BinaryIO) -> Undecoded:
    """Read a WebP file's chunks. Raises Unreadable."""
    data = file.read()
    if len(data) < 8 + int.from_bytes(data[4:8], "little"):
        raise Unreadable(CUT_SHORT)
    with refusing():
        image = WebPImageFile(BytesIO(data))
    if image.is_animated:
        raise Unreadable("is an animated WebP picture: save the frame that is meant as a PNG")
    alpha = image.mode == "RGBA"
    orientation, notes = orientation_and_notes(image)
    notes = (ALPHA_DROPPED,) * alpha + notes
    header = Header("WebP", image.height, image.width, Meaning.RGB, np.uint8, orientation, plain=not alpha, notes=notes)
    shape = image.height, image.width, 4 if alpha else 3
    return Undecoded(header, partial(decoded, np.frombuffer(data, np.uint8), shape, np.uint8))
