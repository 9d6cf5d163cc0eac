"""Generators that yield what they are doing and return a result, passed on in other words."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import closing
from typing import TypeVar

Step = TypeVar("Step")
Told = TypeVar("Told")
Result = TypeVar("Result")


def relayed(steps: Generator[Step, None, Result], say: Callable[[Step], Told]) -> Generator[Told, None, Result]:
    """The same steps, each as ``say`` tells it; closed with this one. Raises what they raise."""
    with closing(steps):
        while True:
            try:
                step = next(steps)
            except StopIteration as stop:
                result: Result = stop.value
                return result
            yield say(step)
