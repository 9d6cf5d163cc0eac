"""What folders hold, each listed once: subfolders and pictures by name. No file is opened."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from maistudio.errors import DatasetError
from maistudio.imaging.natural_order import natural_key

PICTURE_SUFFIXES = frozenset({".png", ".jpg", ".tif", ".webp", ".bmp"})
_SAME_SUFFIX = {".jpeg": ".jpg", ".tiff": ".tif"}

MOST_FOLDERS = 100_000
"""Folders listed in one search: more are no dataset, but a disk."""


@dataclass(frozen=True, slots=True)
class Contents:
    """The names of what a folder holds, without hidden entries. ``fault`` says why it couldn't be listed."""

    folders: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()
    fault: str = ""


class Folders:
    """A search through folders, which remembers what it has listed."""

    def __init__(self) -> None:
        self._listed: dict[Path, Contents] = {}

    def contents(self, folder: Path) -> Contents:
        """What ``folder`` holds; nothing where there is none. Raises DatasetError after MOST_FOLDERS."""
        known = self._listed.get(folder)
        if known is None:
            if len(self._listed) >= MOST_FOLDERS:
                raise DatasetError(f"{folder}: more than {MOST_FOLDERS:,} folders: choose the dataset's own folder")
            known = self._listed[folder] = _list(folder)
        return known


def _list(folder: Path) -> Contents:
    folders, pictures = [], []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                if suffix_of(entry.name) in PICTURE_SUFFIXES and _true(entry.is_file):
                    pictures.append(entry.name)
                elif _true(entry.is_dir):
                    folders.append(entry.name)
    except OSError as error:
        fault = f"this folder can't be listed: {error.strerror or error}"
        return Contents(fault=fault if _true(folder.is_dir) else "")
    return Contents(tuple(sorted(folders, key=natural_key)), tuple(pictures))


def _true(check: Callable[[], bool]) -> bool:
    """What ``check`` says; no of a link that leads back to itself, or of what lies in a closed folder."""
    try:
        return check()
    except OSError:
        return False


def stem_of(name: str) -> str:
    """A file's name without its suffix."""
    return name.rpartition(".")[0]


def suffix_of(name: str) -> str:
    """The suffix of a file's name in lower case, with one spelling of each format; empty where it has none."""
    stem, dot, suffix = name.rpartition(".")
    lower = dot + suffix.lower() if stem else ""
    return _SAME_SUFFIX.get(lower, lower)


def folder_chosen(folder: Path | str) -> Path:
    """The absolute path of a folder that a person chose. Raises DatasetError where it can't be listed."""
    try:
        # Links are kept as they are: the folders above are those of the path as chosen.
        path = Path(os.path.normpath(Path(folder).absolute()))
        with os.scandir(path):
            return path
    except NotADirectoryError:
        raise DatasetError(f"{folder}: not a folder: choose the folder that holds the dataset") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise DatasetError(f"{folder}: can't be listed ({reason}): choose a folder that can be read") from None
