"""In which form a network is written as a .tflite file."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Form(StrEnum):
    """How weights and activations are stored."""

    FP32 = "fp32"
    FP16 = "fp16"
    """float16 weights, float32 activations."""
    INT8 = "int8"
    """Full int8 with uint8 input and output."""
    DYNAMIC_RANGE = "dynamic-range"
    """int8 weights, float32 activations."""


@dataclass(frozen=True, slots=True)
class Order:
    """One file to build. ``height`` and ``width`` are the input's, None for the twin whose size is left open."""

    name: str
    form: Form
    height: int | None
    width: int | None

    @property
    def dynamic(self) -> bool:
        return self.height is None

    @property
    def file_name(self) -> str:
        """A name of its own for each order, which says that nobody trained the model."""
        size = "dynamic" if self.dynamic else f"{self.height}x{self.width}"
        return f"{self.name}-untrained-{self.form}-{size}.tflite"
