"""Picture files built in code: by other programs' writers, or byte by byte where none writes what a test needs."""

from __future__ import annotations

import io
import os
import struct
import tempfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image

from maistudio.errors import PictureError
from maistudio.imaging.picture import Picture
from maistudio.imaging.reading import load

ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
"""Column, row, step of columns, step of rows of each pass, as the PNG specification draws them in 8.1."""


def smooth(height: int = 23, width: int = 31, channels: int = 3) -> np.ndarray:
    """An 8-bit picture with gradients and edges that differ in every channel, row and column."""
    rows, columns, depth = np.mgrid[0:height, 0:width, 0:channels]
    values = 3 * rows + 5 * columns + 40 * depth + 60 * (columns > width // 2) * (rows > height // 3)
    return (values % 256).astype(np.uint8)


def noise(shape: Sequence[int], dtype: Any = np.uint8, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, np.iinfo(dtype).max, shape, dtype, endpoint=True)


def by_pillow(pixels: np.ndarray | Image.Image, form: str, **options: Any) -> bytes:
    image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels.squeeze())
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def by_opencv(pixels: np.ndarray, suffix: str, options: Sequence[int] = ()) -> bytes:
    """``pixels`` are RGB or grey, as everywhere but in OpenCV."""
    done, data = cv2.imencode(suffix, pixels[..., ::-1] if pixels.shape[-1] == 3 else pixels, list(options))
    assert done
    return data.tobytes()


def png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_rows(samples: np.ndarray, bits: int, filter_type: int = 0) -> bytes:
    """H×W×C samples as unfiltered PNG rows; a ``filter_type`` other than 0 is claimed, not applied."""
    rows = []
    for row in samples.reshape(len(samples), -1):
        packed = "".join(f"{int(value):0{bits}b}" for value in row)
        packed += "0" * (-len(packed) % 8)
        rows.append(bytes([filter_type]) + int(packed, 2).to_bytes(len(packed) // 8, "big"))
    return b"".join(rows)


def png(
    samples: np.ndarray,
    bits: int,
    colour: int,
    *chunks: bytes,
    interlaced: bool = False,
    rows: bytes | None = None,
    cut: int = 0,
    ending: bytes = png_chunk(b"IEND", b""),
) -> bytes:
    """A PNG of H×W×C samples, with ``chunks`` before its data; ``rows`` replaces the rows.

    ``cut`` bytes are missing from the end of the compressed data, whose chunk is whole all the same.
    """
    height, width = samples.shape[:2]
    if rows is None and interlaced:
        passes = (samples[top::down, left::across] for left, top, across, down in ADAM7)
        rows = b"".join(png_rows(part, bits) for part in passes if part.size)
    elif rows is None:
        rows = png_rows(samples, bits)
    header = png_chunk(b"IHDR", struct.pack(">2I5B", width, height, bits, colour, 0, 0, interlaced))
    compressed = zlib.compress(rows)
    data = png_chunk(b"IDAT", compressed[: len(compressed) - cut])
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + data + ending


def exif(orientation: int) -> bytes:
    """EXIF data of nothing but an orientation, as Pillow writes it."""
    data = Image.Exif()
    data[274] = orientation
    return data.tobytes()


def profile(name: str, version: int) -> bytes:
    """A display's colour profile of nothing but its description, of ICC version 2 or 4."""
    if version == 2:
        text = b"desc" + bytes(4) + struct.pack(">I", len(name) + 1) + name.encode("ascii") + bytes(79)
    else:
        coded = name.encode("utf-16-be")
        text = b"mluc" + bytes(4) + struct.pack(">II2s2sII", 1, 12, b"en", b"US", len(coded), 28) + coded
    kinds = b"mntr", b"RGB ", b"XYZ ", b"acsp"
    header = struct.pack(">I4xB3x4s4s4s12x4s88x", 144 + len(text), version, *kinds)
    return header + struct.pack(">I4sII", 1, b"desc", 144, len(text)) + text


def jpeg_segment(marker: int, content: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content


def tiff(entries: Mapping[int, int | Sequence[int]], data: bytes = b"", following: int = 0) -> bytes:
    """A little-endian TIFF of one directory; ``data`` lies at byte 8. Values are LONG."""
    wide = 8 + len(data) + len(data) % 2
    extra = b""
    directory = struct.pack("<H", len(entries))
    after = wide + 2 + 12 * len(entries) + 4
    for tag, given in sorted(entries.items()):
        values = [given] if isinstance(given, int) else list(given)
        stored = struct.pack(f"<{len(values)}I", *values)
        field = stored if len(values) == 1 else struct.pack("<I", after + len(extra))
        extra += b"" if len(values) == 1 else stored
        directory += struct.pack("<HHI", tag, 4, len(values)) + field
    start = b"II*\0" + struct.pack("<I", wide)
    return start + data + bytes(len(data) % 2) + directory + struct.pack("<I", following) + extra


def loaded(data: bytes) -> Picture:
    """The picture in ``data``, from a file that is gone again."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "picture"
        path.write_bytes(data)
        return load(path)


def loaded_or_refused(data: bytes) -> Picture | None:
    """The same, or None for a file that is refused. Fails where it raises or prints anything else."""
    with nothing_printed():
        try:
            return loaded(data)
        except PictureError:
            return None


@contextmanager
def nothing_printed() -> Iterator[None]:
    """Fail where anything, native code included, writes to standard output or error meanwhile."""
    with tempfile.TemporaryFile() as printed:
        kept = {stream: os.dup(stream) for stream in (1, 2)}
        for stream in kept:
            os.dup2(printed.fileno(), stream)
        try:
            yield
        finally:
            for stream, copy in kept.items():
                os.dup2(copy, stream)
                os.close(copy)
        printed.seek(0)
        assert printed.read() == b""
