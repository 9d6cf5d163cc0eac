"""The files of the zoo that are shipped with the program."""

from __future__ import annotations

from pathlib import Path

from maistudio.errors import FactsFileError
from maistudio.resources import resource_path


def shipped(name: str) -> Path:
    """A shipped file, by its name under ``resources/``. Raises FactsFileError where the installation lacks it."""
    try:
        return resource_path(name)
    except FileNotFoundError as error:
        raise FactsFileError(name, 1, str(error)) from None
