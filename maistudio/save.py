"""Write a file whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from pathlib import Path

from maistudio.errors import ExportError, UsageError

LONGEST_NAME = 200
"""Bytes of a name kept for the part file, whose own name may have 255."""


def check_new_file(new: Path, what: str, overwrite: bool) -> None:
    """Raise UsageError for a place where no file can be made, or that has one which is not to be replaced.

    ``what`` names the content in the sentence ("model"). Raises ExportError for a place that can't be looked at.
    """
    try:
        if new.is_dir():
            raise UsageError(f"{new}: this is a folder: give the name of a file in it")
        if os.path.lexists(new) and new.exists() and not new.is_file():
            raise UsageError(f"{new}: this is no file: give another name for the new {what}")
        if not new.name or not new.parent.is_dir():
            raise UsageError(f"{new}: there is no such folder: make it first, or give another name for the new {what}")
        if os.path.lexists(new) and not overwrite:
            raise UsageError(f"{new}: there is a file of this name: give another one, or replace it with --overwrite")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise ExportError(f"{new}: a {what} can't be saved there ({reason}): choose another place") from None


def save_bytes(path: Path, data: bytes, what: str) -> None:
    """Put ``data`` into ``path``; a file that was there stays as it was when that fails.

    ``what`` names the content in the sentence ("the picture"). Raises ExportError where it can't be written.
    """
    try:
        replace_content(path, data)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise ExportError(f"{path}: {what} can't be written there ({reason}); choose another place") from None


def replace_content(path: Path, data: bytes) -> None:
    """The same, but raises what the system says: OSError, and ValueError for a path that can be none."""
    target = Path(os.path.realpath(path))
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    part = target.with_name(f".{os.fsdecode(os.fsencode(target.name)[:LONGEST_NAME])}.{os.getpid()}.part")
    try:
        if target.exists() and not target.is_file():
            target.write_bytes(data)  # a device or pipe can't be replaced
            return
        part.write_bytes(data)
        if target.exists():
            shutil.copymode(target, part)
        part.replace(target)
    except (OSError, ValueError):
        with contextlib.suppress(OSError, ValueError):
            part.unlink()
        raise
