"""A model that is ready to run, in a child process: arrays in, arrays out."""

from __future__ import annotations

import weakref
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from maistudio.errors import ModelRunError
from maistudio.runtime.arena import Array, take
from maistudio.runtime.bounds import Bounds
from maistudio.runtime.child import Child, last
from maistudio.runtime.children import Children
from maistudio.runtime.deaths import gone_wrong
from maistudio.runtime.loading import CONTENT
from maistudio.runtime.protocol import (
    Message,
    ProtocolError,
    TensorSpec,
    mapping_from,
    number_from,
    refs_from,
    specs_from,
)
from maistudio.steps import relayed
from maistudio.timing.values import Configuration, Shape


class Session:
    """A loaded model. What it runs on the CPU equals what LiteRT's own interpreter computes, bit for bit.

    ``outputs`` are as LiteRT knows them before it has run: a size that depends on values may come out otherwise.
    Methods named ``…_steps`` are generators that yield what the child is doing, 20 times a second or so; closing one
    kills the child. Not to be shared between threads.

    What LiteRT or this program refuses, arrays that don't fit or shapes that can't be, leaves the session as it was
    before. After a death, a bound passed or a kill it is over, and every method says so.
    """

    def __init__(
        self, children: Children, child: Child, name: str, configuration: Configuration, bounds: Bounds
    ) -> None:
        self.name, self.configuration = name, configuration
        self.inputs: tuple[TensorSpec, ...] = ()
        self.outputs: tuple[TensorSpec, ...] = ()
        self.notes: tuple[str, ...] = ()
        self.init_us = 0.0
        self.wall_us = 0.0
        self._child, self._bounds = child, bounds
        self._close = weakref.finalize(self, children.give_back, child)

    @classmethod
    def open(
        cls,
        model: Path | str | bytes,
        configuration: Configuration | None = None,
        bounds: Bounds | None = None,
        children: Children | None = None,
        name: str | None = None,
    ) -> Session:
        """Load a model, a file or its bytes; errors call it by ``name``, else by its path.

        Raises ModelRunError where it can't be run, RuntimeMissingError without LiteRT.
        """
        return last(cls.open_steps(model, configuration, bounds, children, name))

    @classmethod
    def open_steps(
        cls,
        model: Path | str | bytes,
        configuration: Configuration | None = None,
        bounds: Bounds | None = None,
        children: Children | None = None,
        name: str | None = None,
        waits: bool = True,
    ) -> Generator[str, None, Session]:
        """As ``open``, step by step. ``waits`` False drives a GPU as apps do, without waiting for it at each run."""
        children = children or Children()
        name = name or ("the model" if isinstance(model, bytes) else str(model))
        session = cls(children, children.take(), name, configuration or Configuration(), bounds or Bounds())
        try:
            yield from session._load(model, waits)
        except ModelRunError as error:
            session.close()
            raise ModelRunError(str(error), session.log) from None
        except BaseException:
            session.close()
            raise
        return session

    @property
    def log(self) -> str:
        """What native code printed so far."""
        return self._child.log

    @property
    def stage(self) -> str:
        """What the child is doing, or did last."""
        return self._child.stage

    @property
    def pid(self) -> int:
        return self._child.pid

    @property
    def runtime_version(self) -> str:
        """Which LiteRT runs it."""
        return f"LiteRT {self._child.ready()['litert']}"

    def run(self, arrays: Mapping[str, Array] | Sequence[Array]) -> dict[str, Array]:
        """One inference. Arrays go to the inputs of their names, or in order; the outputs come by name.

        Each array must have its input's shape and data type. ``wall_us`` then holds the time of the inference alone.
        """
        return last(self.run_steps(arrays))

    def run_steps(self, arrays: Mapping[str, Array] | Sequence[Array]) -> Generator[str, None, dict[str, Array]]:
        """As ``run``, step by step."""
        named = arrays if isinstance(arrays, Mapping) else self._in_order(arrays)
        named = {str(name): np.asarray(array) for name, array in named.items()}
        result = yield from self._stages(self.ask_steps("run", {}, named))
        with self.making_sense():
            self.wall_us = number_from(result, "wall_us")
            refs = refs_from(result.get("arrays"))
            return {name: take(self._child.from_child, ref) for name, ref in refs.items()}

    def resize(self, shapes: Mapping[str, Shape]) -> None:
        """Give inputs other shapes, by name; inputs not named keep theirs. What a model holds from run to run is lost.

        Raises ModelRunError where the model can't take them; it then runs at its old shapes.
        """
        last(self.resize_steps(shapes))

    def _in_order(self, arrays: Sequence[Array]) -> dict[str, Array]:
        if len(arrays) != len(self.inputs):
            raise ModelRunError(f"{self.name}: it has {len(self.inputs)} inputs, and {len(arrays)} arrays were given")
        return {spec.name: array for spec, array in zip(self.inputs, arrays, strict=True)}

    def resize_steps(self, shapes: Mapping[str, Shape]) -> Generator[str, None, None]:
        """As ``resize``, step by step."""
        answer = yield from self._stages(self.ask_steps("resize", {"shapes": _plain(shapes)}))
        self._take_interface(answer)

    def ask_steps(
        self, do: str, request: Mapping[str, Any], arrays: Mapping[str, Array] | None = None
    ) -> Generator[Message | None, None, Mapping[str, Any]]:
        """Ask the child for one thing about this model: yields its messages, and None while there is none.

        Raises ModelRunError, which names the model.
        """
        try:
            answer = yield from self._child.ask(do, request, arrays, self._bounds)
        except ModelRunError as error:
            raise ModelRunError(f"{self.name}: {error}") from None
        with self.making_sense():
            result: Mapping[str, Any] = mapping_from(answer, "result")
        return result

    def _load(self, model: Path | str | bytes, waits: bool) -> Generator[str, None, None]:
        configuration = self.configuration
        request: dict[str, Any] = {
            "engine": configuration.engine.value,
            "threads": configuration.threads,
            "shapes": _plain(configuration.shapes),
            "signature": configuration.signature,
            "waits": waits,
        }
        arrays = None
        if isinstance(model, bytes):
            arrays = {CONTENT: np.frombuffer(model, np.uint8)}
        else:
            request["path"] = str(Path(model).absolute())
        answer = yield from self._stages(self.ask_steps("load", request, arrays))
        self._child.forget_arrays()
        with self.making_sense():
            self.init_us = number_from(answer, "init_us")
        self._take_interface(answer)

    def _take_interface(self, answer: Mapping[str, Any]) -> None:
        with self.making_sense():
            self.inputs, self.outputs = (specs_from(answer.get(side)) for side in ("inputs", "outputs"))
            self.notes = tuple(map(str, answer.get("notes", ())))

    def _stages(
        self, steps: Generator[Message | None, None, Mapping[str, Any]]
    ) -> Generator[str, None, Mapping[str, Any]]:
        """The same steps, with what the child is doing at each."""
        return (yield from relayed(steps, lambda _: self._child.stage))

    @contextmanager
    def making_sense(self) -> Iterator[None]:
        """What a child says that makes no sense ends it, and is told as every other fault of it."""
        try:
            yield
        except (ProtocolError, TypeError) as error:
            self.kill()
            raise ModelRunError(f"{self.name}: {gone_wrong(str(error), self._child.stage)}") from None

    def kill(self) -> None:
        """Stop what it does, from any thread."""
        self._child.kill()

    def close(self) -> None:
        """End its child; so does forgetting the session."""
        self._close()

    def __enter__(self) -> Session:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _plain(shapes: Mapping[str, Shape]) -> dict[str, list[int]]:
    return {str(name): [int(size) for size in shape] for name, shape in shapes.items()}
