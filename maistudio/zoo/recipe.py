"""What the bytes of a built network depend on, as one short name."""

from __future__ import annotations

import hashlib
from pathlib import Path

from maistudio.zoo.tensorflow_here import tensorflow_version

DIGITS = 16
APART = "training"
"""The folder of this package that no built file depends on."""


def recipe() -> str:
    """A name that changes with TensorFlow's version and with every line of this package.

    Raises RuntimeMissingError without TensorFlow.
    """
    digest = hashlib.sha256(tensorflow_version().encode())
    folder = Path(__file__).parent
    for file in sorted(folder.rglob("*.py")):
        if file.relative_to(folder).parts[0] == APART:
            continue
        digest.update(str(file.relative_to(folder)).encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:DIGITS]
