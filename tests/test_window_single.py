"""A second start hands its files to the running window."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from maistudio.gui.single import Door, hand_over, socket_name

CLIENT = "import sys; from maistudio.gui.single import hand_over; sys.exit(not hand_over(sys.argv[1], sys.argv[2:]))"

PATIENCE_MS = 60_000
"""After this, a second start that does not end has failed, however busy the machine."""


@pytest.fixture
def name(tmp_path: Path) -> str:
    return str(tmp_path / "door")


@pytest.fixture
def door(qapp, name: str):
    made = Door(name)
    assert made.listen()
    yield made
    made.close()


def second_start(name: str, *paths: str, token: str = "") -> subprocess.Popen:
    environment = os.environ | {"XDG_ACTIVATION_TOKEN": token}
    command = [sys.executable, "-c", CLIENT, name, *paths]
    return subprocess.Popen(command, cwd=Path(__file__).parents[1], env=environment)


def connected(name: str) -> QLocalSocket:
    socket = QLocalSocket()
    socket.connectToServer(name)
    assert socket.waitForConnected(PATIENCE_MS)
    return socket


def is_over(socket: QLocalSocket) -> bool:
    return socket.state() == QLocalSocket.LocalSocketState.UnconnectedState


def test_a_second_start_hands_its_files_over(door, name, qtbot) -> None:
    with qtbot.waitSignal(door.asked, timeout=PATIENCE_MS) as got:
        client = second_start(name, "/a/one.tflite", "/b/zwei ö.tflite")
    qtbot.waitUntil(lambda: client.poll() is not None, timeout=PATIENCE_MS)
    assert got.args[0] == ["/a/one.tflite", "/b/zwei ö.tflite"]


def test_a_second_start_learns_that_its_files_were_taken(door, name, qtbot) -> None:
    client = second_start(name, "/a/one.tflite")
    qtbot.waitUntil(lambda: client.poll() is not None, timeout=PATIENCE_MS)
    assert client.returncode == 0


def test_a_start_without_files_still_calls_the_window_forward(door, name, qtbot) -> None:
    with qtbot.waitSignal(door.asked, timeout=PATIENCE_MS) as got:
        client = second_start(name)
    qtbot.waitUntil(lambda: client.poll() is not None, timeout=PATIENCE_MS)
    assert got.args[0] == []


@pytest.mark.parametrize("token", ["", "raise-me_42"])
def test_a_second_start_hands_over_its_leave_to_come_forward(door, name, qtbot, token: str) -> None:
    with qtbot.waitSignal(door.asked, timeout=PATIENCE_MS) as got:
        client = second_start(name, token=token)
    qtbot.waitUntil(lambda: client.poll() is not None, timeout=PATIENCE_MS)
    assert got.args[1] == token


def test_nothing_is_handed_over_where_nobody_listens(name) -> None:
    assert not hand_over(name, ["/a/one.tflite"])


def test_a_socket_left_by_a_dead_window_does_not_stop_the_next(qapp, name) -> None:
    Path(name).touch()
    door = Door(name)
    listening = door.listen()
    door.close()
    assert listening


def test_a_second_window_does_not_take_the_door_of_the_first(door, name) -> None:
    other = Door(name)
    assert not other.listen()


@pytest.mark.parametrize(
    "request_line", [b"\n", b"hello\n", b"[]\n", b'{"maistudio": 99, "open": []}\n', b'{"maistudio": 1, "open": [3]}\n']
)
def test_a_request_that_makes_no_sense_is_dropped(door, name, qtbot, request_line: bytes) -> None:
    asked: list[object] = []
    door.asked.connect(lambda paths, _token: asked.append(paths))
    socket = connected(name)
    socket.write(request_line)
    qtbot.waitUntil(lambda: is_over(socket))
    assert (bytes(socket.readAll().data()), asked) == (b"", [])


def test_a_request_is_answered_when_it_was_taken(door, name, qtbot) -> None:
    socket = connected(name)
    socket.write(b'{"maistudio": 1, "open": ["/a/one.tflite"]}\n')
    qtbot.waitUntil(socket.canReadLine)
    assert bytes(socket.readLine().data()) == b"opened\n"


def test_a_request_that_never_ends_is_dropped(door, name, qtbot) -> None:
    socket = connected(name)
    socket.write(b"x" * 2**21)
    qtbot.waitUntil(lambda: is_over(socket))


def test_a_window_that_does_not_answer_is_given_up(qapp, name, monkeypatch) -> None:
    monkeypatch.setattr("maistudio.gui.single.ANSWER_WITHIN_MS", 50)
    deaf = QLocalServer()
    assert deaf.listen(name)
    taken = hand_over(name, ["/a/one.tflite"])
    deaf.close()
    assert not taken


def test_each_display_has_its_own_window(monkeypatch) -> None:
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("DISPLAY", ":1")
    first = socket_name()
    monkeypatch.setenv("DISPLAY", ":2")
    assert socket_name() != first


@pytest.mark.skipif(sys.platform == "win32", reason="named pipes carry no file mode")
def test_the_socket_is_the_users_alone(door, name) -> None:
    assert Path(name).stat().st_mode & 0o077 == 0
