"""Whether a window can be shown here, asked before Qt ends the program over it."""

from __future__ import annotations

import importlib.util
import re
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

X_SOCKETS = Path("/tmp/.X11-unix")
X_PORT = 6000
WITHIN_SECONDS = 1.0
PLUGIN_FOLDERS = ("Qt/plugins/platforms", "plugins/platforms")
"""Where PySide6 keeps Qt's platforms: on Linux and macOS, on Windows."""

_LOCAL_DISPLAY = re.compile(r"(?:unix)?:(\d{1,5})(?:\.\d+)?")
_INSTEAD = "use 'maistudio inspect' or 'maistudio screenshot', which need none"


def why_no_window(environment: Mapping[str, str], sockets: Path = X_SOCKETS) -> str:
    """The sentence that says why no window can be shown in this environment, "" where nothing speaks against it.

    Asks a local X server (``DISPLAY`` of the form ":0") whether it is there, by its sockets in ``sockets``; a remote
    one is left to Qt.
    """
    if not sys.platform.startswith(("linux", "freebsd")):
        return ""
    if environment.get("QT_QPA_PLATFORM") or environment.get("WAYLAND_DISPLAY"):
        return ""
    display = environment.get("DISPLAY", "")
    if not display:
        return f"There is no display to open a window on: {_INSTEAD}"
    local = _LOCAL_DISPLAY.fullmatch(display)
    if local is not None and not _answers(int(local.group(1)), sockets):
        return f"No X server answers at display {display}, so no window can be opened: {_INSTEAD}"
    return ""


def why_no_platform(environment: Mapping[str, str]) -> str:
    """The sentence that says that Qt has none of the platforms named in ``QT_QPA_PLATFORM``, "" where it may have one.

    Where Qt is told to look for plugins elsewhere, or PySide6 brings none, that is left to Qt.
    """
    named = environment.get("QT_QPA_PLATFORM", "")
    if not named or environment.get("QT_QPA_PLATFORM_PLUGIN_PATH") or environment.get("QT_PLUGIN_PATH"):
        return ""
    there = _platforms()
    # As Qt reads it: "wayland;xcb" is one or the other, "offscreen:size=…" a platform with its options.
    wanted = {choice.strip(":").partition(":")[0].partition("-")[0].lower() for choice in named.split(";")}
    if not there or wanted & there:
        return ""
    choices = ", ".join(sorted(there))
    return f"QT_QPA_PLATFORM is {named!r}, and Qt has no such platform here: unset it, or set it to one of {choices}"


def _platforms() -> set[str]:
    """The platforms PySide6 brings, by the names of their files; "wayland" stands for "wayland-egl" as well."""
    package = importlib.util.find_spec("PySide6")
    places = [Path(place) for place in (package.submodule_search_locations or ())] if package else []
    files = [file for place in places for folder in PLUGIN_FOLDERS for file in (place / folder).glob("*q*.*")]
    names = (file.name.partition(".")[0].removeprefix("lib").removeprefix("q") for file in files)
    return {name.partition("-")[0] for name in names}


def _answers(number: int, sockets: Path) -> bool:
    """Whether anything listens where libxcb looks for a local display: its sockets, then this machine's port."""
    path = str(sockets / f"X{number}")
    return (
        _connects(socket.AF_UNIX, f"\0{path}")
        or _connects(socket.AF_UNIX, path)
        or _connects(socket.AF_INET, ("127.0.0.1", X_PORT + number))
    )


def _connects(family: socket.AddressFamily, address: str | tuple[str, int]) -> bool:
    try:
        with socket.socket(family, socket.SOCK_STREAM) as tried:
            tried.settimeout(WITHIN_SECONDS)
            tried.connect(address)
    except (OSError, OverflowError):
        return False
    return True
