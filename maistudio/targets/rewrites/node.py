"""One op of a model that can be changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from maistudio.tflite.schema import tflite_schema

_OPTIONS = ("builtin_options", "builtin_options_2")


@dataclass(eq=False, slots=True)
class Node:
    """One op. ``type`` is the builtin's name, "CUSTOM" for custom ops and "" for one the schema doesn't have.

    ``values`` are the fields of its Operator table but for op code, inputs and outputs. ``origin`` is the index in the
    file of the op it is, or that it stands for; ``is_new`` says that a rewrite put it there.
    """

    type: str
    code: dict[str, Any]
    inputs: list[int]
    outputs: list[int]
    values: dict[str, Any]
    origin: int
    is_new: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether it has inputs and outputs, and none of them is left out."""
        return bool(self.inputs) and bool(self.outputs) and min(self.inputs) >= 0

    @property
    def options(self) -> dict[str, Any]:
        """The options as the file gives them; those at their default may be missing."""
        for place in _OPTIONS:
            if self.values.get(place) is not None:
                options: dict[str, Any] = self.values[place][1]
                return options
        return {}

    def option(self, name: str) -> Any:
        """An option, the schema's default where the file leaves it out; None where the op has no such option."""
        for place in _OPTIONS:
            if self.values.get(place) is not None:
                table, options = self.values[place]
                for known in tflite_schema().tables[table]:
                    if known.name == name:
                        default = known.words.get(known.default, "") if known.words else known.default  # type: ignore[arg-type]
                        return options.get(name, default)
        return None
