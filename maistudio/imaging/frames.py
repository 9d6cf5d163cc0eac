"""The frames of a clip stored as pictures in a folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from maistudio.errors import PictureError, UsageError
from maistudio.imaging.formats.undecoded import Header
from maistudio.imaging.listing import picture_files
from maistudio.imaging.picture import Picture
from maistudio.imaging.probe import SUFFIXES, probe
from maistudio.imaging.reading import load


@dataclass(frozen=True, slots=True)
class Frames:
    """A clip's frames in order. None is held: each is read when it is asked for.

    ``height`` and ``width`` are those of the first frame; the others must agree with it in size, channels and type.
    """

    paths: tuple[Path, ...]
    first: Header

    def __len__(self) -> int:
        return len(self.paths)

    @property
    def height(self) -> int:
        return self.first.shown_size[0]

    @property
    def width(self) -> int:
        return self.first.shown_size[1]

    def name(self, place: int) -> str:
        """The file name of a frame, which counts from 0. Raises UsageError where there is none."""
        return self._path(place).name

    def load(self, place: int) -> Picture:
        """A frame. Raises PictureError if it can't be read or differs from the first, UsageError if there is none."""
        path = self._path(place)
        picture = load(path)
        found = _shown(picture.height, picture.width, picture.meaning, picture.pixels.dtype)
        wanted = _shown(self.height, self.width, self.first.meaning, np.dtype(self.first.dtype))
        if found != wanted:
            raise PictureError(
                path, f"is {found}, but the first frame, {self.paths[0].name}, is {wanted}: keep one kind in the folder"
            )
        return picture

    def _path(self, place: int) -> Path:
        if not 0 <= place < len(self.paths):
            raise UsageError(f"there is no frame {place}: the frames count from 0 to {len(self.paths) - 1}")
        return self.paths[place]


def frames_in(folder: Path | str) -> Frames:
    """The pictures of a folder as the frames of one clip, with numbers in their names in order of size.

    Hidden files, folders and files that aren't named as pictures are left out. Raises PictureError for a folder that
    can't be listed, holds no pictures or several formats of them, and where the first can't be read.
    """
    folder = Path(folder)
    try:
        paths = picture_files(folder)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise PictureError(folder, f"can't be listed ({reason}): choose a folder of frames") from None
    if not paths:
        raise PictureError(folder, f"holds no pictures ({', '.join(sorted(SUFFIXES))}): choose a folder of frames")
    suffixes = sorted({path.suffix.lower() for path in paths})
    if len(suffixes) > 1:
        raise PictureError(folder, f"holds pictures as {' and '.join(suffixes)}: keep the frames of one clip in it")
    return Frames(tuple(paths), probe(paths[0]))


def _shown(height: int, width: int, meaning: str, dtype: np.dtype[np.generic]) -> str:
    return f"{width}×{height} {meaning} of {dtype}"
