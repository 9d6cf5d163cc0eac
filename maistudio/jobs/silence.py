"""Silence advice for a model. The library keeps it by the model's absolute path, so that a re-export stays silenced."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

from maistudio.errors import UsageError
from maistudio.library.library import open_if_there, open_library
from maistudio.targets.lint_texts import lint_texts
from maistudio.targets.lints.refusals import FAILS, REFUSED

_REFUSAL = re.compile(f"(?:{REFUSED}|{FAILS})\\S.*")


def silence(path: Path | str, ids: Iterable[str], folder: Path | None = None) -> None:
    """Don't tell these findings of the model at ``path`` again; the library is in ``folder``, by default the user's.

    Raises UsageError for an id that no lint has, LibraryError where it can't be kept.
    """
    wanted = _known(ids)
    with open_library(folder) as library:
        library.silence(_key(path), wanted)


def unsilence(path: Path | str, ids: Iterable[str], folder: Path | None = None) -> None:
    """Tell them again, those that were silenced. Raises as ``silence``."""
    wanted = _known(ids)
    with open_library(folder) as library:
        library.unsilence(_key(path), wanted)


def silenced(path: Path | str, folder: Path | None = None) -> frozenset[str]:
    """The ids that are silenced for the model at ``path``; none where there is no library, which isn't made for it.

    Raises LibraryError where the library can't be read.
    """
    library = open_if_there(folder)
    if library is None:
        return frozenset()
    with library:
        return library.silenced(_key(path))


def _key(path: Path | str) -> str:
    # No link is followed: the name that an export writes to is what stays.
    return os.path.normpath(Path(path).absolute())


def _known(ids: Iterable[str]) -> tuple[str, ...]:
    """Raises UsageError for an unknown one."""
    wanted = tuple(dict.fromkeys(ids))
    for name in wanted:
        if name not in lint_texts() and not _REFUSAL.fullmatch(name):
            known = ", ".join(lint_texts())
            raise UsageError(f"there is no lint {name!r}: choose of {known}, {REFUSED}OP or {FAILS}OP")
    return wanted
