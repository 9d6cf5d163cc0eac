"""The model to be compiled, read by this program's own reader."""

from __future__ import annotations

from pathlib import Path

from maistudio.errors import ModelFileError, ModelRunError
from maistudio.tflite.model import Model
from maistudio.tflite.read import read_model


def read_for_proof(path: Path) -> Model:
    """The model. Raises ModelRunError where it can't be read, or has nothing in it."""
    try:
        model = read_model(path)
    except ModelFileError as error:
        raise ModelRunError(str(error)) from None
    if not model.subgraphs:
        raise ModelRunError(f"{path}: it has no subgraph, so there is nothing to compile: convert the model again")
    return model
