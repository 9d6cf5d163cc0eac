"""Whether TensorFlow is on this machine, found without importing it."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from maistudio.errors import RuntimeMissingError

HOW_TO_INSTALL = 'pip install "tensorflow>=2.18,<2.22"'
NAMES = ("tensorflow", "tensorflow-cpu")


def tensorflow_version() -> str:
    """The version that is installed.

    Raises RuntimeMissingError, which says how to install it, without one.
    """
    found = next(filter(None, map(installed_version, NAMES)), "")
    if found:
        return found
    raise RuntimeMissingError(
        "TensorFlow, which builds the zoo's networks, isn't on this machine: "
        f"install it (2 GB) with {HOW_TO_INSTALL}, into the same Python"
    )


def installed_version(name: str) -> str:
    """The version of an installed package, "" where it isn't installed, or not whole."""
    try:
        return version(name) or ""
    except PackageNotFoundError:
        return ""
