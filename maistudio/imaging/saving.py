"""Save pictures to files."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from maistudio.errors import ExportError
from maistudio.imaging.picture import Meaning, Picture, Pixels
from maistudio.save import save_bytes

TIFF = frozenset({".tif", ".tiff"})
DEEP = TIFF | {".png"}
"""Suffixes of the formats that hold 16 bits, and mosaics."""
WITHOUT_GREY = frozenset({".webp"})

LONGEST_SIDES = {".jpg": 65_500, ".jpeg": 65_500, ".webp": 16_383}
"""Pixels that libjpeg and libwebp write at most."""
LARGEST_TIFF = 2**32 - 2**20
"""Bytes of pixels whose places a TIFF's 32 bits can tell."""

JPEG_QUALITY = 95
WEBP_LOSSLESS = 101
"""OpenCV's name for lossless: a quality above 100."""
TIFF_DEFLATE = 8

_TIFF_PARAMETERS = [cv2.IMWRITE_TIFF_COMPRESSION, TIFF_DEFLATE]
_FULL_COLOUR = [cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444]
_JPEG_PARAMETERS = [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY, *_FULL_COLOUR]
PARAMETERS: dict[str, list[int]] = {
    ".png": [],
    ".bmp": [],
    ".webp": [cv2.IMWRITE_WEBP_QUALITY, WEBP_LOSSLESS],
    ".tif": _TIFF_PARAMETERS,
    ".tiff": _TIFF_PARAMETERS,
    ".jpg": _JPEG_PARAMETERS,
    ".jpeg": _JPEG_PARAMETERS,
}
"""What OpenCV is told, by suffix."""


def save(picture: Picture, path: Path | str) -> None:
    """Put ``picture`` into the file ``path``, in the format of its suffix; a file there stays as it was if that fails.

    Raises ExportError as ``encoded`` does, and where the file can't be written.
    """
    path = Path(path)
    try:
        data = encoded(picture, path.suffix)
    except ExportError as error:
        raise ExportError(f"{path}: {error}") from None
    save_bytes(path, data, "the picture")


def encoded(picture: Picture, suffix: str) -> bytes:
    """A file's bytes in the format of ``suffix`` (".png").

    PNG and TIFF hold 8 and 16 bits, grey, RGB and mosaics; TIFF floats as well. BMP holds 8 bits, WebP 8-bit RGB;
    both, like these, give back the very pixels. JPEG holds 8 bits at quality 95 without subsampled colours. Notes,
    source, and the pattern and white level of a mosaic are not stored.

    Raises ExportError for a format that can't hold the picture as it is: nothing is rounded or converted here.
    """
    suffix = suffix.lower()
    _refuse_misfit(picture, suffix)
    try:
        done, data = cv2.imencode(suffix, _blue_first(picture.pixels), PARAMETERS[suffix])
    except cv2.error:
        done = False
    if not done:
        raise ExportError(f"the picture can't be encoded as {suffix}: choose another format, or free some memory")
    return data.tobytes()


def _refuse_misfit(picture: Picture, suffix: str) -> None:
    """Raise ExportError for what the format of ``suffix`` doesn't hold."""
    if suffix not in PARAMETERS:
        raise ExportError(f"pictures aren't saved as '{suffix}': choose one of {', '.join(sorted(PARAMETERS))}")
    pixels = picture.pixels
    if not pixels.size:
        raise ExportError("the picture has no pixels: choose another")
    if pixels.dtype.kind == "f" and suffix not in TIFF:
        raise ExportError(f"{suffix} holds no floats: save as .tif, or round the picture to 8 or 16 bits first")
    if picture.meaning is Meaning.BAYER and suffix not in DEEP:
        raise ExportError(f"{suffix} is no format for a raw mosaic: save it as .png or .tif")
    if pixels.dtype == np.uint16 and suffix not in DEEP:
        raise ExportError(f"{suffix} holds 8 bits, the picture has 16: save as .png or .tif, or round it first")
    if picture.meaning is Meaning.GREY and suffix in WITHOUT_GREY:
        raise ExportError(f"{suffix} holds no grey pictures: save as .png")
    usual = 1.0 if pixels.dtype.kind == "f" else float(np.iinfo(pixels.dtype).max)
    if picture.meaning is not Meaning.BAYER and picture.white != usual:
        raise ExportError(f"a file can't say that white is at {picture.white:g}: scale the picture to {usual:g} first")
    longest = LONGEST_SIDES.get(suffix, 2**20)
    if max(picture.height, picture.width) > longest:
        raise ExportError(f"{suffix} holds at most {longest:,} pixels a side: save as .png or .tif")
    if suffix in TIFF and pixels.nbytes > LARGEST_TIFF:
        raise ExportError("a TIFF holds at most 4 GiB: crop the picture, or save it as .png")


def _blue_first(pixels: Pixels) -> Pixels:
    """OpenCV's order of channels, in rows one after the other in memory."""
    if pixels.shape[2] == 3:
        return cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_RGB2BGR)
    return np.ascontiguousarray(pixels)
