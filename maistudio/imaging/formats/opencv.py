"""What OpenCV decodes: TIFF and WebP."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import DTypeLike, NDArray

from maistudio.imaging.formats.samples import refuse_transparent
from maistudio.imaging.formats.streams import DAMAGED_OR_RARE
from maistudio.imaging.formats.undecoded import Unreadable
from maistudio.imaging.picture import Pixels

# It has one log for all threads and uses, and tells there of damaged files; what it returns says the same.
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)


def decoded(data: NDArray[np.uint8], shape: tuple[int, int, int], dtype: DTypeLike) -> Pixels:
    """The pixels in the bytes of a file, which must be of ``shape`` H×W×C and ``dtype``, without alpha.

    They are H×W×1 or H×W×3 RGB. Raises Unreadable for others, and for a fourth channel that isn't all opaque.
    """
    try:
        pixels = cv2.imdecode(data, cv2.IMREAD_UNCHANGED)
    except cv2.error:  # out of memory
        raise MemoryError from None
    if pixels is None or pixels.dtype != dtype or np.atleast_3d(pixels).shape != shape:
        raise Unreadable(DAMAGED_OR_RARE)
    if shape[2] == 1:
        return pixels.reshape(shape)
    if shape[2] == 4:
        opaque = 1.0 if pixels.dtype.kind == "f" else 2.0 ** (8 * pixels.itemsize) - 1
        refuse_transparent(pixels[:, :, 3].min() != opaque)
        return cv2.cvtColor(pixels, cv2.COLOR_BGRA2RGB)
    return cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB, dst=pixels)
