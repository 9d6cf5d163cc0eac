"""Time the kernels of a session's model: what the child tells while it does, as values."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass

from maistudio.runtime.measuring import limits_message
from maistudio.runtime.protocol import ProtocolError, number_from
from maistudio.runtime.session import Session
from maistudio.timing.kernels import RawProfile, raw_profile_from
from maistudio.timing.presets import Limits


@dataclass(frozen=True, slots=True)
class Profiled:
    """How many runs were profiled so far, and the seconds they took."""

    runs: int
    elapsed_s: float


def profile_steps(session: Session, limits: Limits) -> Generator[Profiled | None, None, RawProfile]:
    """Time the kernels until the limits are reached; yields None while there is nothing to tell.

    The session loads its model again for what comes after. Closing the steps kills the child. Raises ModelRunError.
    """
    asking = session.ask_steps("profile", limits_message(limits))
    with session.making_sense(), closing(asking):
        while True:
            try:
                message = next(asking)
            except StopIteration as stop:
                return _raw(stop.value)
            step = None
            if message is not None and "runs" in message:
                step = Profiled(int(number_from(message, "runs")), number_from(message, "elapsed_s"))
            yield step


def _raw(result: object) -> RawProfile:
    try:
        return raw_profile_from(result)  # type: ignore[arg-type]
    except (KeyError, TypeError, ValueError):
        raise ProtocolError("a profile that can't be read") from None
