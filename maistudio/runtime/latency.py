"""Time a session's model: what the child tells while it measures, as values."""

from __future__ import annotations

from array import array
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass

from maistudio.runtime.measuring import limits_message, samples_from
from maistudio.runtime.protocol import number_from
from maistudio.runtime.session import Session
from maistudio.timing.presets import Limits


@dataclass(frozen=True, slots=True)
class WarmedUp:
    """The warm-up is over: the time of its first inference in µs, and how many there were."""

    first_us: float
    warmup_runs: int


@dataclass(frozen=True, slots=True)
class Batch:
    """The samples since the batch before: wall and CPU times in µs."""

    wall_us: array[float]
    cpu_us: array[float]


@dataclass(frozen=True, slots=True)
class Measured:
    """What is known at the end: the most memory the child held, and what is to be said of the inputs."""

    peak_rss_bytes: int
    notes: tuple[str, ...]


def measure_steps(session: Session, limits: Limits) -> Generator[WarmedUp | Batch | None, None, Measured]:
    """Time the model on random inputs until the limits are reached; yields None while there is nothing to tell.

    Closing it kills the child. Raises ModelRunError.
    """
    asking = session.ask_steps("measure", limits_message(limits))
    with session.making_sense(), closing(asking):
        while True:
            try:
                message = next(asking)
            except StopIteration as stop:
                result = stop.value
                break
            step: WarmedUp | Batch | None = None
            if message is not None and "first_us" in message:
                step = WarmedUp(number_from(message, "first_us"), int(number_from(message, "warmup_runs")))
            elif message is not None and "samples" in message:
                step = Batch(*samples_from(message))
            yield step
        return Measured(int(number_from(result, "peak_rss_bytes")), tuple(map(str, result.get("notes", ()))))
