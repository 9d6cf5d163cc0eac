"""The files of facts that a user keeps in a folder."""

from __future__ import annotations

import os
from pathlib import Path

from maistudio.errors import UsageError

MOST_FILES = 1000


def toml_files(folder: Path | None) -> list[Path]:
    """The ``*.toml`` of a folder, by name; none of one that isn't there. Raises UsageError where it can't be listed."""
    if folder is None:
        return []
    try:
        with os.scandir(folder) as entries:
            return sorted(Path(entry.path) for entry in entries if entry.name.endswith(".toml"))[:MOST_FILES]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise UsageError(f"{folder}: can't be listed ({error.strerror}): mend or remove it") from None
