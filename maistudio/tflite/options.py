"""An op's options: as the types a rule expects, and those of them that say something."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from maistudio.tflite.model import Op

AT_DEFAULT: Mapping[str, object] = MappingProxyType(
    {
        "asymmetric_quantize_inputs": False,
        "cell_clip": 0.0,
        "diagonal_recurrent_tensors": False,
        "dilation_d_factor": 1,
        "dilation_h_factor": 1,
        "dilation_w_factor": 1,
        "keep_num_dims": False,
        "pot_scale_int16": True,
        "proj_clip": 0.0,
        "quantized_bias_type": "FLOAT32",
        "validate_indices": False,
        "weights_format": "DEFAULT",
    }
)
"""Options of TFLite's schema that say nothing while they stand at its default."""


def at_default(name: str, value: object) -> bool:
    """Whether an option stands at a default that says nothing."""
    return name in AT_DEFAULT and AT_DEFAULT[name] == value


def telling_options(op: Op) -> dict[str, object]:
    """The options of an op without those at a default that says nothing."""
    return {name: value for name, value in op.options.items() if not at_default(name, value)}


def int_option(op: Op, name: str, default: int) -> int:
    """An integer; ``default`` where the op has none, or a damaged file another type."""
    value = op.options.get(name, default)
    return value if isinstance(value, int) else default


def word_option(op: Op, name: str, default: str) -> str:
    """A word; ``default`` where the op has none, or a damaged file another type."""
    value = op.options.get(name, default)
    return value if isinstance(value, str) else default


def ints_option(op: Op, name: str) -> tuple[int, ...]:
    """A list of integers, empty where the op has none."""
    value = op.options.get(name, ())
    return tuple(item for item in value if isinstance(item, int)) if isinstance(value, tuple) else ()
