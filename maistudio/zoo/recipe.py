"""What the bytes of a built network depend on, as one short name."""

from __future__ import annotations

import hashlib
from pathlib import Path

from maistudio.resources import resource_path
from maistudio.zoo.tensorflow_here import installed_version, tensorflow_version

DIGITS = 16
APART = "training"
"""The folder of this package that no built file depends on."""
FACTS = ("zoo", "challenges")


def recipe() -> str:
    """A name that changes with the versions of what builds, with this package, and with the facts it builds by.

    Raises RuntimeMissingError without TensorFlow.
    """
    versions = [tensorflow_version(), *map(installed_version, ("keras", "numpy"))]
    digest = hashlib.sha256(" ".join(versions).encode())
    for folder, names in ((Path(__file__).parent, "*.py"), *((resource_path(facts), "*.toml") for facts in FACTS)):
        for file in sorted(folder.rglob(names)):
            if file.relative_to(folder).parts[0] == APART:
                continue
            digest.update(str(file.relative_to(folder)).encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()[:DIGITS]
