"""The desktop's own tools see the type of .tflite files and open them with the registered command."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from maistudio.jobs.desktop import ENTRY, MIME_TYPE, install, remove
from maistudio.jobs.user_folders import UserFolders

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="registers with Linux desktops only")

MODEL = b"\x1c\x00\x00\x00TFL3" + bytes(56)


def _needs(*tools: str) -> pytest.MarkDecorator:
    missing = [tool for tool in tools if shutil.which(tool) is None]
    return pytest.mark.skipif(bool(missing), reason=f"{', '.join(missing)} not on this system")


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """The environment of a user of a GNOME desktop, whose home is empty."""
    environ = {
        "HOME": str(tmp_path),
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
    }
    for path in environ.values():
        Path(path).mkdir(exist_ok=True)
    return {"PATH": os.environ["PATH"], "XDG_CURRENT_DESKTOP": "GNOME", **environ}


@pytest.fixture
def stand_in(home: dict[str, str]) -> Path:
    """Where a registered command, itself in a folder of awkward name, writes down the files it is given."""
    command = Path(home["HOME"]) / "it's a `100%` $HOME" / "stand in"
    command.parent.mkdir()
    command.write_text('#!/bin/sh\nprintf "%s\\n" "$@" > "$0.part"\nmv "$0.part" "$0.calls"\n', encoding="utf-8")
    command.chmod(0o755)
    install(_folders(home), (str(command),))
    return command.with_suffix(".calls")


def _folders(home: dict[str, str]) -> UserFolders:
    return UserFolders(Path(home["XDG_DATA_HOME"]), Path(home["XDG_CONFIG_HOME"]))


def _answer(home: dict[str, str], *command: str) -> str:
    return subprocess.run(command, env=home, capture_output=True, text=True, check=True).stdout.strip()


def _model(home: dict[str, str], name: str) -> Path:
    path = Path(home["HOME"]) / name
    path.write_bytes(MODEL)
    return path


def _opened(calls: Path) -> list[str]:
    """What the stand-in was given; it runs on after the tool that started it has ended."""
    limit = time.monotonic() + 10
    while not calls.exists() and time.monotonic() < limit:
        time.sleep(0.02)
    return calls.read_text(encoding="utf-8").splitlines()


@_needs("desktop-file-validate")
def test_the_entry_is_valid(home: dict[str, str], stand_in: Path) -> None:
    entry = _folders(home).data / "applications" / ENTRY
    assert _answer(home, "desktop-file-validate", "--no-hints", str(entry)) == ""


@_needs("xdg-mime", "gio", "update-mime-database")
@pytest.mark.parametrize("name", ["net.tflite", "net.bin"])
def test_a_model_is_known_by_its_name_and_by_its_content(home: dict[str, str], stand_in: Path, name: str) -> None:
    assert _answer(home, "xdg-mime", "query", "filetype", str(_model(home, name))) == MIME_TYPE


@_needs("xdg-mime", "gio", "update-mime-database")
def test_another_file_is_not_taken_for_a_model(home: dict[str, str], stand_in: Path) -> None:
    other = Path(home["HOME"]) / "notes.txt"
    other.write_text("TFL3 is at byte 0 here", encoding="utf-8")
    assert _answer(home, "xdg-mime", "query", "filetype", str(other)) == "text/plain"


@_needs("xdg-mime")
def test_the_program_is_the_default_for_models(home: dict[str, str], stand_in: Path) -> None:
    assert _answer(home, "xdg-mime", "query", "default", MIME_TYPE) == ENTRY


@_needs("xdg-mime")
def test_after_removal_there_is_no_default_for_models(home: dict[str, str], stand_in: Path) -> None:
    remove(_folders(home))
    assert _answer(home, "xdg-mime", "query", "default", MIME_TYPE) == ""


@_needs("gio", "update-mime-database")
@pytest.mark.parametrize("name", ["my net.tflite", "model without suffix"])
def test_opening_a_model_runs_the_program_on_it(home: dict[str, str], stand_in: Path, name: str) -> None:
    model = _model(home, name)
    subprocess.run(["gio", "open", str(model)], env=home, check=True)
    assert _opened(stand_in) == [str(model)]


@_needs("gio", "update-mime-database", "xvfb-run", "xauth")
def test_opening_a_model_on_an_x_display_runs_the_program_on_it(home: dict[str, str], stand_in: Path) -> None:
    model = _model(home, "net.tflite")
    # The display ends with the command it was made for, so that command waits for the stand-in.
    script = 'gio open "$1"; for i in 1 2 3 4 5 6 7 8 9 10; do [ -e "$2" ] || sleep 0.5; done'
    subprocess.run(["xvfb-run", "-a", "sh", "-c", script, "sh", str(model), str(stand_in)], env=home, check=True)
    assert _opened(stand_in) == [str(model)]
