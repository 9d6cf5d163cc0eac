"""The values of very small constants, such as paddings, axes and shapes, without numpy."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from struct import unpack
from types import MappingProxyType

from maistudio.tflite.model import Model, Tensor
from maistudio.tflite.text import number_text

MOST = 8
_LETTERS: Mapping[str, tuple[str, int]] = MappingProxyType({"INT32": ("i", 4), "INT64": ("q", 8), "FLOAT32": ("f", 4)})


def few_values(model: Model, tensor: Tensor, most: int = MOST) -> tuple[float, ...]:
    """The values of a plain int32 or int64 constant of at most ``most`` elements, or of one float32; else none.

    Raises StaleFileError where the file changed since it was opened.
    """
    letter, width = _LETTERS.get(tensor.type, ("", 0))
    if not letter or not tensor.constant or tensor.sparsity is not None or not 0 <= tensor.buffer < len(model.buffers):
        return ()
    count = prod(tensor.shape)
    span = model.buffers[tensor.buffer]
    if (
        span.external
        or not 0 < count <= (1 if letter == "f" else most)
        or min(tensor.shape, default=1) < 0
        or span.size != count * width
    ):
        return ()
    data = model.source.read(span.offset, span.size)
    return unpack(f"<{count}{letter}", data) if len(data) == span.size else ()


def few_values_text(values: tuple[float, ...]) -> str:
    """The values by comma: "0, 1, 1, 0"; integers in full."""
    return ", ".join(
        number_text(value) if isinstance(value, float) else str(value).replace("-", "−") for value in values
    )
