"""From a bare checkout to the window: make .venv, install MAI Studio into it, see that Qt can draw, and start.

``install [--dev]`` stops before the start; ``run [MODEL]`` opens a model, the bundled sample where none is named.
Standard library only, on Linux and macOS; find_python.sh chooses the Python that runs it.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from qt_libraries import provide_qt_libraries
from system_packages import Packages, SetupError, install_or_explain

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
STAMP = VENV / "maistudio-installed.json"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="bootstrap.py")
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("install").add_argument("--dev", action="store_true", help="with what tests and checks need")
    verbs.add_parser("run").add_argument("model", nargs="?", default="", help="a .tflite file")
    args = parser.parse_args(arguments)
    try:
        if args.verb == "install":
            install(with_dev=args.dev)
            return 0
        install(with_dev=False)
        return show(args.model)
    except SetupError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a complete install records: the checkout's folder, the SHA-256 of its pyproject.toml and the extras."""

    root: str
    pyproject: str
    extras: tuple[str, ...]


def install(*, with_dev: bool) -> None:
    """Bring .venv up to date with pyproject.toml. Quick where nothing changed."""
    recorded = read_stamp(STAMP)
    if not venv_runs() or (recorded and recorded.root != str(ROOT)):
        make_venv()
        recorded = None
    extras = {*(recorded.extras if recorded else ()), *(["dev"] if with_dev else ())}
    digest = hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest()
    wanted = Stamp(str(ROOT), digest, tuple(sorted(extras)))
    if recorded != wanted:
        pip_install(wanted.extras)
        STAMP.write_text(json.dumps(asdict(wanted)), encoding="utf-8")
    if sys.platform == "linux":
        provide_qt_libraries(pyside_folder(), os.environ)


def read_stamp(path: Path) -> Stamp | None:
    """What the last complete install recorded; None where there was none."""
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
        return Stamp(str(fields["root"]), str(fields["pyproject"]), tuple(fields["extras"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def venv_runs() -> bool:
    """Whether .venv holds a working Python of the version that runs this."""
    probe = "import sys; print(sys.version_info[:2], sys.prefix != sys.base_prefix)"
    try:
        answer = subprocess.run([VENV_PYTHON, "-c", probe], capture_output=True, text=True, check=False).stdout
    except OSError:
        return False
    return answer.split() == [*str(sys.version_info[:2]).split(), "True"]


def make_venv() -> None:
    """Make .venv anew with this Python."""
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        package = "python{}.{}-venv".format(*sys.version_info)
        install_or_explain("This Python cannot make virtual environments (no ensurepip).", Packages((package,), ()))
    print(f"Making {VENV} with Python {sys.version.split()[0]}", flush=True)
    run_step([sys.executable, "-m", "venv", "--clear", str(VENV)], "Making .venv failed")


def pip_install(extras: Sequence[str]) -> None:
    """Install this checkout into .venv so that edits take effect at once."""
    what = f".[{','.join(extras)}]" if extras else "."
    print("Installing MAI Studio and what it needs into .venv; the first time takes a few minutes", flush=True)
    pip = [str(VENV_PYTHON), "-m", "pip", "--disable-pip-version-check", "--no-input"]
    run_step([*pip, "install", "--editable", what], "pip could not install MAI Studio")


def run_step(command: list[str], failure: str) -> None:
    """Run a command in the checkout; raise SetupError with ``failure`` where it fails."""
    if subprocess.run(command, cwd=ROOT, check=False).returncode:
        raise SetupError(f"{failure}; its message is above.")


def pyside_folder() -> Path:
    """Where PySide6 lies in .venv."""
    return VENV / "lib" / "python{}.{}".format(*sys.version_info) / "site-packages" / "PySide6"


def show(model: str) -> int:
    """Open the window on a model; without a display save a picture of it and print the summary."""
    shown = model or str(sample_model(ROOT / "resources" / "samples"))
    program = [str(VENV_PYTHON), "-m", "maistudio"]
    if has_display(sys.platform, os.environ):
        return subprocess.run([*program, shown], check=False).returncode
    picture = ROOT / "build" / f"{Path(shown).stem}.png"
    picture.parent.mkdir(exist_ok=True)
    for arguments in (["inspect", shown], ["screenshot", shown, "-o", str(picture)]):
        status = subprocess.run([*program, *arguments], check=False).returncode
        if status:
            return status
    print(f"There is no display here, so the window was drawn into a picture: {picture}")
    return 0


def sample_model(folder: Path) -> Path:
    """The first bundled model by name."""
    samples = sorted(folder.glob("*.tflite"))
    if not samples:
        raise SetupError(f"There is no sample model in {folder}; name one with make run MODEL=file.tflite.")
    return samples[0]


def has_display(platform: str, environ: Mapping[str, str]) -> bool:
    """Whether a window can be shown: on Linux where the environment names a display and no off-screen platform."""
    if platform != "linux":
        return True
    if environ.get("QT_QPA_PLATFORM", "").split(":")[0] in {"offscreen", "minimal"}:
        return False
    return bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))


if __name__ == "__main__":
    sys.exit(main())
