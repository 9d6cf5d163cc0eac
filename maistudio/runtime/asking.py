"""Ask a fresh child process what a compiler makes of a model."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from typing import Any

from maistudio.errors import ModelRunError
from maistudio.runtime.bounds import Bounds
from maistudio.runtime.child import Child
from maistudio.runtime.children import Children
from maistudio.runtime.protocol import Message
from maistudio.steps import relayed

MOST_WORDS = 1 << 20
"""In bytes."""


class CompilerDiedError(ModelRunError):
    """The compiler's native code ended its process. ``version`` is LiteRT's."""

    def __init__(self, sentence: str, log: str, version: str) -> None:
        self.version = version
        super().__init__(sentence, log)


def ask_steps(
    path: Path,
    prover: str,
    request: Mapping[str, Any],
    bounds: Bounds,
    children: Children,
    heard: Callable[[Message], None] = lambda message: None,
) -> Generator[str, None, tuple[Mapping[str, Any], str]]:
    """Ask a fresh child to prove something: yields its stages; returns its result and LiteRT's version.

    Raises CompilerDiedError, whose ``log`` holds the last words, ModelRunError and RuntimeMissingError.
    """
    asked = {"path": str(path.absolute()), "engine": "xnnpack", "threads": 1, "shapes": {}, "prover": prover, **request}
    child = children.take()

    def hear(message: Message | None) -> str:
        if message is not None:
            heard(message)
        return child.stage

    try:
        answer = yield from relayed(child.ask("prove", asked, None, bounds), hear)
    except ModelRunError as error:
        if child.crashed:
            raise CompilerDiedError(f"{path}: {error}", _last_words(child) or child.log, _version(child)) from None
        raise ModelRunError(f"{path}: {error}", child.log) from None
    finally:
        children.give_back(child)
    result = answer.get("result")
    if not isinstance(result, dict):
        raise ModelRunError(f"{path}: the process that compiles it sent what makes no sense: try again")
    return result, _version(child)


def _last_words(child: Child) -> str:
    """What native code printed into the arena while it compiled."""
    size = min(os.fstat(child.from_child).st_size, MOST_WORDS)
    return os.pread(child.from_child, size, 0).decode(errors="replace")


def _version(child: Child) -> str:
    return str((child.versions or {}).get("litert"))
