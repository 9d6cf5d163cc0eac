"""Sums the events of LiteRT's profiler up to kernels, run by run.

Events come in the order in which they began, those of what is called within those of the caller. Their meaning is
that of tflite/core/api/profiler.h and litert/c/litert_profiler_event.h in github.com/google-ai-edge/LiteRT.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple

from maistudio.timing.kernels import Kernel
from maistudio.timing.values import Engine

INVOKE = "Invoke"
LAST = "LiteRT::Run[Buffer sync]"
"""The event that ends a run. On the CPU nothing is done in it, so it lasts as long as recording an event does."""


class EventType(IntEnum):
    """``OP`` is one of LiteRT's own kernels, ``DELEGATE_OP`` one of a delegate's, ``TELEMETRY`` ends an invocation."""

    DEFAULT = 1
    OP = 2
    DELEGATE_OP = 8
    TELEMETRY = 32


class Event(NamedTuple):
    """``place`` is the node of an op in its subgraph, of a delegate's kernel its place in its partition."""

    type: int
    name: str
    start_us: int
    us: int
    place: int
    subgraph: int


class _Key(NamedTuple):
    subgraph: int
    partition: int
    place: int
    name: str


@dataclass(slots=True)
class _Sum:
    us: float = 0.0
    calls: int = 0


@dataclass(slots=True)
class _Invocation:
    """A subgraph that is running: its partition and place in it, the op it ran last and when that ended."""

    partition: int = -1
    place: int = sys.maxsize
    op: _Sum | None = None
    op_end_us: int = 0


@dataclass(slots=True)
class KernelSums:
    """Adds runs up. A kernel is known again by its subgraph and by its node or its place in its partition.

    ``own`` are LiteRT's own kernels. ``cut_off`` where the profiler had no room for all events of a run: LiteRT 2.1
    holds 2,048 and drops the others.
    """

    own: Engine
    sums: dict[_Key, _Sum] = field(default_factory=dict)
    runs: int = 0
    cut_off: bool = False

    def add(self, events: Iterable[Event]) -> None:
        """Add one run."""
        events = tuple(events)
        last = events[-1] if events and events[-1].name == LAST else None
        self.cut_off = self.cut_off or last is None
        recording_us = last.us if last else 0
        running = [_Invocation()]
        for event in events:
            now = running[-1]
            if event.type == EventType.OP:
                now.op = self._count(_Key(event.subgraph, -1, event.place, event.name), event.us)
                now.op_end_us = event.start_us + event.us
            elif event.type == EventType.DELEGATE_OP:
                now.partition += event.place <= now.place
                now.place = event.place
                self._count(_Key(event.subgraph, now.partition, event.place, event.name), event.us)
            elif event.type == EventType.DEFAULT:
                if now.op is not None and event.start_us < now.op_end_us:
                    now.op.us -= event.us + recording_us
                if event.name == INVOKE:
                    running.append(_Invocation())
            elif event.type == EventType.TELEMETRY and event.name == INVOKE and len(running) > 1:
                running.pop()
        self.runs += 1

    def kernels(self) -> tuple[Kernel, ...]:
        """The kernels in the order in which they first ran, with their means over the runs."""
        return tuple(self._kernel(key, found) for key, found in self.sums.items())

    def _kernel(self, key: _Key, found: _Sum) -> Kernel:
        us, calls = max(found.us, 0.0) / self.runs, found.calls / self.runs
        if key.partition < 0:
            return Kernel(self.own, key.name, key.subgraph, us, calls, node=key.place)
        return Kernel(Engine.XNNPACK, key.name, key.subgraph, us, calls, partition=key.partition, place=key.place)

    def _count(self, key: _Key, us: float) -> _Sum:
        found = self.sums.setdefault(key, _Sum())
        found.us += us
        found.calls += 1
        return found
