"""Where the files shipped with the program lie: inside the installed package, or at the top of a source checkout."""

from __future__ import annotations

from pathlib import Path


def resource_path(name: str) -> Path:
    """The path of a shipped file or folder, by its name under ``resources/`` with "/" between parts.

    Raises FileNotFoundError where the installation lacks it.
    """
    path = _resources_folder(Path(__file__).resolve().parent) / name
    if not path.exists():
        raise FileNotFoundError(f"the installation lacks {path}; install MAI Studio again")
    return path


def sample_models() -> tuple[Path, ...]:
    """The shipped sample models, by name; the first is the one to show when none is asked for."""
    folder = _resources_folder(Path(__file__).resolve().parent) / "samples"
    return tuple(sorted(folder.glob("*.tflite")))


def _resources_folder(package: Path) -> Path:
    """A wheel carries the resources in the package; a source checkout beside it, also when installed as editable."""
    installed = package / "_resources"
    return installed if installed.is_dir() else package.parent / "resources"
