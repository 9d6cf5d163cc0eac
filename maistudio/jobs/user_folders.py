"""Where the user's own data and settings lie, found without Qt."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from maistudio.errors import UsageError


@dataclass(frozen=True, slots=True)
class UserFolders:
    """Where the user's own data and settings lie."""

    data: Path
    config: Path


def user_folders(environ: Mapping[str, str]) -> UserFolders:
    """The folders by the XDG variables, which count only where they are absolute paths.

    Raises UsageError where neither they nor a home folder are known.
    """

    def folder(variable: str, default: str) -> Path:
        named = Path(environ.get(variable, ""))
        return named if named.is_absolute() else _home(environ) / default

    return UserFolders(data=folder("XDG_DATA_HOME", ".local/share"), config=folder("XDG_CONFIG_HOME", ".config"))


def challenges_folder(environ: Mapping[str, str], platform: str = sys.platform) -> Path | None:
    """Where the user puts challenge files of their own, beside the window's settings; None for a user without a home.

    ``~/.config/maistudio/challenges`` on Linux, and by the platform's convention elsewhere.
    """
    return _own_facts("challenges", environ, platform)


def targets_folder(environ: Mapping[str, str], platform: str = sys.platform) -> Path | None:
    """Where the user puts target files of their own, beside those of challenges."""
    return _own_facts("targets", environ, platform)


def zoo_cache() -> Path:
    """Where built networks are kept: ``~/.cache/maistudio/zoo`` on Linux, by the platform's convention elsewhere.

    Raises UsageError for a user without a home folder.
    """
    import platformdirs

    with contextlib.suppress(RuntimeError):  # neither HOME nor an account
        folder = platformdirs.user_cache_path("maistudio", appauthor=False)
        if folder.is_absolute():  # "~" stays as it is without a home
            return folder / "zoo"
    raise UsageError("there is no place to keep built networks, since your home folder is not known: set HOME")


def _own_facts(kind: str, environ: Mapping[str, str], platform: str) -> Path | None:
    try:
        if platform == "darwin":
            config = _home(environ) / "Library" / "Preferences"
        elif platform == "win32":
            config = Path(environ.get("LOCALAPPDATA") or _home(environ) / "AppData" / "Local")
        else:
            config = user_folders(environ).config
    except UsageError:
        return None
    return config / "maistudio" / kind


def _home(environ: Mapping[str, str]) -> Path:
    try:
        return Path(environ.get("HOME") or Path.home())
    except RuntimeError:  # a user id without an account
        raise UsageError("your home folder is not known: set the variable HOME") from None
