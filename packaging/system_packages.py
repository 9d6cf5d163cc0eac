"""System packages: what to ask the person to install, and installing them where that is ours to do."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass


class SetupError(Exception):
    """What stops the set-up. ``str()`` is a sentence with the next step."""


@dataclass(frozen=True, slots=True)
class Packages:
    """The same thing by its package names on Debian and Ubuntu, and on Fedora."""

    debian: tuple[str, ...]
    fedora: tuple[str, ...]


def install_or_explain(need: str, packages: Packages) -> None:
    """Install the packages as root on Debian or Ubuntu; elsewhere raise SetupError with the commands.

    ``need`` is the sentence that says what is missing.
    """
    if not is_debian_root():
        raise SetupError(f"{need}\n{install_commands(packages)}")
    print(f"{need} Installing with apt-get: {' '.join(packages.debian)}", flush=True)
    apt_install(packages.debian)


def install_commands(packages: Packages) -> str:
    """The commands for a person to run, one line per family of systems that has such packages."""
    lines = []
    if packages.debian:
        lines.append(f"  Debian, Ubuntu:  sudo apt-get install {' '.join(packages.debian)}")
    if packages.fedora:
        lines.append(f"  Fedora:          sudo dnf install {' '.join(packages.fedora)}")
    return "\n".join(lines)


def is_debian_root() -> bool:
    """Whether apt-get is here and may be used without asking for a password."""
    return shutil.which("apt-get") is not None and os.geteuid() == 0


def apt_install(packages: Iterable[str]) -> None:
    """Install Debian packages; raise SetupError where apt-get fails."""
    names = list(packages)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    # A failed update is no failure yet: the lists at hand may do.
    subprocess.run(["apt-get", "-qq", "update"], env=quiet, check=False)
    command = ["apt-get", "-qq", "-y", "--no-install-recommends", "install", *names]
    if subprocess.run(command, env=quiet, check=False).returncode:
        raise SetupError(f"apt-get could not install {' '.join(names)}; its message is above.")
