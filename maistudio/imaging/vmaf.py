"""VMAF-NEG, by the ffmpeg that imageio-ffmpeg brings.

NEG means "no enhancement gain": sharpening alone lifts VMAF far above what it does for NEG, which is why NEG is shown.
The package is optional; ``why_no_vmaf`` says what is missing.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass, replace
from functools import lru_cache
from math import isfinite

import cv2
import numpy as np

from maistudio.errors import MeasureError
from maistudio.imaging.conventions import DEFAULT
from maistudio.imaging.pair import Pair, pair_of, tiles
from maistudio.imaging.ranges import Array


@dataclass(frozen=True, slots=True)
class VmafConvention:
    """What a VMAF was measured with: the model, and how luma is made of R, G, B, as VMAF looks at luma alone.

    ``black`` and ``white`` are luma's values for those, its steps being of 8 bits.
    """

    model: str
    matrix: str
    red: float
    green: float
    blue: float
    black: int
    white: int


VMAF_NEG = VmafConvention(
    model="vmaf_v0.6.1neg", matrix="BT.709 limited", red=0.2126, green=0.7152, blue=0.0722, black=16, white=235
)
"""The model for a 1080p screen; luma as ITU-R BT.709 defines it, in 16..235, rounded to 8 bits."""

EIGHT_BITS = replace(DEFAULT, shave=0)
"""How the pictures' values are taken: rounded to 8 bits, the border included."""

SMALLEST_SIDE = 17
"""The libvmaf of imageio-ffmpeg 0.8.1 crashes on 16 pixels a side; from 17 on it gives the same score every time."""

LARGEST = 40_000_000
"""Pixels: ffmpeg takes 50 bytes for each."""

PROBE_SECONDS = 30.0
SECONDS, SECONDS_PER_PIXEL = 60.0, 3e-6
"""A time-out far above what a slow machine takes: here 0.3 s for 1080p, 0.2 µs a pixel."""

NO_WINDOW = getattr(subprocess, "CREATE_NO_WINDOW", 0)
"""Windows would open a console."""


def vmaf_neg(a: Array, b: Array) -> float | None:
    """VMAF-NEG of picture ``a`` against the reference ``b``, 0 to 100; identical pictures get 97 or so.

    Not symmetric. Both are H×W, H×W×1 or H×W×3 of uint8, uint16, or float32 or float64 on 0..255, rounded to 8 bits
    first; what is measured of them is VMAF_NEG: luma by BT.709, limited range. The picture stands for a video of one
    frame, so VMAF's motion is 0. None where ``why_no_vmaf`` has a reason. Raises MeasureError for pictures that don't
    match or don't fit, and where ffmpeg fails or takes too long.
    """
    pair = pair_of(a, b, EIGHT_BITS)
    executable = _executable()
    if executable is None or why_no_vmaf(pair.height, pair.width) is not None:
        return None
    return _score(_run(executable, pair))


def why_no_vmaf(height: int | None = None, width: int | None = None) -> str | None:
    """Why there is no VMAF on this machine, or for pictures of this size, with the next step; None where there is."""
    missing = _why_no_ffmpeg()
    if missing is not None or height is None or width is None:
        return missing
    if min(height, width) < SMALLEST_SIDE:
        return f"VMAF needs pictures of {SMALLEST_SIDE}×{SMALLEST_SIDE} pixels or more"
    if height * width > LARGEST:
        return f"VMAF is measured up to {LARGEST // 1_000_000} megapixels: crop the pictures"
    return None


def _why_no_ffmpeg() -> str | None:
    executable = _executable()
    if executable is None:
        return f"VMAF needs the package imageio-ffmpeg: install it with {sys.executable} -m pip install imageio-ffmpeg"
    if not _has_libvmaf(executable):
        return (
            f"{executable} can't be run or was built without libvmaf: unset IMAGEIO_FFMPEG_EXE, or name an ffmpeg that "
            "has it there"
        )
    return None


def _executable() -> str | None:
    try:
        import imageio_ffmpeg
    except ImportError:
        return None
    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError:  # the package has no binary for this platform, and none is on the path
        return None


@lru_cache(maxsize=4)
def _has_libvmaf(executable: str) -> bool:
    command = [executable, "-hide_banner", "-h", "filter=libvmaf"]
    try:
        told = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=PROBE_SECONDS, creationflags=NO_WINDOW
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return b"libvmaf AVOptions" in told.stdout


def _run(executable: str, pair: Pair) -> subprocess.CompletedProcess[bytes]:
    """Give ffmpeg a video of two frames on its standard input: no file is made, and it ends when this process does."""
    split = "[0:v]split[x][y];[x]trim=end_frame=1[a];[y]trim=start_frame=1,setpts=PTS-STARTPTS[b]"
    command = [executable, "-nostdin", "-hide_banner", "-nostats", "-loglevel", "info"]
    command += ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-video_size", f"{pair.width}x{pair.height}", "-i", "pipe:0"]
    command += ["-filter_complex", f"{split};[a][b]libvmaf=model=version={VMAF_NEG.model}", "-f", "null", "-"]
    environment = {name: value for name, value in os.environ.items() if name != "FFREPORT"}
    environment["AV_LOG_FORCE_NOCOLOR"] = "1"
    seconds = SECONDS + SECONDS_PER_PIXEL * pair.height * pair.width
    try:
        return subprocess.run(
            command,
            input=_frame(pair.a) + _frame(pair.b),
            capture_output=True,
            timeout=seconds,
            env=environment,
            creationflags=NO_WINDOW,
        )
    except subprocess.TimeoutExpired:
        raise MeasureError(f"ffmpeg took longer than {seconds:.0f} s for VMAF: try smaller pictures") from None
    except OSError as error:
        raise MeasureError(f"ffmpeg could not be started for VMAF: {error}") from error


def _frame(picture: Array) -> bytes:
    """A frame of planar YUV 4:2:0: luma, and chroma of grey, which VMAF doesn't look at."""
    height, width = picture.shape[:2]
    luma: Array = np.empty((height, width), np.uint8)
    given = Pair(picture, picture, EIGHT_BITS)
    for tile in tiles(height, width):
        luma[tile] = np.rint(_luma(given.read(tile, np.float64)[0]))
    chroma: bytes = bytes([128]) * (2 * ((height + 1) // 2) * ((width + 1) // 2))
    return luma.tobytes() + chroma


def _luma(values: Array) -> Array:
    span = (VMAF_NEG.white - VMAF_NEG.black) / 255
    if values.ndim == 2:
        return values * span + VMAF_NEG.black
    weights = np.array([[VMAF_NEG.red * span, VMAF_NEG.green * span, VMAF_NEG.blue * span, VMAF_NEG.black]])
    return cv2.transform(values, weights).reshape(values.shape[:2])


def _score(ended: subprocess.CompletedProcess[bytes]) -> float:
    told = ended.stderr.decode("utf-8", "replace")
    found = re.search(r"VMAF score: (-?[\d.]+)", told)
    score = float(found[1]) if found else float("nan")
    if ended.returncode != 0 or not isfinite(score):
        lines = told.split("\n")
        said = next((line.strip() for line in reversed(lines) if line.strip()), "nothing")
        raise MeasureError(f"ffmpeg gave no VMAF, exit status {ended.returncode}, its last words: {said}")
    return score
