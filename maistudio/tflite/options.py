"""An op's options as the types a rule expects; a value of another type, from a damaged file, gives the default."""

from __future__ import annotations

from maistudio.tflite.model import Op


def int_option(op: Op, name: str, default: int) -> int:
    value = op.options.get(name, default)
    return value if isinstance(value, int) else default


def word_option(op: Op, name: str, default: str) -> str:
    value = op.options.get(name, default)
    return value if isinstance(value, str) else default


def ints_option(op: Op, name: str) -> tuple[int, ...]:
    """A list of integers, empty where the op has none."""
    value = op.options.get(name, ())
    return tuple(item for item in value if isinstance(item, int)) if isinstance(value, tuple) else ()
