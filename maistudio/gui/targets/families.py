"""Under which heading a target is listed, and which targets are chosen at first."""

from __future__ import annotations

FAMILIES = ("GPU", "NNAPI", "CPU", "NPU and DSP")
USUAL = ("tflite-gpu-2021", "tflite-gpu-opencl", "tflite-gpu-opengl", "litert-gpu", "nnapi-30", "xnnpack")
"""Chosen until a person chooses: what most phones run networks on."""


def family_of(engine: str, device: str) -> str:
    """The heading for a target of this engine on this device."""
    known = engine.casefold()
    if "nnapi" in known:
        return "NNAPI"
    if "xnnpack" in known:
        return "CPU"
    return device if device in ("GPU", "CPU") else "NPU and DSP"
