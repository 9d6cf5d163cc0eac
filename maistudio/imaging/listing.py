"""Which files of a folder are named as pictures."""

from __future__ import annotations

from pathlib import Path

from maistudio.imaging.natural_order import natural_key
from maistudio.imaging.probe import SUFFIXES


def is_folder(path: Path) -> bool:
    """Whether a folder is there. False also where the system won't tell: reading or writing then says why."""
    try:
        return path.is_dir()
    except OSError:
        return False


def picture_files(folder: Path) -> list[Path]:
    """The files named as pictures, numbers in their names in order of size; hidden ones are left out.

    Links that lead nowhere are among them, for whoever reads them to tell. Raises OSError for a folder that can't be
    listed or entered, ValueError for a path that can be none.
    """
    named = [path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES and not path.name.startswith(".")]
    for path in named[:1]:
        path.lstat()  # fails where names may be listed and nothing may be opened
    return sorted((path for path in named if not is_folder(path)), key=lambda path: natural_key(path.name))
