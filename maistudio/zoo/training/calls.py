"""The layers of a network in the order in which they are called, with what goes in and what comes out of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import keras

Tensor: TypeAlias = keras.KerasTensor


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """A layer, or a block of them, at one place of a network."""

    layer: Any
    args: Any
    given: tuple[Tensor, ...]
    made: tuple[Tensor, ...]

    @property
    def sources(self) -> frozenset[int]:
        """What goes in, by id: one where the same tensor goes in several times."""
        return frozenset(map(id, self.given))


def calls_of(model: keras.Model) -> tuple[keras.Model, tuple[Call, ...]]:
    """The network once more, of the same layers, and the calls that its tensors come from."""
    calls = []

    def noted(layer: Any, *args: Any, **kwargs: Any) -> Any:
        made = layer(*args, **kwargs)
        calls.append(Call(layer, args, tuple(keras.tree.flatten(args)), tuple(keras.tree.flatten(made))))
        return made

    again = keras.models.clone_model(model, clone_function=itself, call_function=noted)
    return again, tuple(calls)


def itself(layer: Any) -> Any:
    """To call a network's layers anew instead of copying them."""
    return layer
