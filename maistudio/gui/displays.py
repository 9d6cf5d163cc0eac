"""Whether a window can be shown here, asked before Qt ends the program over it."""

from __future__ import annotations

import re
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

X_SOCKETS = Path("/tmp/.X11-unix")
X_PORT = 6000
WITHIN_SECONDS = 1.0
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
