"""Environments of their own for oracles that can't live beside the project's dependencies."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "build" / "oracles"
"""Where environments are kept between runs."""

INSTALL_SECONDS = 900


class OracleUnavailable(Exception):
    """Why an oracle can't be had on this machine."""


def oracle_python(name: str, packages: tuple[str, ...], newest: tuple[int, int]) -> Path:
    """The Python of the environment ``name`` with ``packages``, made on first use; ``newest`` is the last Python
    they install on. Raises OracleUnavailable with the reason.
    """
    folder = FOLDER / name
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    stamp = folder / "installed.txt"
    wanted = "\n".join(packages)
    if stamp.is_file() and stamp.read_text() == wanted:
        return python
    _run([_base_python(newest), "-m", "venv", "--clear", str(folder)], f"the environment {name} can't be made")
    _run(
        [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages],
        f"{' and '.join(packages)} don't install here",
    )
    stamp.write_text(wanted)
    return python


def _base_python(newest: tuple[int, int]) -> str:
    if sys.version_info[:2] <= newest:
        return sys.executable
    for minor in range(newest[1], 8, -1):
        found = shutil.which(f"python3.{minor}")
        if found:
            return found
    raise OracleUnavailable(f"no Python up to {newest[0]}.{newest[1]} is on the path")


def _run(command: list[str], failure: str) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=INSTALL_SECONDS)
    except subprocess.CalledProcessError as error:
        lines = (error.stderr or "").strip().splitlines() or ["no reason given"]
        raise OracleUnavailable(f"{failure}: {lines[-1]}") from None
    except (subprocess.TimeoutExpired, OSError) as error:
        raise OracleUnavailable(f"{failure}: {error}") from None
