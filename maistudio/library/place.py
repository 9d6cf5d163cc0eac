"""Where the library lies."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from maistudio.errors import LibraryError

VARIABLE = "MAISTUDIO_LIBRARY"
"""The environment variable that names another folder."""
FILE_NAME = "library.db"


def library_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """The folder that MAISTUDIO_LIBRARY names, else the platform's for the user's data; it may not exist yet.

    ``~/.local/share/maistudio`` on Linux. Raises LibraryError for a user without a home folder, and where
    the variable names a place that can't be found.
    """
    named = environ.get(VARIABLE)
    if named:
        try:
            return Path(named).expanduser().absolute()
        except (RuntimeError, OSError):  # no such user; no working folder
            raise LibraryError(
                f"{VARIABLE}={named}: there is no such place for the library: name a folder that begins with /"
            ) from None
    import platformdirs

    folder = platformdirs.user_data_path("maistudio", appauthor=False)
    if not folder.is_absolute():  # "~" stays as it is without a home
        raise LibraryError(f"there is no place for the library, since your home folder is not known: set {VARIABLE}")
    return folder
