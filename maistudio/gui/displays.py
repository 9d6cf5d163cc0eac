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

_DISPLAY = re.compile(r"(?:[a-z]+/)?(?P<host>[^:/]*|\[[^]]*\]):(?P<number>\d{1,5})(?:\.\d+)?")
_INSTEAD = "use 'maistudio inspect' or 'maistudio screenshot', which need none"


def why_no_window(environment: Mapping[str, str], sockets: Path = X_SOCKETS) -> str:
    """The sentence that says why no window can be shown in this environment, "" where nothing speaks against it.

    Asks the Wayland compositor and the X server that Qt would ask whether they are there, local X servers by their
    sockets in ``sockets``. Other platforms named in ``QT_QPA_PLATFORM`` are left to Qt.
    """
    if not sys.platform.startswith(("linux", "freebsd")):
        return ""
    named = _named_platforms(environment.get("QT_QPA_PLATFORM", ""))
    if named - {"xcb", "wayland"}:
        return ""
    asked: list[str] = []
    compositor = environment.get("WAYLAND_DISPLAY", "wayland-0" if "wayland" in named else "")
    if compositor and named != {"xcb"}:
        if _compositor_answers(compositor, environment.get("XDG_RUNTIME_DIR", "")):
            return ""
        asked.append(f"no Wayland compositor answers at {compositor}")
    display = environment.get("DISPLAY", "")
    if display and named != {"wayland"}:
        if _server_answers(display, sockets):
            return ""
        asked.append(f"no X server answers at display {display}")
    if not asked:
        return f"There is no display to open a window on: {_INSTEAD}"
    words = " and ".join(asked)
    return f"{words[:1].upper()}{words[1:]}, so no window can be opened: {_INSTEAD}"


def _named_platforms(setting: str) -> set[str]:
    """As Qt reads it: "wayland;xcb" is one or the other, "offscreen:size=…" a platform with its options."""
    choices = (choice.strip(":").partition(":")[0].partition("-")[0].lower() for choice in setting.split(";"))
    return {choice for choice in choices if choice}


def _compositor_answers(name: str, runtime_folder: str) -> bool:
    return _connects(socket.AF_UNIX, str(Path(runtime_folder) / name))


def _server_answers(display: str, sockets: Path) -> bool:
    found = _DISPLAY.fullmatch(display)
    if found is None:
        return False
    host, number = found["host"].strip("[]"), int(found["number"])
    if host not in ("", "unix"):
        return _reaches(host, X_PORT + number)
    return _answers(number, sockets)


def _reaches(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), WITHIN_SECONDS):
            return True
    except (OSError, OverflowError, UnicodeError):
        return False


def why_no_platform(environment: Mapping[str, str]) -> str:
    """The sentence that says that Qt has none of the platforms named in ``QT_QPA_PLATFORM``, "" where it may have one.

    Where Qt is told to look for plugins elsewhere, or PySide6 brings none, that is left to Qt.
    """
    named = environment.get("QT_QPA_PLATFORM", "")
    if not named or environment.get("QT_QPA_PLATFORM_PLUGIN_PATH") or environment.get("QT_PLUGIN_PATH"):
        return ""
    there = _platforms()
    if not there or _named_platforms(named) & there:
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
