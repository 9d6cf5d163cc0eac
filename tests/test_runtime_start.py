"""The real child comes up wherever the program was started, from its own files alone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from models import build_chain

from maistudio.__main__ import main
from maistudio.errors import RuntimeMissingError
from maistudio.runtime.bounds import Bounds
from maistudio.runtime.child import Child
from maistudio.runtime.protocol import VERSION
from maistudio.runtime.session import Session
from maistudio.timing.values import Configuration, Engine

RUN = """
import numpy
from maistudio.runtime.session import Session
with Session.open("model.tflite") as session:
    result = session.run([numpy.ones((1, 4), numpy.float32)])["step_0"]
with open("result", "w") as file:
    file.write(str(result.sum()))
"""
INPUT = """
import os
from maistudio.runtime.child import Child
child = Child()
child.ready()
print(os.readlink(f"/proc/{child.pid}/fd/0"), os.getsid(child.pid) == child.pid)
child.close()
"""
HOSTILE = "open('imported', 'w').close()\n"


@pytest.fixture
def hostile_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with files that pass for modules of the child."""
    for name in ("numpy.py", "json.py", "psutil.py", "maistudio/__init__.py", "maistudio/__main__.py"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(HOSTILE, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def came_up() -> bool:
    """Whether a child started here is ready to take a model."""
    child = Child()
    try:
        return child.ready()["protocol"] == VERSION
    finally:
        child.close()


def test_what_lies_in_the_working_directory_is_not_imported(hostile_folder: Path) -> None:
    assert came_up()
    assert not (hostile_folder / "imported").exists()


def test_the_interpreter_may_lie_in_a_folder_with_spaces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    python = tmp_path / "My Programs ä" / "python 3"
    python.parent.mkdir()
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', "utf-8")
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))
    assert came_up()


def test_paths_of_the_environment_are_searched_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sitecustomize.py").write_text("print('hello from site')\n", "utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    child = Child()
    try:
        assert child.ready()["litert"]
        assert "hello from site" in child.log
    finally:
        child.close()


@pytest.mark.parametrize("closed", ["", "<&-", "<&- >&- 2>&-"])
def test_a_program_without_standard_streams_runs_models(tmp_path: Path, closed: str) -> None:
    (tmp_path / "model.tflite").write_bytes(build_chain(1))
    command = ["/bin/sh", "-c", f'exec "$@" {closed}', "sh", sys.executable, "-c", RUN]
    subprocess.run(command, cwd=tmp_path, check=True)
    assert (tmp_path / "result").read_text("utf-8") == "4.0"


def test_the_child_has_no_input_and_no_terminal() -> None:
    with subprocess.Popen([sys.executable, "-c", INPUT], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as program:
        assert program.communicate()[0].split() == [os.devnull.encode(), b"True"]


def test_the_child_is_ready_without_the_parts_of_the_window() -> None:
    script = "import sys; import maistudio.__main__, maistudio.runtime.worker; print(*sys.modules)"
    printed = subprocess.run([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, check=True).stdout
    assert not {"PySide6", "cv2", "sqlite3", "psutil", "numpy"} & set(printed.split())


@pytest.mark.parametrize("arguments", [[], ["1", "2"], ["a", "b", "c", "d", "e"]])
def test_a_person_who_starts_a_child_is_sent_away(
    arguments: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["_worker", *arguments]) == 2
    assert (
        capsys.readouterr().err == "maistudio: _worker is started by MAI Studio itself: start MAI Studio without it\n"
    )


def test_memory_is_bounded_at_four_fifths_of_the_machines_unless_told() -> None:
    with Path("/proc/meminfo").open(encoding="ascii") as file:
        total = int(file.readline().split()[1]) * 1024
    assert Bounds().memory == pytest.approx(0.8 * total)
    assert Bounds(memory_bytes=7).memory == 7


def test_a_machine_without_a_gpu_says_so_and_not_that_the_model_is_at_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("VK_ICD_FILENAMES", "VK_DRIVER_FILES"):
        monkeypatch.setenv(variable, "/nowhere.json")
    with pytest.raises(RuntimeMissingError, match=r"^LiteRT found no GPU it can use on this machine: install"):
        Session.open(build_chain(1), Configuration(Engine.GPU))
