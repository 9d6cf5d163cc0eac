"""Which process measures a run, and whether it still lives."""

from __future__ import annotations

import os
from dataclasses import dataclass

SAME_START_S = 2.0
"""How far the same process's start may be read apart: it is counted from the boot, whose time of day is adjusted."""


@dataclass(frozen=True, slots=True)
class Writer:
    """A process: its id, and when it was started in seconds since 1970, since an id is used again."""

    pid: int
    started: float


def this_process() -> Writer:
    """The process that asks."""
    import psutil

    return Writer(os.getpid(), float(psutil.Process().create_time()))


def lives(writer: Writer) -> bool:
    """Whether the process is still there: not another one with its id, nor a dead one that nobody waited for."""
    import psutil

    try:
        process = psutil.Process(writer.pid)
        same = abs(process.create_time() - writer.started) < SAME_START_S
        return bool(same and process.status() != psutil.STATUS_ZOMBIE)
    except (psutil.NoSuchProcess, ValueError, TypeError, OverflowError):  # what is no id of a process is of none
        return False
    except psutil.AccessDenied:
        return True
