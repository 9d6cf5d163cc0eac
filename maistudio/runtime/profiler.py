"""LiteRT's profiler of one compiled model: the events of a run."""

from __future__ import annotations

import ctypes
from ctypes import c_int

from maistudio.errors import RuntimeMissingError
from maistudio.runtime.c_api import Event as RawEvent
from maistudio.runtime.compiled_model import CompiledModel
from maistudio.timing.events import Event

STEP = "profile it"
MARK = 0xA5
ROOM = 256
"""Bytes for each event, more than it has: how much of it LiteRT overwrites tells how many it has."""


class Profiler:
    """Records the runs of a model. Raises RuntimeMissingError where LiteRT's events are laid out in an unknown way."""

    def __init__(self, model: CompiledModel) -> None:
        self._model, self._api = model, model.api
        self._handle = self._api.handle(STEP, "CompiledModelGetProfiler", model.handle)
        self._layout_checked = False

    def run(self) -> tuple[float, tuple[Event, ...]]:
        """Run the model once: the wall time in µs, and the events in the order in which they began."""
        self._api.call(STEP, "StartProfiler", self._handle)  # forgets the run before
        wall_us = self._model.run()
        self._api.call(STEP, "StopProfiler", self._handle)
        return wall_us, self._events()

    def _events(self) -> tuple[Event, ...]:
        count = c_int()
        self._api.call(STEP, "GetNumProfilerEvents", self._handle, ctypes.byref(count))
        if count.value <= 0:
            return ()
        room = ctypes.create_string_buffer(bytes([MARK]) * (count.value * ROOM))
        events = ctypes.cast(room, ctypes.POINTER(RawEvent))
        self._api.call(STEP, "GetProfilerEvents", self._handle, count.value, events)
        if not self._layout_checked:
            _check_layout(bytes(room), count.value)
            self._layout_checked = True
        return tuple(
            Event(
                event.type,
                event.tag.decode(errors="replace"),
                event.start_us,
                event.elapsed_us,
                event.place,
                event.subgraph,
            )
            for event in events[: count.value]
        )


def _event(raw: RawEvent) -> Event:
    name = (raw.tag or b"").decode(errors="replace")
    return Event(raw.type, name, raw.start_us, raw.elapsed_us, raw.place, raw.subgraph)


def _check_layout(room: bytes, count: int) -> None:
    """Whether what LiteRT wrote is as many events of the size known: only the end of the last is padding."""
    size = ctypes.sizeof(RawEvent)
    written = len(room.rstrip(b"\0").rstrip(bytes([MARK])))
    if not count * size - ctypes.alignment(RawEvent) <= written <= count * size:
        raise RuntimeMissingError("per-op times need another LiteRT: this one lays its events out in another way")
