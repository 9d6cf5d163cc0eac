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
    for name in NAMES:
        try:
            return version(name)
        except PackageNotFoundError:
            continue
    raise RuntimeMissingError(
        "TensorFlow, which builds the zoo's networks, isn't on this machine: "
        f"install it (2 GB) with {HOW_TO_INSTALL}, into the same Python"
    )
