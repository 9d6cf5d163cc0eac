"""Load a model in the child, by the engine asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from maistudio.runtime.arena import take
from maistudio.runtime.protocol import ArrayRef, Message, TensorSpec, mapping_from, refs_from, text_from
from maistudio.timing.values import Configuration, Engine, Shape

CONTENT = "model"
"""The name of the array that holds the model's bytes, where it is no file."""

Stage = Callable[[str], None]


class Loaded(Protocol):
    """A model that is ready to run. ``notes`` say what had to be done for it."""

    @property
    def notes(self) -> tuple[str, ...]: ...

    def inputs(self) -> tuple[TensorSpec, ...]: ...

    def outputs(self) -> tuple[TensorSpec, ...]: ...

    def feed(self, arena: int, refs: Mapping[str, ArrayRef]) -> None:
        """Set all inputs, named or in the order of ``inputs``, from an arena."""

    def fill(self, value: float | None = None) -> None:
        """Set all inputs to something fit to measure with, or all to one value."""

    def invoke(self) -> None: ...

    def give(self, arena: int) -> dict[str, ArrayRef]:
        """Lay all outputs into an arena."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A model, a path that LiteRT can open or its bytes, and how it is to be run.

    ``waits`` is False for a GPU driven as apps do: without the benchmark mode, in which LiteRT finds more faults.
    """

    model: str | bytes
    configuration: Configuration
    waits: bool = True

    @staticmethod
    def from_message(message: Message, arena: int) -> Wanted:
        configuration = Configuration(
            Engine(text_from(message, "engine")),
            int(message["threads"]),
            shapes_from(message),
            message.get("signature"),
        )
        waits = message.get("waits") is not False
        if "arrays" in message:
            return Wanted(take(arena, refs_from(message["arrays"])[CONTENT]).tobytes(), configuration, waits)
        return Wanted(_openable(text_from(message, "path")), configuration, waits)

    def content(self) -> bytes:
        """The model's bytes. Raises OSError."""
        if isinstance(self.model, bytes):
            return self.model
        return Path(self.model).read_bytes()

    def at(self, shapes: Mapping[str, Shape]) -> Wanted:
        """The same with the inputs named at other shapes."""
        shapes = {**self.configuration.shapes, **shapes}
        return replace(self, configuration=replace(self.configuration, shapes=shapes))


def _openable(path: str) -> str | bytes:
    """The path, or what lies there: LiteRT takes only names in UTF-8. Raises OSError where it can't be read."""
    with Path(path).open("rb") as file:
        try:
            path.encode()
        except UnicodeEncodeError:
            return file.read()
    return path


def shapes_from(message: Message) -> dict[str, Shape]:
    """The shapes of a request. Raises ProtocolError where they are none."""
    return {str(name): tuple(map(int, shape)) for name, shape in mapping_from(message, "shapes").items()}


def load(wanted: Wanted, stage: Stage) -> tuple[Loaded, Wanted]:
    """Load a model and make it ready to run; and what was loaded, a mended copy where LiteRT can't take the file.

    Raises what LiteRT raises, ModelRunError for what it can't be asked.
    """
    if wanted.configuration.engine is Engine.GPU:
        from maistudio.runtime.gpu import load_on_gpu

        return load_on_gpu(wanted, stage), wanted
    from maistudio.runtime.interpreter import load_on_cpu

    return load_on_cpu(wanted, stage)
