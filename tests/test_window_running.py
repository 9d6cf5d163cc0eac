"""The program itself, started as a person starts it, off screen."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from models import build_conv_net

ROOT = Path(__file__).parents[1]
WITHIN_SECONDS = 60
"""After this, a program that does not answer has failed, however busy the machine."""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="ends the program by a POSIX signal")


@pytest.fixture
def start(tmp_path: Path):
    """Starts the program with a home of its own; what still runs when the test ends is ended."""
    runtime = tmp_path / "runtime"
    runtime.mkdir(mode=0o700)
    environment = os.environ | {
        "QT_QPA_PLATFORM": "offscreen",
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "XDG_RUNTIME_DIR": str(runtime),
    }
    started: list[subprocess.Popen] = []

    def begin(*arguments: str) -> subprocess.Popen:
        command = [sys.executable, "-m", "maistudio", *arguments]
        started.append(subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True))
        return started[-1]

    yield begin
    for each in started:
        each.kill()
        each.communicate()


@pytest.fixture
def model(tmp_path: Path) -> str:
    path = tmp_path / "net.tflite"
    path.write_bytes(build_conv_net())
    return str(path)


@pytest.fixture
def wait_for(qtbot):
    """Waits for a condition."""
    return partial(qtbot.waitUntil, timeout=1000 * WITHIN_SECONDS)


def listening(folder: Path) -> bool:
    """Whether a window answers."""
    return any(path.is_socket() and connects(path) for path in (folder / "runtime").glob("maistudio-*"))


def connects(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        return client.connect_ex(str(path)) == 0


def settings(folder: Path) -> str:
    path = folder / "config" / "maistudio" / "window.ini"
    return path.read_text() if path.exists() else ""


def end(window: subprocess.Popen) -> tuple[int, str]:
    """Ctrl+C, and what came of it: the exit status and what was written on standard error."""
    window.send_signal(signal.SIGINT)
    _, errors = window.communicate(timeout=WITHIN_SECONDS)
    return window.returncode, errors


def test_ctrl_c_in_the_terminal_closes_the_window_and_keeps_its_state(start, wait_for, tmp_path: Path) -> None:
    window = start()
    wait_for(lambda: listening(tmp_path))
    assert end(window) == (0, "")
    assert "geometry" in settings(tmp_path)


def test_a_second_start_hands_its_file_to_the_running_window(start, wait_for, tmp_path: Path, model: str) -> None:
    window = start()
    wait_for(lambda: listening(tmp_path))
    second = start(model)
    assert second.wait(WITHIN_SECONDS) == 0
    wait_for(lambda: "net.tflite" in settings(tmp_path))
    assert window.poll() is None


def test_a_window_of_its_own_can_be_asked_for(start, wait_for, tmp_path: Path, model: str) -> None:
    start()
    wait_for(lambda: listening(tmp_path))
    second = start("--new-window", model)
    wait_for(lambda: "net.tflite" in settings(tmp_path) or second.poll() is not None)
    assert second.poll() is None


def test_a_window_that_was_killed_does_not_stop_the_next(start, wait_for, tmp_path: Path, model: str) -> None:
    first = start()
    wait_for(lambda: listening(tmp_path))
    first.kill()
    first.wait()
    second = start(model)
    wait_for(lambda: "net.tflite" in settings(tmp_path))
    assert second.poll() is None
