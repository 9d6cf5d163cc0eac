"""Shipped files are found in a source checkout and in an installed wheel alike."""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

import pytest

from maistudio.resources import resource_path, sample_models

ROOT = Path(__file__).resolve().parent.parent


def test_a_resource_is_found_by_its_name() -> None:
    assert resource_path("icons/maistudio.svg").read_text(encoding="utf-8").startswith("<svg")


def test_a_missing_resource_is_named() -> None:
    with pytest.raises(FileNotFoundError, match=r"icons.none\.svg"):
        resource_path("icons/none.svg")


def test_sample_models_are_model_files() -> None:
    assert all(path.read_bytes()[4:8] == b"TFL3" for path in sample_models())


@pytest.mark.slow
def test_a_wheel_carries_every_resource(tmp_path: Path) -> None:
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    build = ["wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(tmp_path), str(ROOT)]
    subprocess.run([*pip, *build], check=True)
    [wheel] = tmp_path.glob("*.whl")
    environment = tmp_path / "venv"
    venv.create(environment, with_pip=False)
    python = environment / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    subprocess.run([*pip, "--python", str(python), "install", "--no-deps", "--no-index", str(wheel)], check=True)

    asked = "from maistudio.resources import resource_path; print(resource_path('.'))"
    answer = subprocess.run([python, "-c", asked], cwd=tmp_path, check=True, capture_output=True, text=True).stdout
    installed = Path(answer.strip())

    assert installed.is_relative_to(environment)
    assert _files(installed) == _files(ROOT / "resources")


def _files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
