"""Whether a window can be shown is known before Qt ends the program over it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QLibraryInfo, QPluginLoader, QSize

from maistudio.gui.displays import X_PORT, why_no_platform, why_no_window
from maistudio.gui.window_state import first_size

ROOT = Path(__file__).parents[1]
UNUSED = ":39999"

ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="displays are named by the environment on Linux only")


@ON_LINUX
@pytest.mark.parametrize("display", [UNUSED, f"{UNUSED}.0", f"unix{UNUSED}"])
def test_a_local_x_server_that_is_not_there_is_named(tmp_path: Path, display: str) -> None:
    assert display in why_no_window({"DISPLAY": display}, tmp_path)


@ON_LINUX
def test_a_local_x_server_that_answers_is_enough(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / f"X{UNUSED[1:]}"))
        server.listen()
        assert why_no_window({"DISPLAY": UNUSED}, tmp_path) == ""


@ON_LINUX
def test_a_socket_left_by_a_dead_x_server_is_not_enough(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / f"X{UNUSED[1:]}"))
    assert "No X server answers" in why_no_window({"DISPLAY": UNUSED}, tmp_path)


@ON_LINUX
def test_a_remote_x_server_that_answers_is_enough(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        display = f"127.0.0.1:{server.getsockname()[1] - X_PORT}.0"
        assert why_no_window({"DISPLAY": display}, tmp_path) == ""


@ON_LINUX
@pytest.mark.parametrize("display", ["127.0.0.1:59535", "junk", f"{UNUSED}x", ":"])
def test_a_display_that_no_x_server_can_have_is_named(tmp_path: Path, display: str) -> None:
    assert f"No X server answers at display {display}," in why_no_window({"DISPLAY": display}, tmp_path)


@ON_LINUX
def test_a_wayland_compositor_that_answers_is_enough(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "wayland-7"))
        server.listen()
        environment = {"WAYLAND_DISPLAY": "wayland-7", "XDG_RUNTIME_DIR": str(tmp_path), "DISPLAY": UNUSED}
        assert why_no_window(environment, tmp_path) == ""


@ON_LINUX
@pytest.mark.parametrize(
    "environment",
    [
        {"WAYLAND_DISPLAY": "nope"},
        {"QT_QPA_PLATFORM": "wayland"},
        {"QT_QPA_PLATFORM": "xcb"},
        {"QT_QPA_PLATFORM": "XCB;wayland-egl"},
        {"QT_QPA_PLATFORM": "xcb", "DISPLAY": UNUSED, "WAYLAND_DISPLAY": "nope"},
    ],
)
def test_a_platform_without_its_display_is_refused(tmp_path: Path, environment: dict[str, str]) -> None:
    assert why_no_window({**environment, "XDG_RUNTIME_DIR": str(tmp_path)}, tmp_path).endswith("which need none")


@pytest.mark.parametrize("platform", ["offscreen", "vnc", "minimal:size=8x8"])
def test_a_platform_without_displays_is_left_to_qt(tmp_path: Path, platform: str) -> None:
    assert why_no_window({"QT_QPA_PLATFORM": platform, "DISPLAY": UNUSED}, tmp_path) == ""


@ON_LINUX
def test_the_program_refuses_a_dead_display_in_one_sentence_with_what_works_instead() -> None:
    gone = ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY")
    environment = {key: value for key, value in os.environ.items() if key not in gone} | {"DISPLAY": UNUSED}
    done = subprocess.run(
        [sys.executable, "-m", "maistudio", "m.tflite"], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "maistudio inspect" in done.stderr
    assert "maistudio screenshot" in done.stderr


def every_platform() -> list[str]:
    """The names by which Qt knows its platforms, asked of the plugins themselves."""
    plugins = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath)) / "platforms"
    told: list[Any] = [QPluginLoader(str(file)).metaData()["MetaData"] for file in plugins.iterdir()]
    return [name for about in told for name in about["Keys"]]


@pytest.mark.parametrize("named", [*every_platform(), "OFFSCREEN", "offscreen:size=800x600", "bogus;offscreen", ""])
def test_a_platform_that_qt_has_is_left_to_qt(named: str) -> None:
    assert why_no_platform({"QT_QPA_PLATFORM": named}) == ""


@pytest.mark.parametrize("named", ["bogus", "bogus:size=8x8", "bogus;worse", " offscreen", ";"])
def test_a_platform_that_qt_lacks_is_told_with_those_it_has(named: str) -> None:
    assert "offscreen" in why_no_platform({"QT_QPA_PLATFORM": named}).partition("one of")[2]


@pytest.mark.parametrize("variable", ["QT_QPA_PLATFORM_PLUGIN_PATH", "QT_PLUGIN_PATH"])
def test_where_plugins_lie_elsewhere_the_platform_is_left_to_qt(variable: str) -> None:
    assert why_no_platform({"QT_QPA_PLATFORM": "bogus", variable: "/opt/plugins"}) == ""


def test_the_window_is_refused_in_one_sentence_on_a_platform_that_qt_lacks() -> None:
    environment = os.environ | {"QT_QPA_PLATFORM": "bogus"}
    done = subprocess.run(
        [sys.executable, "-m", "maistudio"], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "QT_QPA_PLATFORM is 'bogus'" in done.stderr


def test_the_first_window_fits_a_small_screen_with_its_frame() -> None:
    size = first_size(QSize(1280, 800))
    assert size.width() < 1280
    assert size.height() < 800 - 30


def test_the_first_window_is_as_large_as_wanted_on_a_large_screen() -> None:
    assert first_size(QSize(2560, 1440)) == QSize(1280, 800)
