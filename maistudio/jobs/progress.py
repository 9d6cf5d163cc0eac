"""A job is a generator: it yields Progress, may be closed at any yield, and returns its result."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TypeVar

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Progress:
    """What a job is doing, and how far it is from 0 to 1 (None where that can't be known)."""

    stage: str
    fraction: float | None = None


Job = Generator[Progress, None, Result]


def finish(job: Job[Result]) -> Result:
    """Run a job to its end here and now, and return its result."""
    while True:
        try:
            next(job)
        except StopIteration as stop:
            result: Result = stop.value
            return result
