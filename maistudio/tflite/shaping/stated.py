"""What the file itself says of a tensor's shape."""

from __future__ import annotations

from math import prod

from maistudio.tflite.check import ELEMENT_LIMIT
from maistudio.tflite.model import Tensor
from maistudio.tflite.shaping.call import Shape

HANDLES = frozenset({"RESOURCE", "VARIANT"})
"""Types of tensors that stand for something kept elsewhere."""


def file_shape(tensor: Tensor) -> Shape | None:
    """The shape in the file; None where it has a negative dimension or more elements than a runtime can address."""
    shape = tensor.shape
    if shape and (min(shape) < 0 or prod(shape) > ELEMENT_LIMIT):
        return None
    return shape


def is_left_open(tensor: Tensor) -> bool:
    """Whether the rank or some dimension in the file is a placeholder for what comes out of the run."""
    if tensor.constant or tensor.type in HANDLES:
        return False
    return tensor.dynamic or not tensor.has_rank or (bool(tensor.shape) and min(tensor.shape) < 0)
