"""Read the frames of video files, by the FFmpeg that OpenCV's wheel carries.

Colours: YCbCr becomes RGB by the matrix and range that the file states for its stream, BT.601 in limited range where
it states none (so FFmpeg's swscale, by experiment with OpenCV 4.13 and 4.14; before 4.13 the matrix was BT.601
always). Subsampled colours are interpolated, and the result may differ by a level or two from other programs'.

Places: seeking is exact for some containers and codecs only (not for MPEG-TS or frames of varying duration), so
frames are always decoded one after the other from the first.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import cv2

from maistudio.errors import PictureError, UsageError
from maistudio.imaging.formats.containers import check_container
from maistudio.imaging.formats.undecoded import Unreadable
from maistudio.imaging.picture import Meaning, Picture, Pixels
from maistudio.imaging.probe import LARGEST_PICTURE, plain_file

WHITE = 255.0
MOST_FRAMES = 2**40
"""A container that states more states nonsense."""

WITH_ALPHA = frozenset({b"BGRA", b"RGBA", b"ARGB", b"ABGR", b"Y4"})
WITHOUT_MATRIX = (b"BGR", b"RGB", b"ARGB", b"ABGR", b"G3", b"G4", b"Y800", b"Y1")
"""FFmpeg's tags of pixel formats that are RGB or grey, as far as they tell them."""
DEEPER = frozenset({b"Y3", b"Y4", b"G3", b"G4", b"Y1"})
"""Those whose fourth byte is the number of bits."""

CONVERTED = (
    "converted to RGB by the matrix and range that the file states, or by BT.601 in limited range where it states "
    "none; other programs may differ by a level or two"
)

QUIET = "-8"
"""FFmpeg's log level that prints nothing."""
# Here and not where a video is opened, since OpenCV looks once, when FFmpeg is first used for reading or writing
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", QUIET)


@dataclass(frozen=True, slots=True)
class Video:
    """A video file that was opened once and whose first frame was decoded; nothing of it is held.

    ``height`` and ``width`` are those of the frames as they are given, turned where the file asks for it. ``rate`` is
    in frames per second. ``stated_frames`` is what the container says or what follows from its duration: a guess,
    None without one; ``count`` knows. ``notes`` are those of every frame.
    """

    path: Path
    height: int
    width: int
    rate: float
    stated_frames: int | None
    notes: tuple[str, ...]

    def frames(self, start: int = 0) -> Generator[Picture, None, None]:
        """The frames from ``start`` on, in the order they are shown in: H×W×3 RGB of uint8, white at 255.

        Raises PictureError where one can't be decoded or differs in size, or where the video ends before ``start``,
        UsageError for a negative one. What a codec conceals of damaged data it doesn't tell.
        """
        if start < 0:
            raise UsageError(f"there is no frame {start}: frames count from 0")
        with _capture(self.path) as capture:
            for place in range(start):
                if not capture.grab():
                    raise PictureError(self.path, f"ends after {place:,} frames: choose one from 0 to {place - 1:,}")
            place = start
            while (pixels := _next(capture)) is not None:
                if pixels.shape[:2] != (self.height, self.width):
                    size = f"{pixels.shape[1]}×{pixels.shape[0]}"
                    raise PictureError(
                        self.path, f"frame {place} is {size}, the first one {self.width}×{self.height}: cut the clip"
                    )
                yield Picture(pixels, Meaning.RGB, WHITE, f"{self.path}, frame {place}", self.notes)
                place += 1
            if place == start and start:
                raise PictureError(self.path, f"ends after {place:,} frames: choose one from 0 to {place - 1:,}")

    def frame(self, place: int) -> Picture:
        """One frame, counted from 0, exactly: those before it are decoded as well. Raises as ``frames`` does."""
        with closing(self.frames(place)) as frames:
            for picture in frames:
                return picture
        raise PictureError(self.path, "ends before its first frame: copy or download it again")

    def count(self) -> int:
        """How many frames there are, counted by decoding them all."""
        with _capture(self.path) as capture:
            count = 0
            while capture.grab():
                count += 1
        return count


def open_video(path: Path | str) -> Video:
    """The video in an MP4, MOV, Matroska, WebM or AVI file.

    Raises PictureError for another file or none, one cut short, one without pictures (sound only), of a codec that
    FFmpeg lacks, or with frames of more than ``probe.LARGEST_PICTURE`` pixels.
    """
    path = Path(path)
    with _capture(path) as capture:
        width, height = (int(capture.get(each)) for each in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT))
        if width * height > LARGEST_PICTURE:
            limit = LARGEST_PICTURE // 10**6
            raise PictureError(path, f"has frames of {width:,}×{height:,}, more than {limit} megapixels: scale it down")
        first = _next(capture)
        if first is None:
            raise PictureError(path, "holds no frame that can be decoded: copy it again, or convert it with ffmpeg")
        stated = capture.get(cv2.CAP_PROP_FRAME_COUNT)
        return Video(
            path,
            first.shape[0],
            first.shape[1],
            capture.get(cv2.CAP_PROP_FPS),
            int(stated) if 0 < stated < MOST_FRAMES else None,
            _notes(capture),
        )


@contextmanager
def _capture(path: Path) -> Iterator[cv2.VideoCapture]:
    """A file opened by FFmpeg, and closed in the end. Raises PictureError for one that can't be."""
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    try:
        with plain_file(path) as file:
            check_container(file)
        # An absolute path can't be taken for an address
        capture = cv2.VideoCapture(_name_for_ffmpeg(path), cv2.CAP_FFMPEG)
    except Unreadable as fault:
        raise PictureError(path, str(fault)) from None
    except OSError as error:
        raise PictureError(path, f"can't be read ({error.strerror or error}): choose another file") from None
    try:
        if not capture.isOpened():
            raise PictureError(path, "holds no video that can be decoded: is it sound only, or of an unknown codec?")
        yield capture
    except cv2.error:
        raise PictureError(path, "can't be decoded: copy it again, or convert it with ffmpeg") from None
    finally:
        capture.release()


def _name_for_ffmpeg(path: Path) -> str:
    """An absolute path. Raises Unreadable for bytes that are no text, on which OpenCV crashes."""
    name = str(path.resolve())
    if name != name.encode("utf-8", "ignore").decode("utf-8"):
        raise Unreadable("has a name that isn't text (UTF-8): rename it, or the folders it is in")
    return name


def _next(capture: cv2.VideoCapture) -> Pixels | None:
    """The next frame in RGB, None after the last."""
    done, decoded = capture.read()
    if not done:
        return None
    pixels = cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB)
    pixels.flags.writeable = False
    return pixels


def _notes(capture: cv2.VideoCapture) -> tuple[str, ...]:
    """What was done to every frame, by FFmpeg's tag of the stored pixels' format."""
    tag = (int(capture.get(cv2.CAP_PROP_CODEC_PIXEL_FORMAT)) & 0xFFFFFFFF).to_bytes(4, "little")
    notes: tuple[str, ...] = ()
    if not tag.startswith(WITHOUT_MATRIX):
        notes += (CONVERTED,)
    if tag[:2] in DEEPER and tag[3] > 8:
        notes += (f"reduced from {tag[3]} to 8 bits",)
    if tag in WITH_ALPHA or tag[:2] in WITH_ALPHA:
        notes += ("its alpha channel is left out",)
    turn = int(capture.get(cv2.CAP_PROP_ORIENTATION_META)) % 360
    if turn:
        notes += (f"turned by {turn}° clockwise, as the file asks",)
    across, down = capture.get(cv2.CAP_PROP_SAR_NUM), capture.get(cv2.CAP_PROP_SAR_DEN)
    if across > 0 and down > 0 and across != down:
        notes += (f"its pixels are meant to be shown {across:g}:{down:g} wide to high; they are given as stored",)
    return notes
