"""One window per user and display: a second start hands its files to the running one."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from pathlib import Path

from PySide6.QtCore import QLockFile, QObject, QStandardPaths, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

PROTOCOL = 1
LONGEST_REQUEST = 2**20
ANSWER_WITHIN_MS = 3000
LOCK_WITHIN_MS = 2000


def socket_name() -> str:
    """Where the running window listens: private to the user, apart for each display."""
    display = os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY") or ""
    mark = hashlib.sha256(f"{Path.home()} {display}".encode()).hexdigest()[:12]
    if sys.platform == "win32":
        return f"maistudio-{mark}"
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.RuntimeLocation)
    return str(Path(folder) / f"maistudio-{mark}")


def hand_over(name: str, paths: list[str]) -> bool:
    """Give absolute ``paths`` to the window listening at ``name``; False when none answers in 3 s."""
    socket = QLocalSocket()
    socket.connectToServer(name)
    if not socket.waitForConnected(ANSWER_WITHIN_MS):
        return False
    token = os.environ.get("XDG_ACTIVATION_TOKEN", "")
    request = {"maistudio": PROTOCOL, "open": paths, "activation_token": token}
    socket.write(json.dumps(request).encode() + b"\n")
    while not socket.canReadLine():
        if not socket.waitForReadyRead(ANSWER_WITHIN_MS):
            return False
    return bytes(socket.readLine().data()) == b"opened\n"


class Door(QObject):
    """The running window's end: ``asked`` carries the files of a later start, possibly none, and its token."""

    asked = Signal(object, str)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._welcome)

    def listen(self) -> bool:
        """Start listening, clearing away the socket of a window that died; False when another one lives."""
        lock = QLockFile(f"{self._name}.lock") if sys.platform != "win32" else None
        if lock is not None and not lock.tryLock(LOCK_WITHIN_MS):
            return False
        try:
            # Qt binds a private socket elsewhere and renames it over this name, so it would not notice another window.
            if _answers(self._name):
                return False
            QLocalServer.removeServer(self._name)
            return self._server.listen(self._name)
        finally:
            if lock is not None:
                lock.unlock()

    def close(self) -> None:
        self._server.close()

    def _welcome(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            socket.setParent(self)
            socket.readyRead.connect(self._read)
            socket.disconnected.connect(socket.deleteLater)

    def _read(self) -> None:
        socket = self.sender()
        if not isinstance(socket, QLocalSocket):
            return
        if not socket.canReadLine():
            if socket.bytesAvailable() > LONGEST_REQUEST:
                socket.abort()
            return
        request = _parse(bytes(socket.readLine().data()))
        if request is None:
            socket.abort()
            return
        socket.write(b"opened\n")
        socket.flush()
        self.asked.emit(*request)


def _answers(name: str) -> bool:
    socket = QLocalSocket()
    socket.connectToServer(name)
    return socket.waitForConnected(ANSWER_WITHIN_MS)


def _parse(line: bytes) -> tuple[list[str], str] | None:
    try:
        request = json.loads(line)
    except ValueError:
        return None
    if not isinstance(request, dict) or request.get("maistudio") != PROTOCOL:
        return None
    paths, token = request.get("open"), request.get("activation_token", "")
    if not isinstance(paths, list) or not all(isinstance(path, str) for path in paths):
        return None
    return paths, token if isinstance(token, str) else ""
