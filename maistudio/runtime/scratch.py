"""A folder for one compile. Where this program is killed meanwhile, a later one clears it away."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

YOUNG_SECONDS = 60.0
"""So old a folder must be to be cleared away: a new one is not locked yet."""


@contextmanager
def scratch_folder(purpose: str) -> Iterator[Path]:
    """An empty folder ``maistudio-<purpose>-…``, removed at the end; before, those are that killed programs left.

    Raises OSError where none can be made.
    """
    prefix = f"maistudio-{purpose}-"
    _clear_left(prefix)
    with tempfile.TemporaryDirectory(prefix=prefix) as folder, contextlib.ExitStack() as held:
        with contextlib.suppress(OSError):  # where folders can't be locked none is cleared away
            held.enter_context(locked(folder))
        yield Path(folder)


def _clear_left(prefix: str) -> None:
    with contextlib.suppress(OSError), os.scandir(tempfile.gettempdir()) as entries:
        for entry in entries:
            if entry.name.startswith(prefix):
                _clear_if_left(entry)


def _clear_if_left(entry: os.DirEntry[str]) -> None:
    """Remove a folder of this user's that no program holds any more."""
    if sys.platform == "win32":
        return
    with contextlib.suppress(OSError):  # another program holds it, or clears it too
        found = entry.stat(follow_symlinks=False)
        if found.st_uid == os.getuid() and time.time() - found.st_mtime >= YOUNG_SECONDS:
            with locked(entry.path):
                shutil.rmtree(entry.path, ignore_errors=True)


@contextmanager
def locked(folder: str) -> Iterator[None]:
    """Hold a folder's lock, which the kernel takes back however this program ends.

    Raises OSError where another program holds it, and for what is no folder.
    """
    if sys.platform == "win32":
        yield
        return
    import fcntl

    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)
