"""What target files give predicates under ``with``: tensors by their names, numbers."""

from __future__ import annotations

from collections.abc import Mapping

from maistudio.targets.facts import OpFacts
from maistudio.targets.selectors import Named, selected
from maistudio.tflite.model import Tensor

Arguments = Mapping[str, object]


def meant(op: OpFacts, arguments: Arguments, key: str) -> list[tuple[str, Tensor]]:
    """The tensors that an argument names, one name or several, with their names; without those that aren't there."""
    words = arguments[key]
    each = [words] if isinstance(words, str) else words if isinstance(words, list | tuple) else []
    return [(name, tensor) for word in each for name, tensor in _named(op, word) if tensor is not None]


def _named(op: OpFacts, words: object) -> Named:
    return selected(str(words))(op)


def whole(arguments: Arguments, name: str) -> int:
    """A whole number, 0 where it isn't given."""
    value = arguments.get(name, 0)
    return value if isinstance(value, int) else 0


def number(arguments: Arguments, name: str, default: float) -> float:
    """A number; TOML's decimals come as Decimal."""
    return float(str(arguments.get(name, default)))


def stated_sizes(op: OpFacts, tensor: Tensor) -> tuple[int, ...]:
    """The sizes in the file, of an input of the graph those asked for.

    What XNNPACK sees: it is applied before LiteRT works out any other shape.
    """
    asked = op.shape(tensor) if tensor.index in op.graph.inputs else None
    return tensor.shape if asked is None else asked
