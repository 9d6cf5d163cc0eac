"""What every test stands on: an off-screen Qt, settings of its own, the real models where they are."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import hypothesis
import pytest
from real_models import ManifestRow, ReadableModels, read_models, rows_of_manifests

# Before anything imports Qt: no display, and none of the settings, data or sockets of the person who runs the tests.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
_HOME = tempfile.TemporaryDirectory(prefix="maistudio-tests-")
for _variable in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"):
    _folder = Path(_HOME.name) / _variable.lower()
    _folder.mkdir(mode=0o700)
    os.environ[_variable] = str(_folder)
# Output that is written at once hides what goes wrong when Python flushes it at exit.
os.environ.pop("PYTHONUNBUFFERED", None)
# Qt warns of a locale that is not UTF-8, and a warning fails a test.
if os.environ.get("LC_ALL") in {"C", "POSIX"}:
    os.environ["LC_ALL"] = "C.UTF-8"

hypothesis.settings.register_profile("maistudio", deadline=None, derandomize=bool(os.environ.get("CI")))
hypothesis.settings.load_profile("maistudio")


@pytest.fixture(scope="session")
def models_folder() -> Path:
    """The folder of real models: MAISTUDIO_MODELS, else ../shared/models beside the checkout. Skips without it."""
    named = os.environ.get("MAISTUDIO_MODELS")
    folder = Path(named) if named else Path(__file__).resolve().parents[2] / "shared" / "models"
    if not folder.is_dir():
        pytest.skip(f"no folder of real models at {folder}; name one with MAISTUDIO_MODELS")
    return folder


@pytest.fixture(scope="session")
def readable_models(models_folder: Path) -> ReadableModels:
    """``readable_models("hard")`` reads each model of one folder, ``readable_models("*")`` of all.

    A test fails where there are none, and of a file that can't be read and isn't known to be refused.
    """
    return partial(read_models, models_folder)


@pytest.fixture(scope="session")
def manifest_rows(models_folder: Path) -> list[ManifestRow]:
    """What the manifests say of the files that are there; that none is missing is a test of its own."""
    return [(path, row) for path, row in rows_of_manifests(models_folder) if path.is_file()]


@pytest.fixture(scope="session")
def real_file(models_folder: Path) -> Callable[[str], Path]:
    """``real_file("hard/name.tflite")`` is that file; skips where it is missing, which a test of its own reports."""

    def find(name: str) -> Path:
        path = models_folder / name
        if not path.is_file():
            pytest.skip(f"{name} is missing")
        return path

    return find
