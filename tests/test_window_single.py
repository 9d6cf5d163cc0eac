"""A second start hands its files to the running window."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from maistudio.gui.single import Door, hand_over, socket_name

CLIENT = "import sys; from maistudio.gui.single import hand_over; sys.exit(not hand_over(sys.argv[1], sys.argv[2:]))"


@pytest.fixture
def name(tmp_path: Path) -> str:
    return str(tmp_path / "door")


@pytest.fixture
def door(qapp, name: str):
    made = Door(name)
    assert made.listen()
    yield made
    made.close()


def second_start(name: str, *paths: str) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-c", CLIENT, name, *paths], cwd=Path(__file__).parents[1])


def test_a_second_start_hands_its_files_over(door, name, qtbot) -> None:
    with qtbot.waitSignal(door.asked) as got:
        client = second_start(name, "/a/one.tflite", "/b/zwei ö.tflite")
    qtbot.waitUntil(lambda: client.poll() is not None)
    assert got.args[0] == ["/a/one.tflite", "/b/zwei ö.tflite"]


def test_a_second_start_learns_that_its_files_were_taken(door, name, qtbot) -> None:
    client = second_start(name, "/a/one.tflite")
    qtbot.waitUntil(lambda: client.poll() is not None)
    assert client.returncode == 0


def test_a_start_without_files_still_calls_the_window_forward(door, name, qtbot) -> None:
    with qtbot.waitSignal(door.asked) as got:
        client = second_start(name)
    qtbot.waitUntil(lambda: client.poll() is not None)
    assert got.args[0] == []


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
    with qtbot.assertNotEmitted(door.asked, wait=50):
        socket = QLocalSocket()
        socket.connectToServer(name)
        assert socket.waitForConnected(1000)
        socket.write(request_line)
        socket.flush()


def test_a_request_that_never_ends_is_dropped(door, name, qtbot) -> None:
    socket = QLocalSocket()
    socket.connectToServer(name)
    assert socket.waitForConnected(1000)
    socket.write(b"x" * 2**21)
    qtbot.waitUntil(lambda: socket.state() == QLocalSocket.LocalSocketState.UnconnectedState)


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
