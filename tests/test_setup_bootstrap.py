"""`make run` and `make test` bring .venv up to date, and only as far as needed."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import bootstrap
import pytest
import system_packages
from bootstrap import has_display, read_stamp, sample_model
from system_packages import SetupError

ROOT = Path(__file__).resolve().parent.parent
FIND_PYTHON = ROOT / "packaging" / "find_python.sh"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="make and sh set up Linux and macOS only")


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty checkout for the set-up to work in; making .venv and pip are only noted, in steps.txt."""
    (tmp_path / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    venv = tmp_path / ".venv"
    (venv / "bin").mkdir(parents=True)
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "VENV", venv)
    monkeypatch.setattr(bootstrap, "VENV_PYTHON", venv / "bin" / "python")
    monkeypatch.setattr(bootstrap, "STAMP", venv / "maistudio-installed.json")
    monkeypatch.setattr(bootstrap, "provide_qt_libraries", lambda pyside, environ: None)
    monkeypatch.setattr(bootstrap, "venv_runs", (venv / "works").exists)

    def run_step(command: list[str], failure: str) -> None:
        with (tmp_path / "steps.txt").open("a", encoding="utf-8") as steps:
            steps.write("venv\n" if "venv" in command else f"pip {command[-1]}\n")
        (venv / "works").touch()

    monkeypatch.setattr(bootstrap, "run_step", run_step)
    return tmp_path


def _steps(checkout: Path) -> list[str]:
    steps = checkout / "steps.txt"
    return steps.read_text(encoding="utf-8").split("\n")[:-1] if steps.exists() else []


def test_a_bare_checkout_gets_a_venv_and_the_program(checkout: Path) -> None:
    bootstrap.install(with_dev=False)
    assert _steps(checkout) == ["venv", "pip ."]


def test_a_second_install_does_nothing(checkout: Path) -> None:
    bootstrap.install(with_dev=False)
    (checkout / "steps.txt").unlink()
    bootstrap.install(with_dev=False)
    assert _steps(checkout) == []


def test_a_changed_pyproject_installs_again(checkout: Path) -> None:
    bootstrap.install(with_dev=False)
    (checkout / "steps.txt").unlink()
    (checkout / "pyproject.toml").write_text("[project]\nname = 'x'\n", encoding="utf-8")
    bootstrap.install(with_dev=False)
    assert _steps(checkout) == ["pip ."]


def test_what_the_tests_need_comes_on_top(checkout: Path) -> None:
    bootstrap.install(with_dev=False)
    (checkout / "steps.txt").unlink()
    bootstrap.install(with_dev=True)
    assert _steps(checkout) == ["pip .[dev]"]


def test_what_the_tests_need_stays_when_the_window_is_opened(checkout: Path) -> None:
    bootstrap.install(with_dev=True)
    (checkout / "steps.txt").unlink()
    bootstrap.install(with_dev=False)
    assert _steps(checkout) == []


def test_a_moved_checkout_gets_a_new_venv(checkout: Path) -> None:
    bootstrap.install(with_dev=False)
    stamp = json.loads(bootstrap.STAMP.read_text(encoding="utf-8"))
    bootstrap.STAMP.write_text(json.dumps({**stamp, "root": "/elsewhere"}), encoding="utf-8")
    (checkout / "steps.txt").unlink()
    bootstrap.install(with_dev=False)
    assert _steps(checkout) == ["venv", "pip ."]


def test_a_failed_install_is_tried_again(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(command: list[str], failure: str) -> None:
        raise SetupError(failure)

    with monkeypatch.context() as offline:
        offline.setattr(bootstrap, "run_step", fail)
        with pytest.raises(SetupError):
            bootstrap.install(with_dev=False)
    bootstrap.install(with_dev=False)
    assert _steps(checkout) == ["venv", "pip ."]


def test_a_python_without_venv_is_told_with_its_package(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(system_packages, "is_debian_root", lambda: False)
    with pytest.raises(SetupError, match=rf"apt-get install python3\.{sys.version_info[1]}-venv"):
        bootstrap.install(with_dev=False)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"root": 1}', "not json"])
def test_a_damaged_stamp_counts_as_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "stamp.json"
    path.write_text(text, encoding="utf-8")
    assert read_stamp(path) is None


@pytest.mark.parametrize(
    ("platform", "environ", "shown"),
    [
        ("linux", {}, False),
        ("linux", {"DISPLAY": ""}, False),
        ("linux", {"DISPLAY": ":0"}, True),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, True),
        ("linux", {"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen"}, False),
        ("darwin", {}, True),
    ],
)
def test_a_window_needs_a_display_on_linux(platform: str, environ: dict[str, str], shown: bool) -> None:
    assert has_display(platform, environ) is shown


def test_without_a_sample_the_way_on_is_named(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=r"make run MODEL=file\.tflite"):
        sample_model(tmp_path)


@pytest.fixture
def fake_python(tmp_path: Path) -> Callable[[str, str], str]:
    """Makes a command that acts as a Python of some version: ``fake_python(name, version)`` is its path."""

    def make(name: str, version: str) -> str:
        path = tmp_path / name
        numbers = tuple(int(number) for number in version.split("."))
        path.write_text(
            f"#!/bin/sh\nexec '{sys.executable}' -c 'import sys; sys.version_info = {numbers}; "
            'code = sys.argv.pop(1); exec(code)\' "$2" "$3"\n',
            encoding="utf-8",
        )
        path.chmod(0o755)
        return str(path)

    return make


def _find_python(cwd: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", str(FIND_PYTHON)], env=environ, cwd=cwd, capture_output=True, text=True, check=False
    )


def _bare_path(tmp_path: Path) -> str:
    """A PATH of what find_python.sh itself calls, and no Python; fake ones can be put into it."""
    (tmp_path / "id").symlink_to("/usr/bin/id")
    return str(tmp_path)


def test_python3_is_taken_where_it_suits(tmp_path: Path, fake_python) -> None:
    python3 = fake_python("python3", "3.13.1")
    fake_python("python3.12", "3.12.0")
    assert _find_python(tmp_path, PATH=_bare_path(tmp_path)).stdout.strip() == python3


def test_a_newer_python_is_found_beside_an_old_python3(tmp_path: Path, fake_python) -> None:
    fake_python("python3", "3.9.2")
    newer = fake_python("python3.12", "3.12.0")
    assert _find_python(tmp_path, PATH=_bare_path(tmp_path)).stdout.strip() == newer


def test_a_python_that_is_too_old_is_told_in_a_sentence(tmp_path: Path, fake_python) -> None:
    fake_python("python3", "3.10.12")
    found = _find_python(tmp_path, PATH=_bare_path(tmp_path))
    assert (found.returncode, found.stderr.count("\n"), "python3 is 3.10" in found.stderr) == (1, 1, True)


def test_a_named_python_is_the_only_one_tried(tmp_path: Path, fake_python) -> None:
    fake_python("python3", "3.12.0")
    named = fake_python("mine", "3.8.0")
    found = _find_python(tmp_path, PATH=_bare_path(tmp_path), PYTHON=named)
    assert (found.returncode, f"{named} is 3.8" in found.stderr) == (1, True)


def test_a_named_python_that_does_not_run_is_named(tmp_path: Path) -> None:
    found = _find_python(tmp_path, PATH=_bare_path(tmp_path), PYTHON="/nowhere/python")
    assert "/nowhere/python does not run" in found.stderr


def test_every_list_of_versions_says_the_same(tmp_path: Path, fake_python) -> None:
    requires = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["requires-python"]
    path = _bare_path(tmp_path)
    accepted = [
        minor
        for minor in range(9, 16)
        if _find_python(tmp_path, PATH=path, PYTHON=fake_python(f"python3.{minor}", f"3.{minor}.0")).returncode == 0
    ]
    assert requires == f">=3.{accepted[0]},<3.{accepted[-1] + 1}"


def test_make_hands_a_model_with_spaces_on_whole(tmp_path: Path) -> None:
    python = _echo(tmp_path / "python")
    made = subprocess.run(
        ["make", "--no-print-directory", "run", f"PYTHON={python}", "MODEL=a model's file.tflite"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert made.stdout.splitlines() == ["packaging/bootstrap.py", "run", "a model's file.tflite"]


def test_with_a_display_the_window_opens_on_the_model(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    _echo(bootstrap.VENV_PYTHON)
    monkeypatch.setattr(bootstrap, "has_display", lambda platform, environ: True)
    bootstrap.show("net.tflite")
    assert capfd.readouterr().out.split() == ["-m", "maistudio", "net.tflite"]


def test_without_a_display_the_summary_is_printed_and_the_picture_named(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    _echo(bootstrap.VENV_PYTHON)
    monkeypatch.setattr(bootstrap, "has_display", lambda platform, environ: False)
    bootstrap.show("net.tflite")
    printed = capfd.readouterr().out.split()
    picture = str(checkout / "build" / "net.png")
    assert printed[:4] == ["-m", "maistudio", "inspect", "net.tflite"]
    assert printed[4:10] == ["-m", "maistudio", "screenshot", "net.tflite", "-o", picture]
    assert printed[-1] == picture


def test_a_refused_model_ends_with_the_status_of_the_program(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bootstrap.VENV_PYTHON.write_text("#!/bin/sh\nexit 2\n", encoding="utf-8")
    bootstrap.VENV_PYTHON.chmod(0o755)
    monkeypatch.setattr(bootstrap, "has_display", lambda platform, environ: False)
    assert bootstrap.show("net.tflite") == 2


def _echo(path: Path) -> Path:
    """A command that passes for a Python and prints its arguments, a line each."""
    path.write_text('#!/bin/sh\n[ "$1" = -c ] || printf "%s\\n" "$@"\n', encoding="utf-8")
    path.chmod(0o755)
    return path
